import type { z } from 'zod';

/** How one type of event looks: version of its data, the kind of its subject, who may see it, and a sentence on it. */
export interface EventDefinition<S extends z.ZodType = z.ZodType> {
  /** Starts at 1 and grows when the data changes in a way that readers must know. */
  readonly version: number;
  /** What the event is about: `deal`, `source`, `member`, … `subject_id` is the id of one such. */
  readonly subject: string;
  readonly data: S;
  /** One sentence in the past tense, for people who choose what to hear about. */
  readonly about: string;
  /**
   * It tells of telling somebody: nobody can ask to be told of it, for each such telling would be told of in turn.
   * It stays in the log and in the trail.
   */
  readonly quiet?: true;
}

/** A room's slice of the catalogue; keeps the literal types. */
export function defineEvents<const T extends Record<string, EventDefinition>>(events: T): T {
  return events;
}
