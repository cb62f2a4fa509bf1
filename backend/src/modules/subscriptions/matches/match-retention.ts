import { Inject, Injectable } from '@nestjs/common';
import { affected, Transactions } from '#platform/database/index.js';
import { SubscriptionsConfig } from '../subscriptions.config.js';

const CLEANED = 5_000;
const OLD = `
  delete from subscription_match where id in (
    select id from subscription_match
     where created_at < now() - make_interval(days => $1) and state <> 'waiting' limit ${CLEANED})`;

const OLD_THINGS = `
  delete from subscription_thing where (seat_id, thing) in (
    select x.seat_id, x.thing from subscription_thing x join subscription s on s.id = x.subscription_id
     where s.removed_at is not null or (not x.matching and x.told_at < now() - make_interval(days => $1)) limit ${CLEANED})`;

/** Forgets old matches, and things that nobody asks of any more, some at a time. */
@Injectable()
export class MatchRetention {
  private stopped = false;

  constructor(
    private readonly transactions: Transactions,
    @Inject(SubscriptionsConfig) private readonly config: SubscriptionsConfig,
  ) {}

  /** Ends after what it is at. */
  stop(): void {
    this.stopped = true;
  }

  /** Removes what is known of old matches, and of things that nobody asks of any more. @returns how many matches */
  async clean(): Promise<number> {
    await this.removeAll(OLD_THINGS);
    return this.removeAll(OLD);
  }

  private async removeAll(statement: string): Promise<number> {
    let removed = 0;
    for (let last = CLEANED; last === CLEANED && !this.stopped; removed += last)
      last = await this.transactions.run((em) => affected(em, statement, [this.config.keepDays]));
    return removed;
  }
}
