import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';

/** A place where a person is signed in. */
export const sessionShown = z.object({
  id: z.uuid(),
  device: z.string().describe('What the client said it is, such as "Firefox on Windows".'),
  method: z.string().describe('How the person signed in.'),
  address: z.string().nullable().describe('The network address that the sign-in came from.'),
  lastAddress: z.string().nullable().describe('The network address of the last use.'),
  startedAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().describe('Right to about a minute.'),
  expiresAt: z.iso
    .datetime()
    .describe('When it ends unless it is used before; it never lives longer than its whole life.'),
  current: z.boolean().describe('Whether it is the session that asks.'),
});
export type SessionShown = z.infer<typeof sessionShown>;

/** The query of the list. */
export const sessionsQuery = listQuery({ sort: ['lastUsedAt', 'startedAt'], defaultSort: '-lastUsedAt' });

/** A page of sessions. */
export const sessionsPage = page(sessionShown);

/** One session in a path. */
export const sessionParams = z.strictObject({ sessionId: z.uuid() });
export type SessionParams = z.infer<typeof sessionParams>;

/** Which sessions to end. */
export const sessionsEnd = z.strictObject({
  which: z
    .enum(['others', 'all'], { error: 'must be others or all' })
    .default('others')
    .describe('All but the one that asks, or that one too.'),
});
export type SessionsEnd = z.infer<typeof sessionsEnd>;

/** How many were ended. */
export const sessionsEnded = z.object({ count: z.int() });
