import { Module } from '@nestjs/common';
import { FiltersModule } from '#platform/filters/index.js';
import { JobOperations } from './job-operations.js';
import { JobsController } from './jobs.controller.js';

/** The operator's view of jobs over HTTP; apart from `JobsModule`, which also serves processes without HTTP. */
@Module({
  imports: [FiltersModule],
  controllers: [JobsController],
  providers: [JobOperations],
  exports: [JobOperations],
})
export class JobsApiModule {}
