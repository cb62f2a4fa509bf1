import type { EntityManager } from '#platform/database/index.js';

/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue | undefined };

/** A JSON object; what a job carries. */
export type JsonObject = { [key: string]: JsonValue | undefined };

/** Where a job stands: `parked` waits for a person, `done` and `cancelled` are over. */
export type JobState = 'queued' | 'running' | 'done' | 'parked' | 'cancelled';

/** What a job is about, for the operator who looks at it. */
export interface JobSubject {
  readonly type: string;
  readonly id: string;
}

/** A job to enqueue. */
export interface NewJob<P extends JsonObject = JsonObject> {
  /** The queue and the name that a `@JobHandler` declares. */
  queue: string;
  name: string;
  payload: P;
  /** While a job of this kind and key is queued or running, another is not made. */
  key?: string;
  /** Chosen beforehand when the payload must mention it; a new uuid v7 when absent. */
  id?: string;
  workspaceId?: string;
  subject?: JobSubject;
  /** Not before this instant; at once when absent. */
  runAt?: Date;
}

/** A job as its handler sees it. */
export interface RunningJob<P extends object = JsonObject> {
  readonly id: string;
  /** 1 for the first run; grows with each claim, also after a worker died. */
  readonly attempt: number;
  readonly payload: P;
  readonly workspaceId: string | null;
  /** Aborted when the process shuts down or the lease is lost: stop, and throw. */
  readonly signal: AbortSignal;
}

/** What a handler gives back when something must be stored. */
export interface JobOutcome {
  /** Runs in the transaction that marks the job done, and only if the attempt still holds the job. May run again on a deadlock. */
  apply?(em: EntityManager): Promise<void>;
  /** Kept on the row for the operator; never a secret. */
  result?: JsonObject;
  /** False when there was nothing to ask the job's destination, so that its circuit learns nothing. True when absent. */
  asked?: boolean;
}

/** A class that `@JobHandler` decorates. */
export interface JobRunner<P extends object = JsonObject> {
  run(job: RunningJob<P>): Promise<void | JobOutcome>;
  /** Runs in the transaction that parks the job: tell the domain that it will not happen without help. */
  parked?(job: Omit<RunningJob<P>, 'signal'>, error: Error, em: EntityManager): Promise<void>;
}

/** How a kind of job is repeated: exponential with full jitter. Times are milliseconds. */
export interface RetryPolicy {
  /** Failed runs before the job is parked. */
  attempts: number;
  firstDelayMs: number;
  factor: number;
  maxDelayMs: number;
}

/** What a handler may say about its kind of job. */
export interface HandlerOptions<P extends object = JsonObject> {
  /** 8 attempts from 2 seconds, doubling, to 15 minutes when absent. */
  retry?: Partial<RetryPolicy>;
  /** How long a worker that went silent keeps the job; it is renewed while it runs, so a short one costs little and a crash is soon made good. 15 seconds when absent. */
  leaseSeconds?: number;
  /** How many of its kind add to what one process runs of the queue at once; 5 when absent. */
  concurrency?: number;
  /**
   * So many jobs that never ran are taken by one statement and stored by one transaction, for a kind of many small ones; 1 when
   * absent. A process then has `concurrency` times as many under way. Not for jobs with a `destination`.
   */
  batch?: number;
  /** What the job talks to (`smtp`, `hooks.example.com`): its consecutive failures open one circuit for all such jobs. */
  destination?: (payload: P) => string | undefined;
  /**
   * So many jobs of one `destination` run at once, in all processes; the others wait, and it costs them no attempt: one that
   * answers slowly holds up nobody else's. As many as there is room for when absent.
   */
  perDestination?: number;
  /** Seals the payload at rest and never shows it: for one-time links and other secrets. */
  sealPayload?: boolean;
}
