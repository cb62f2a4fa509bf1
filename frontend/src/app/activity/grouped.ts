import type { Happened } from './happened';

/** Events alike that followed each other closely, the newest first. */
export interface Burst {
  readonly id: string;
  readonly newest: Happened;
  readonly others: readonly Happened[];
}

/** Neighbours of one burst are not further apart. */
const APART_MS = 15 * 60_000;

/** Puts neighbours of one type by one actor together. @param events the newest first */
export function grouped(events: readonly Happened[]): Burst[] {
  const bursts: { id: string; newest: Happened; others: Happened[] }[] = [];
  for (const event of events) {
    const burst = bursts.at(-1);
    const last = burst && (burst.others.at(-1) ?? burst.newest);
    if (burst && last && alike(last, event)) burst.others.push(event);
    else bursts.push({ id: event.id, newest: event, others: [] });
  }
  // Named by its oldest: a burst that grows stays the same row.
  return bursts.map((burst) => ({ ...burst, id: (burst.others.at(-1) ?? burst.newest).id }));
}

const alike = (newer: Happened, older: Happened): boolean =>
  newer.type === older.type &&
  newer.actor.kind === older.actor.kind &&
  newer.actor.id === older.actor.id &&
  Date.parse(newer.at) - Date.parse(older.at) <= APART_MS;
