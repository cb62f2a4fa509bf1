import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BullQueues } from './bull-queues.js';
import { JobMeasures } from './job-measures.js';
import { JobRegistry } from './job-registry.js';
import { JobService } from './job-service.js';
import { JobStore } from './job-store.js';
import { JobSweeper } from './job-sweeper.js';
import { JobWorker } from './job-worker.js';
import { Jobs } from './jobs.js';

/** Side effects as rows and Bull jobs, for every room: `Jobs` enqueues, classes with `@JobHandler` run. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [JobRegistry, BullQueues, Jobs, JobStore, JobWorker, JobSweeper, JobService, JobMeasures],
  exports: [Jobs, BullQueues, JobRegistry],
})
export class JobsModule {}
