import { Controller, Get } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Who } from '#platform/http/index.js';
import { UsageQueries } from './usage.queries.js';
import { usage, workspacePath } from './usage.schemas.js';

/** What a workspace uses of what its plan includes. */
@Controller('workspaces/:workspaceId/usage')
export class UsageController {
  constructor(private readonly queries: UsageQueries) {}

  @Get()
  @Endpoint({
    permission: 'workspace:read',
    summary: 'What the workspace uses of its plan',
    description:
      'Metered from the event log, so it follows what happens by a moment; API calls by a second or two. What is used ' +
      'may be more than is allowed: a smaller plan takes nothing away.',
    params: workspacePath,
    response: usage,
  })
  of(@Who() who: Member) {
    return this.queries.of(who);
  }
}
