import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';

export const matchList = listQuery({ sort: ['createdAt'], defaultSort: '-createdAt', filter: true });
export type MatchList = z.infer<typeof matchList>;

/** What one event became for the caller. */
export const match = z.object({
  id: z.uuid(),
  eventId: z.uuid(),
  eventType: z.string(),
  subjectType: z.string(),
  subjectId: z.string(),
  occurredAt: z.iso.datetime(),
  state: z.enum(['told', 'waiting', 'held']),
  why: z
    .enum(['digest', 'snoozed', 'quiet', 'burst', 'rule', 'not_crossed', 'not_improved', 'cooldown', 'ended', 'hidden'])
    .nullable()
    .describe('What it waits or waited for, or why you were not told.'),
  dueAt: z.iso.datetime().nullable(),
  notificationId: z.uuid().nullable(),
  reason: z.object({
    filter: z.string(),
    terms: z
      .array(z.object({ start: z.int(), end: z.int() }))
      .describe('Where in the filter the terms stand that were true.'),
  }),
  createdAt: z.iso.datetime(),
});
export type MatchShown = z.infer<typeof match>;

export const matches = page(match);
