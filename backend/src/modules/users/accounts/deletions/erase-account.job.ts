import { JobHandler, type JobOutcome, RetryLater, type RunningJob } from '#platform/jobs/index.js';
import { Erasures } from './erasures.js';

interface EraseAccount {
  [name: string]: string;
  userId: string;
  /** When the erasure was scheduled for: another time means that it was called off, or asked for anew. */
  eraseAt: string;
}

/**
 * Erases an account whose days of grace are over. Every step may run again, so that a crash in the middle only delays it; it is
 * tried for about two weeks before an operator must look.
 */
@JobHandler<EraseAccount>('users', 'erase_account', {
  retry: { attempts: 60, firstDelayMs: 1_000, factor: 2, maxDelayMs: 6 * 3_600_000 },
  concurrency: 1,
})
export class EraseAccountJob {
  constructor(private readonly erasures: Erasures) {}

  async run({ payload: { userId, eraseAt }, signal }: RunningJob<EraseAccount>): Promise<JobOutcome> {
    const scheduledFor = new Date(eraseAt);
    const early = scheduledFor.getTime() - Date.now();
    if (early > 0) throw new RetryLater('The days of grace are not over.', early / 1000, false);
    const begun = await this.erasures.begin(userId, scheduledFor);
    if (!begun) return { result: { erased: false } };
    for (const workspaceId of begun.workspaces) await this.erasures.workspace(workspaceId, signal);
    await this.erasures.rooms(begun.person, signal);
    await this.erasures.log(begun.person, signal);
    return { result: { erased: true }, apply: (em) => this.erasures.account(em, begun.person) };
  }
}
