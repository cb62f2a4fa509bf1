import { Controller, Delete, Put } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, NotFound, Who } from '#platform/http/index.js';
import type { WorkspacePath } from '../workspaces/workspaces.schemas.js';
import { suspension, suspensionWanted, type SuspensionWanted, workspacePath } from './workspace-suspensions.schemas.js';
import { WorkspaceSuspensionsService } from './workspace-suspensions.service.js';

/** Suspension of workspaces, for operators. */
@Controller('instance/workspaces/:workspaceId/suspension')
export class WorkspaceSuspensionsController {
  constructor(private readonly service: WorkspaceSuspensionsService) {}

  @Put()
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Suspend a workspace',
    description:
      'Within a second. Read-only, every change answers 403 "workspace_read_only", and alerts go on. Closed, every route ' +
      'answers its people 403 "workspace_suspended", and their alerts stop. Sources go on receiving: nothing is lost.',
    params: workspacePath,
    body: suspensionWanted,
    response: suspension,
    errors: [NotFound],
  })
  suspend(
    @Who() who: Actor,
    @Input.params() { workspaceId }: WorkspacePath,
    @Input.body() { mode, reason }: SuspensionWanted,
  ) {
    return this.service.suspend(who, workspaceId, mode, reason);
  }

  @Delete()
  @Endpoint({
    permission: 'instance:operate',
    summary: 'End the suspension of a workspace',
    params: workspacePath,
    status: 204,
    errors: [NotFound],
  })
  resume(@Who() who: Actor, @Input.params() { workspaceId }: WorkspacePath) {
    return this.service.resume(who, workspaceId);
  }
}
