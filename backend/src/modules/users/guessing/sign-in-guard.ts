import { Injectable } from '@nestjs/common';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { type Counted, countedFor, type Guess } from './guess.js';
import { GuessCounts } from './guess-counts.js';
import { AttemptsLocked } from './guessing.errors.js';
import { FamiliarBrowsers } from './familiar-browsers.js';
import type { Locked } from './lock-notice.job.js';

/**
 * Slows down guessing at passwords and codes. Every attempt goes: `check`, then the comparison, then one of `failed`,
 * `succeeded` and `withdraw`. What happens does not depend on whether the address has an account.
 */
@Enqueues('users.attempts_locked')
@Injectable()
export class SignInGuard {
  constructor(
    private readonly transactions: Transactions,
    private readonly counts: GuessCounts,
    private readonly browsers: FamiliarBrowsers,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Counts an attempt that is about to be made, in a transaction of its own; an attempt that is never told of again counts as
   * wrong. An attempt that must wait is not counted.
   *
   * @throws AttemptsLocked when it must wait
   */
  async check(guess: Guess): Promise<void> {
    await this.transactions.run(async (em) => {
      const wait = await this.counts.take(em, this.rows(guess));
      if (wait > 0) throw new AttemptsLocked(wait);
    });
  }

  /** Notes that the attempt was wrong: when it was one too many, the owner is told, if there is one. */
  async failed(em: EntityManager, guess: Guess): Promise<void> {
    const { kind, emailKey, visitor } = guess;
    const locked = await this.counts.failed(em, this.rows(guess));
    await this.counts.prune(em);
    for (const { kind: counted, guesses, until } of locked)
      await this.jobs.enqueue<Locked>(em, {
        queue: 'users',
        name: 'attempts_locked',
        payload: {
          emailKey,
          kind,
          counted,
          guesses,
          first: guesses === this.counts.borne(counted),
          until,
          address: visitor.address,
          requestId: visitor.requestId,
        },
      });
  }

  /** Notes that the attempt was right: the count starts anew, but for the network, which may hold a guesser too. */
  async succeeded(em: EntityManager, guess: Guess): Promise<void> {
    await this.counts.clear(em, this.rows(guess));
  }

  /** Takes an attempt back that was not made after all, because the server was too busy. */
  async withdraw(guess: Guess): Promise<void> {
    await this.transactions.run((em) => this.counts.giveBack(em, this.rows(guess)));
  }

  private rows(guess: Guess): Counted[] {
    return countedFor(guess, this.browsers.idOf(guess.visitor.browsers, guess.emailKey));
  }
}
