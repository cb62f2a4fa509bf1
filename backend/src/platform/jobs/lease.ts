import { Logger } from '@nestjs/common';
import type { Attempt, JobStore } from './job-store.js';

/** Why a running job is told to stop. */
export class JobStopped extends Error {
  override readonly name = 'JobStopped';
}

/**
 * Holds one attempt's lease: renews it thrice a lease, and tells the handler to stop once it is lost, because another
 * worker may then run the job.
 */
export class Lease {
  private readonly log = new Logger('jobs');
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private validUntil: number;
  private renewing = false;

  constructor(
    private readonly store: JobStore,
    private readonly attempt: Attempt,
    private readonly seconds: number,
  ) {
    this.validUntil = performance.now() + seconds * 1000;
    this.timer = setInterval(() => void this.renew(), (seconds * 1000) / 3);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Tells the handler to stop. */
  stop(reason: string): void {
    this.controller.abort(new JobStopped(reason));
  }

  /** Ends the renewals. */
  release(): void {
    clearInterval(this.timer);
  }

  private async renew(): Promise<void> {
    if (performance.now() > this.validUntil) this.stop('The lease ended before it could be renewed.');
    if (this.renewing) return;
    this.renewing = true;
    const asked = performance.now();
    try {
      if (await this.store.renew(this.attempt, this.seconds)) this.validUntil = asked + this.seconds * 1000;
      else this.stop('Another worker holds the job now.');
    } catch (error) {
      this.log.warn(`The lease of job ${this.attempt.id} could not be renewed: ${(error as Error).message}`);
    } finally {
      this.renewing = false;
    }
  }
}
