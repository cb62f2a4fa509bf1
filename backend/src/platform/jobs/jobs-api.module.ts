import { Module } from '@nestjs/common';
import { JobOperations } from './job-operations.js';
import { JobsController } from './jobs.controller.js';

/** The operator's view of jobs over HTTP; apart from `JobsModule`, which also serves processes without HTTP. */
@Module({ controllers: [JobsController], providers: [JobOperations], exports: [JobOperations] })
export class JobsApiModule {}
