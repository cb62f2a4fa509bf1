/** Thrown by a handler: repeating is useless, so the job is parked at once. The reason is shown to the operator. */
export class PermanentFailure extends Error {
  override readonly name = 'PermanentFailure';
  /** True when the job's destination itself refused it: it works, so its circuit closes. */
  readonly answered: boolean;

  constructor(reason: string, { answered = false, ...options }: ErrorOptions & { answered?: boolean } = {}) {
    super(reason, options);
    this.answered = answered;
  }
}

/** Thrown by a handler: it failed for now. It counts as a failed run, like any other error, but is not logged as one. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';

  /**
   * @param afterSeconds the earliest next run; the policy decides when absent, and is never undercut
   * @param blamesDestination false when only this job is put off (a greylisted recipient), so that the circuit stays closed
   */
  constructor(
    reason: string,
    readonly afterSeconds?: number,
    readonly blamesDestination = true,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** The handler ran, and what it gave cannot be written: that tells nothing of the destination. */
export class ResultNotStored extends RetryLater {
  constructor(cause: Error) {
    super(`The result could not be stored: ${cause.message}`, 0, false, { cause });
  }
}

/** What a failure says about the destination: it answered, it is at fault, or nothing, because it was not asked. */
export function verdictOf(error: Error): 'answered' | 'at fault' | 'nothing' {
  if (error instanceof ResultNotStored) return 'nothing';
  if (error instanceof PermanentFailure) return error.answered ? 'answered' : 'nothing';
  return error instanceof RetryLater && !error.blamesDestination ? 'answered' : 'at fault';
}

/** A job was enqueued whose kind no handler of this instance runs. */
export class UnknownJob extends Error {
  override readonly name = 'UnknownJob';
  constructor(kind: string) {
    super(`No @JobHandler runs "${kind}".`);
  }
}

/** The handlers of the instance do not fit together; the process must not start. */
export class JobHandlersInvalid extends Error {
  override readonly name = 'JobHandlersInvalid';
}
