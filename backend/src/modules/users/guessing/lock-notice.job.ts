import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { JobHandler, type JobOutcome, type JsonObject, type RunningJob } from '#platform/jobs/index.js';
import { Account } from '../accounts/account.entity.js';
import { NOBODY, strangerAs } from '../sessions/actors.js';
import type { CountedAs, GuessKind } from './guess.js';
import { LockMails } from './lock-mails.js';

/** What a wait was set for. */
export interface Locked extends JsonObject {
  emailKey: string;
  kind: GuessKind;
  counted: CountedAs;
  guesses: number;
  /** Whether it is the first wait in a row. */
  first: boolean;
  until: string;
  address: string | undefined;
  requestId: string | undefined;
}

/**
 * Records that attempts must wait and tells the account's owner. A job does it, so that the refused request costs the same
 * whether or not the address has an account.
 */
@JobHandler<Locked>('users', 'attempts_locked', { sealPayload: true })
export class LockNoticeJob {
  constructor(
    private readonly events: EventLog,
    private readonly mails: LockMails,
  ) {}

  async run({ payload }: RunningJob<Locked>): Promise<JobOutcome> {
    return { apply: (em) => (payload.counted === 'network' ? this.network(em, payload) : this.account(em, payload)) };
  }

  private async network(em: EntityManager, { guesses, until, ...visitor }: Locked): Promise<void> {
    this.events.record(em, 'network.locked', {
      workspaceId: SYSTEM_WORKSPACE,
      subjectId: NOBODY,
      actor: strangerAs(visitor),
      data: { guesses, until },
    });
  }

  private async account(em: EntityManager, locked: Locked): Promise<void> {
    const { emailKey, kind, counted, guesses, first, until, ...visitor } = locked;
    const account = await em.findOne(Account, { emailKey });
    if (!account) return;
    this.events.record(em, 'account.locked', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: account.id },
      subjectId: account.id,
      actor: strangerAs(visitor),
      data: { guessed: kind, familiarBrowser: counted === 'browser', guesses, until },
    });
    // Each further wait is recorded; the owner need not hear of each.
    if (first) await this.mails.locked(em, account, kind);
  }
}
