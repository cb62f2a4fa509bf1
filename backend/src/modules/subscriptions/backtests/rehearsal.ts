import { setImmediate } from 'node:timers/promises';
import { dueOf, type Clock } from '../plans/due.js';
import { Judge, type Judged } from '../plans/judge.js';

/** Something that happened, as a rehearsal hears it. */
export interface Rehearsed {
  readonly title: string;
  readonly at: Date;
  /** False for what only ends a crossing. */
  readonly matches: boolean;
  readonly judged: Omit<Judged, 'at'>;
}

/** A notification that would have been sent. */
export interface WouldSend {
  readonly at: Date;
  readonly total: number;
  /** Of the newest things it tells of, at most three. */
  readonly titles: readonly string[];
}

/** Bounds on what comes together; see `SubscriptionsConfig`. */
export interface Bursts {
  readonly burstMatches: number;
  readonly burstWindowMs: number;
}

/** After so many the process does other things. */
const BREATH = 500;
const SHOWN_TITLES = 3;

/** What a subscription would have sent of what happened, in order, by the same rules as those that tell. */
export async function rehearse(
  happened: readonly Rehearsed[],
  clock: Omit<Clock, 'snoozedUntil'> & Bursts,
  until: Date,
): Promise<WouldSend[]> {
  const judge = new Judge();
  const sent: WouldSend[] = [];
  // By when they are due, of which there are few at any time.
  const waiting = new Map<number, string[]>();
  const release = (now: Date) => {
    for (let due = earliest(waiting); due !== undefined && due <= now.getTime(); due = earliest(waiting)) {
      const together = waiting.get(due) ?? [];
      waiting.delete(due);
      sent.push({ at: new Date(due), total: together.length, titles: together.slice(-SHOWN_TITLES) });
    }
  };
  for (const [n, { at, title, matches, judged }] of happened.entries()) {
    if (n % BREATH === BREATH - 1) await setImmediate();
    release(at);
    if (!matches) judge.miss(judged.seat, judged.thing);
    else if (judge.judge({ ...judged, at }) === undefined) {
      const due = dueOf({ ...clock, snoozedUntil: null }, at)?.at ?? burst(sent, waiting, at, clock);
      if (due) hold(waiting, due.getTime(), title);
      else sent.push({ at, total: judge.together({ ...judged, at }) || 1, titles: [title] });
    }
  }
  release(until);
  return sent;
}

function burst(
  sent: readonly WouldSend[],
  waiting: ReadonlyMap<number, unknown>,
  now: Date,
  { burstMatches, burstWindowMs }: Bursts,
): Date | undefined {
  const gathering = earliest(waiting);
  if (gathering !== undefined) return new Date(gathering);
  const since = now.getTime() - burstWindowMs;
  const late = sent.slice(-burstMatches).filter(({ at }) => at.getTime() > since);
  return late.length >= burstMatches ? new Date(now.getTime() + burstWindowMs) : undefined;
}

function earliest(waiting: ReadonlyMap<number, unknown>): number | undefined {
  return waiting.size > 0 ? Math.min(...waiting.keys()) : undefined;
}

function hold(waiting: Map<number, string[]>, due: number, title: string): void {
  const together = waiting.get(due);
  if (together) together.push(title);
  else waiting.set(due, [title]);
}
