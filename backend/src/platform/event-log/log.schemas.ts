import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';

const readerName = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be the name of a reader');
const parkedState = z.enum(['parked', 'held', 'discarded']);

/** The path of one reader. */
export const readerPath = z.object({ reader: readerName });
export type ReaderPath = z.infer<typeof readerPath>;

/** One reader of the log. */
export const logReaderSchema = z.object({
  reader: z.string(),
  state: z.enum(['running', 'stopped']).describe('A reader stops itself when it could not read three events in a row.'),
  position: z.number().int().describe('The last event that it has read.'),
  head: z.number().int().describe('The last event of the log.'),
  behind: z.number().int().describe('Positions between the two.'),
  seconds: z.number().describe('Age of the oldest event before it, in seconds; 0 when it has read everything.'),
  parked: z.number().int().describe('Events that wait for an operator, or behind one that does.'),
  lastError: z.string().nullable(),
  rebuildable: z.boolean().describe('Whether it can empty what it has built and build it again from the log.'),
});
export type LogReaderView = z.infer<typeof logReaderSchema>;

export const logReaderPage = page(logReaderSchema);

/** How a reader is rebuilt. */
export const rebuildQuery = z.strictObject({
  partial: z
    .stringbool({ error: 'must be true or false' })
    .default(false)
    .describe('Rebuild although the log was pruned, so that what was pruned is missing afterwards.'),
});
export type RebuildQuery = z.infer<typeof rebuildQuery>;

/** The query of the list of parked events. */
export const parkedQuery = listQuery({ sort: ['position', 'parkedAt'], defaultSort: 'position', filter: true }).extend({
  reader: readerName.optional().describe('Only events of this reader.'),
  state: parkedState.optional().describe('Only events in this state.'),
});
export type ParkedQuery = z.infer<typeof parkedQuery>;

/** The path of one parked event. */
export const parkedPath = readerPath.extend({
  position: z.coerce
    .number({ error: 'must be a position in the log' })
    .int('must be a position in the log')
    .min(1, 'must be a position in the log')
    .max(Number.MAX_SAFE_INTEGER, 'must be a position in the log'),
});
export type ParkedPath = z.infer<typeof parkedPath>;

/** An event that a reader could not read, without its data: operators see health, not contents. */
export const parkedEventSchema = z.object({
  reader: z.string(),
  position: z.number().int(),
  state: parkedState.describe('A held event waits behind a parked one about the same subject.'),
  eventId: z.uuid(),
  type: z.string(),
  subject: z.object({ type: z.string(), id: z.uuid() }),
  workspaceId: z.uuid(),
  error: z.string().nullable().describe('Why it could not be read, in the words of the last attempt.'),
  attempts: z.number().int(),
  parkedAt: z.iso.datetime(),
});
export type ParkedEventView = z.infer<typeof parkedEventSchema>;

export const parkedPage = page(parkedEventSchema);

/** What came of settling a parked event. */
export const settledSchema = z.object({
  read: z.number().int().describe('Events read now: this one and those that were held behind it.'),
  parked: parkedEventSchema
    .nullable()
    .describe('The event about the same subject that is parked now: this one when it failed again, or a later one.'),
});
export type Settled = z.infer<typeof settledSchema>;
