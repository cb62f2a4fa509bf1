import { Controller, Get } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { type MemberPath, memberPath } from '../members/members.schemas.js';
import { memberAccess } from './member-access.schemas.js';
import { MemberAccessService } from './member-access.service.js';

/** What members can see and do, for those who run the workspace. */
@Controller('workspaces/:workspaceId/members/:userId/access')
export class MemberAccessController {
  constructor(private readonly service: MemberAccessService) {}

  @Get()
  @Endpoint({
    permission: 'audit:read',
    summary: 'What a member can see and do, and why',
    description: 'Role, projects, API keys, suspension and second factor, each with the reason.',
    params: memberPath,
    response: memberAccess,
  })
  of(@Who() who: Member, @Input.params() { userId }: MemberPath) {
    return this.service.of(who, userId);
  }
}
