import type { Passage } from './build-deal.js';
import type { Endpoint } from './endpoints.js';
import type { LineReading } from './line.js';
import type { Source } from './sources.js';

/** A line of the body, read; offsets of the reading are the line's, `start` is the line's in the body. */
export interface BodyLine extends LineReading {
  start: number;
}

/** A title and a body as the rules read them. */
export interface Document {
  title: Source;
  body: Source;
  language: string;
  reference: Date | undefined;
}

/** All of a source. */
export const whole = (source: Source): Passage => ({ source, start: 0, end: source.text.length });

/** Whether an end is no place one can fly to: a group of cities, a country or a region. */
export const isVague = (end: Endpoint): boolean =>
  end.group || end.place.place?.kind === 'country' || end.place.place?.kind === 'region';
