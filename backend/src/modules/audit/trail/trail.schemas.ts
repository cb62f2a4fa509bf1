import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';

/** The path of a workspace's trail. */
export const workspaceParams = z.object({ workspaceId: z.uuid() });

const eventId = z.uuid('must be the id of an event');
export const eventParams = workspaceParams.extend({ eventId });
export type EventParams = z.infer<typeof eventParams>;
export const systemEventParams = z.object({ eventId });
export type SystemEventParams = z.infer<typeof systemEventParams>;

/** The query of the trail. */
export const trailQuery = listQuery({ sort: ['position'], defaultSort: '-position', filter: true, fields: true });
export type TrailQuery = z.infer<typeof trailQuery>;

/** The query of an export. */
export const exportQuery = z.strictObject({
  format: z
    .enum(['csv', 'jsonl'], { error: 'must be csv or jsonl' })
    .default('csv')
    .describe('CSV, or a line of JSON an event.'),
  filter: trailQuery.shape.filter,
});
export type ExportQuery = z.infer<typeof exportQuery>;
export type ExportFormat = ExportQuery['format'];

/** One event as the trail shows it: who, what, from where, through which session or key. */
export const auditEvent = z.object({
  id: z.uuid(),
  position: z.number().int().describe("Its place in the instance's log, without gaps."),
  at: z.iso.datetime().describe('When it happened.'),
  type: z.string().describe('Noun, dot, past tense: session.started.'),
  about: z.string().nullable().describe('The type in a sentence; null for one that this version does not know.'),
  actor: z.object({
    kind: z.string().describe('user, api_key, service_account, or system for what the instance does by itself.'),
    id: z.string().nullable().describe('Of the person or the key, also of a key of a service account.'),
    userId: z.string().nullable().describe('The person: for a key the one whom it belongs to, if any.'),
    name: z
      .string()
      .nullable()
      .describe("The person's or service account's name now; null when there is none any more."),
    operator: z.boolean().describe('Whether they acted as an operator of the instance could.'),
  }),
  sessionId: z.string().nullable(),
  apiKey: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  serviceAccount: z
    .object({ id: z.string(), name: z.string().nullable() })
    .nullable()
    .describe('The service account that acted, by the key.'),
  address: z.string().nullable().describe('Of the client, as far as trusted proxies tell it.'),
  requestId: z.string().nullable(),
  subject: z.object({ type: z.string(), id: z.uuid() }).describe('What it is about.'),
  scope: z.object({ kind: z.enum(['workspace', 'project', 'user']), id: z.uuid().nullable() }),
  data: z.record(z.string(), z.unknown()).nullable().describe('What the type tells; null when it was erased.'),
});
export type AuditEvent = z.infer<typeof auditEvent>;

export const auditEventPage = page(auditEvent);

/** For the API document. */
export const exampleEvent: AuditEvent = {
  id: '0193f2f0-8a3c-7c1e-9d51-2b1f0a6c4e10',
  position: 48_211,
  at: '2026-11-20T09:14:03.221Z',
  type: 'api_key.created',
  about: 'An API key was made.',
  actor: {
    kind: 'user',
    id: '0193f2f0-1111-7c1e-9d51-2b1f0a6c4e10',
    userId: '0193f2f0-1111-7c1e-9d51-2b1f0a6c4e10',
    name: 'Ada Byron',
    operator: false,
  },
  sessionId: '0193f2f0-2222-7c1e-9d51-2b1f0a6c4e10',
  apiKey: null,
  serviceAccount: null,
  address: '192.0.2.17',
  requestId: '0193f2f0-3333-7c1e-9d51-2b1f0a6c4e10',
  subject: { type: 'api_key', id: '0193f2f0-4444-7c1e-9d51-2b1f0a6c4e10' },
  scope: { kind: 'workspace', id: null },
  data: { name: 'Reports', scopes: ['deals:read'], expiresAt: null },
};
