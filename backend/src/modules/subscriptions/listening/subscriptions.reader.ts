import type { EntityManager } from '#platform/database/index.js';
import { LogReader, type LogEvent, type ReadsLog, type ReadTo } from '#platform/event-log/index.js';
import { MatchRecorder } from '../matches/match-recorder.js';
import { Listeners } from './listeners.js';
import { Seats, type Found, type Match } from './seats.js';

/**
 * Asks every listening subscription about every event that its target hears, writes down each match with what becomes of
 * it, and tells of what is told at once. All of it commits with the reader's cursor: a match is recorded once, and told once,
 * whatever dies when.
 */
@LogReader({ name: 'subscriptions' })
export class SubscriptionsReader implements ReadsLog {
  /** So many matches, or hardly more, are recorded and told by one transaction. */
  atOnce = 5_000;

  constructor(
    private readonly listeners: Listeners,
    private readonly seats: Seats,
    private readonly recorder: MatchRecorder,
  ) {}

  /** Fills the filters: a million take seconds, which the first event shall not wait for. */
  prepare(em: EntityManager): Promise<void> {
    return this.listeners.follow(em);
  }

  async read(batch: LogEvent[], em: EntityManager, next?: string): Promise<ReadTo | undefined> {
    await this.listeners.follow(em);
    const { heard, stopped } = await this.listeners.gather(em, batch, next, this.atOnce);
    const found = heard.flatMap(({ event, listeners }) => listeners.map((listener) => ({ event, listener })));
    const events = heard.map(({ event }) => event);
    await this.recorder.record(em, events, await this.standing(em, found), next === undefined);
    return stopped;
  }

  /** What counts of the matches; a filter that was changed meanwhile is asked again, as it is now. */
  private async standing(em: EntityManager, found: readonly Found[]): Promise<Match[]> {
    const { matches, stale } = await this.seats.standing(em, found);
    if (stale.length === 0) return matches;
    await this.listeners.reload(em, stale);
    return matches.flatMap((match) => {
      if (!stale.includes(match.listener.subscriptionId)) return [match];
      const now = this.listeners.hearing(match.event, match.listener.key);
      return now ? [{ ...match, listener: now }] : [];
    });
  }
}
