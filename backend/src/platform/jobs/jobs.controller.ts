import { Controller, Delete, Get, Post } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Conflict, Endpoint, Input, NotFound, Who } from '#platform/http/index.js';
import { JobOperations } from './job-operations.js';
import {
  jobDetail,
  jobPage,
  jobPath,
  jobsQuery,
  jobsRelease,
  jobsReleased,
  type JobPath,
  type JobsQuery,
  type JobsRelease,
} from './jobs.schemas.js';

/** Jobs, for operators. */
@Controller('jobs')
export class JobsController {
  constructor(private readonly operations: JobOperations) {}

  @Get()
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Jobs, the newest first',
    query: jobsQuery,
    response: jobPage,
    errors: [FilterRefused],
  })
  list(@Who() who: Actor, @Input.query() query: JobsQuery) {
    return this.operations.list(who, query);
  }

  @Get(':jobId')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'One job',
    params: jobPath,
    response: jobDetail,
    errors: [NotFound],
  })
  get(@Input.params() { jobId }: JobPath) {
    return this.operations.get(jobId);
  }

  @Post('release')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Release held jobs',
    description:
      'After a restore, side effects are held that were pending, and those that events of the backup cause: the other side may have had them since. This lets them run; without a queue also those that are still to come.',
    status: 200,
    body: jobsRelease,
    response: jobsReleased,
  })
  release(@Who() who: Actor, @Input.body() { queue }: JobsRelease) {
    return this.operations.release(who, queue);
  }

  @Post(':jobId/retry')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Run a parked job again, or a queued one at once',
    status: 200,
    params: jobPath,
    response: jobDetail,
    errors: [NotFound, Conflict],
  })
  retry(@Who() who: Actor, @Input.params() { jobId }: JobPath) {
    return this.operations.retry(who, jobId);
  }

  @Delete(':jobId')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Cancel a parked or queued job',
    params: jobPath,
    response: jobDetail,
    errors: [NotFound, Conflict],
  })
  cancel(@Who() who: Actor, @Input.params() { jobId }: JobPath) {
    return this.operations.cancel(who, jobId);
  }
}
