import { Controller, Get } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Who } from '#platform/http/index.js';
import { workspacePath } from '../usage/usage.schemas.js';
import { heldPlan } from './plans.schemas.js';
import { PlanQueries } from './plan.queries.js';

/** The plan of a workspace, for its people. */
@Controller('workspaces/:workspaceId/plan')
export class PlanController {
  constructor(private readonly queries: PlanQueries) {}

  @Get()
  @Endpoint({
    permission: 'workspace:read',
    summary: 'The plan of the workspace',
    params: workspacePath,
    response: heldPlan,
  })
  of(@Who() who: Member) {
    return this.queries.of(who);
  }
}
