import { Controller, Delete, Get, Put } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, listQuery, type ListQuery, NotFound, Who } from '#platform/http/index.js';
import {
  assignment,
  type Assignment,
  plans,
  workspacePath,
  type WorkspacePath,
  workspacePlan,
  workspacePlans,
} from './assignments.schemas.js';
import { AssignmentsService } from './assignments.service.js';

/** Plans and who has which, for operators. */
@Controller('instance')
export class AssignmentsController {
  constructor(private readonly service: AssignmentsService) {}

  @Get('plans')
  @Endpoint({ permission: 'instance:operate', summary: 'The plans of the instance', response: plans })
  plans() {
    return this.service.plans();
  }

  @Get('workspace-plans')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Every workspace with its plan and what it uses of it',
    description: 'How much each workspace has, never what: operators see no contents.',
    query: listQuery({ sort: ['createdAt', 'name'], defaultSort: '-createdAt' }),
    response: workspacePlans,
  })
  list(@Input.query() query: ListQuery) {
    return this.service.list(query);
  }

  @Put('workspaces/:workspaceId/plan')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Assign a plan to a workspace',
    description:
      'It goes before what the workspace pays for, and holds within a second. A smaller plan takes nothing away: it refuses ' +
      'what is new.',
    params: workspacePath,
    body: assignment,
    response: workspacePlan,
    errors: [NotFound],
    bodyExample: { plan: 'unlimited' },
  })
  assign(@Who() who: Actor, @Input.params() { workspaceId }: WorkspacePath, @Input.body() { plan }: Assignment) {
    return this.service.assign(who, workspaceId, plan);
  }

  @Delete('workspaces/:workspaceId/plan')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Take the assignment of a plan back',
    description: 'The workspace has what it pays for again, or the plan that every workspace has.',
    params: workspacePath,
    response: workspacePlan,
    errors: [NotFound],
  })
  takeBack(@Who() who: Actor, @Input.params() { workspaceId }: WorkspacePath) {
    return this.service.assign(who, workspaceId, null);
  }
}
