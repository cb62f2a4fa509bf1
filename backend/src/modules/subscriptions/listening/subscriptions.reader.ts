import type { EntityManager } from '#platform/database/index.js';
import { LogReader, type LogEvent, type ReadsLog } from '#platform/event-log/index.js';
import { MatchRecorder } from '../matches/match-recorder.js';
import { Listeners } from './listeners.js';
import { Seats, type Found, type Match } from './seats.js';

/** So many matches are looked at together, and those of one event more. */
const AT_ONCE = 20_000;

/**
 * Asks every listening subscription about every event that its target hears, writes down each match with what becomes of
 * it, and tells of what is told at once. All of it commits with the reader's cursor: a match is recorded once, and told once,
 * whatever dies when.
 */
@LogReader({ name: 'subscriptions' })
export class SubscriptionsReader implements ReadsLog {
  constructor(
    private readonly listeners: Listeners,
    private readonly seats: Seats,
    private readonly recorder: MatchRecorder,
  ) {}

  async read(batch: LogEvent[], em: EntityManager): Promise<void> {
    await this.listeners.follow(em);
    let events: LogEvent[] = [];
    let found: Found[] = [];
    // In parts, so that what a batch takes is bounded: hundreds of events may find thousands of filters each.
    const record = async () => {
      await this.recorder.record(em, events, await this.standing(em, found));
      [events, found] = [[], []];
    };
    for (const event of batch) {
      events.push(event);
      for (const listener of this.listeners.hearing(event)) found.push({ event, listener });
      if (found.length >= AT_ONCE) await record();
    }
    if (events.length > 0) await record();
  }

  /** What counts of the matches; a filter that was changed meanwhile is asked again, as it is now. */
  private async standing(em: EntityManager, found: readonly Found[]): Promise<Match[]> {
    const { matches, stale } = await this.seats.standing(em, found);
    if (stale.length === 0) return matches;
    await this.listeners.reload(em, stale);
    return matches.flatMap((match) => {
      if (!stale.includes(match.listener.subscriptionId)) return [match];
      const now = this.listeners.hearing(match.event).find(({ key }) => key === match.listener.key);
      return now ? [{ ...match, listener: now }] : [];
    });
  }
}
