export { backoff, DEFAULT_RETRY } from './backoff.js';
export { forgetJobs, forgetJobsOfWorkspace } from './forget-jobs.js';
export { Enqueues, JobHandler } from './job-handler.js';
export { JobHandlersInvalid, PermanentFailure, RetryLater, UnknownJob } from './job.errors.js';
export type {
  HandlerOptions,
  JobOutcome,
  JobRunner,
  JobState,
  JobSubject,
  JsonObject,
  JsonValue,
  NewJob,
  RetryPolicy,
  RunningJob,
} from './job.types.js';
export { Jobs } from './jobs.js';
export { JobsConfig } from './jobs.config.js';
export { JobsModule } from './jobs.module.js';
export { JobOperations } from './job-operations.js';
export { JobsApiModule } from './jobs-api.module.js';
export { jobRestoreActs } from './restore-acts.js';
