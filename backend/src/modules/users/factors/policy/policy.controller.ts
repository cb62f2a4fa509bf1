import { Controller, Get, Put } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { requirePerson } from '../../accounts/person.js';
import { ReauthenticationRequired } from '../../accounts/reauthentications/reauthentications.errors.js';
import { workspacePath } from '../../workspaces/workspaces.schemas.js';
import { policy, type PolicyChange, policyChange } from './policy.schemas.js';
import { PolicyService } from './policy.service.js';

/** Whether a workspace asks its people for a second factor. */
@Controller('workspaces/:workspaceId/second-factor-policy')
export class PolicyController {
  constructor(private readonly service: PolicyService) {}

  @Get()
  @Endpoint({
    permission: 'workspace:read',
    summary: 'Whether a workspace asks for a second factor',
    params: workspacePath,
    response: policy,
  })
  read(@Who() who: Member) {
    return this.service.read(who);
  }

  @Put()
  @Endpoint({
    permission: 'workspace:write',
    summary: 'Ask for a second factor, or cease to',
    description:
      'While it is asked for, the workspace is closed to members without a second factor, and to their API keys: every ' +
      'route of it answers 403 "second_factor_needed". They are told by mail. Whoever turns it on must have one.',
    params: workspacePath,
    body: policyChange,
    response: policy,
    errors: [ReauthenticationRequired],
  })
  change(@Who() who: Member, @Input.body() { required }: PolicyChange) {
    return this.service.change(requirePerson(who), required);
  }
}
