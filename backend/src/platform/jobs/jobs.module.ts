import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BullQueues } from './bull-queues.js';
import { JobRegistry } from './job-registry.js';
import { Jobs } from './jobs.js';

/** Side effects as rows and Bull jobs, for every room: `Jobs` enqueues, classes with `@JobHandler` run. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [JobRegistry, BullQueues, Jobs],
  exports: [Jobs],
})
export class JobsModule {}
