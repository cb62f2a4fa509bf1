/** Positions of the log that are looked through at once: as many numbers are held at most, whoever's events they are. */
export const STRETCH = 50_000;

/** The end of the log, and its beginning where the earlier part was pruned. */
export const BOUNDS = `
  select (select position from log_checkpoint)::float8 as after, (select position from log_state)::float8 as "upTo"`;

/** A part of the log: behind one position, up to and with another. */
export interface Stretch {
  after: number;
  upTo: number;
}

/** The log in parts, the oldest first. */
export function* stretches({ after, upTo }: Stretch): Generator<Stretch> {
  for (let from = after; from < upTo; from += STRETCH) yield { after: from, upTo: Math.min(from + STRETCH, upTo) };
}
