import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';
import { feedSettings, imapCredentials, imapSettings, noSettings, SOURCE_KINDS } from './source-settings.js';

const name = z.string().trim().min(1, 'must not be empty').max(200);

/** A new source, by kind. */
export const newSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('smtp'), name, settings: noSettings.default({}) }),
  z.strictObject({ kind: z.literal('upload'), name, settings: noSettings.default({}) }),
  z.strictObject({ kind: z.literal('imap'), name, settings: imapSettings, credentials: imapCredentials }),
  z.strictObject({ kind: z.literal('feed'), name, settings: feedSettings }),
]);

/** What may change; settings are replaced as a whole and must be those of the source's kind. */
export const sourceChanges = z
  .strictObject({
    name: name.optional(),
    settings: z.record(z.string(), z.unknown()).optional().describe('As for a new source of this kind.'),
    credentials: imapCredentials.optional(),
  })
  .refine((changes) => Object.values(changes).some((value) => value !== undefined), 'must change something');

/** A source as people see it. Credentials are never shown. */
export const sourceSchema = z.object({
  id: z.uuid(),
  kind: z.enum(SOURCE_KINDS),
  name: z.string(),
  settings: z.record(z.string(), z.unknown()),
  address: z.string().nullable().describe('Mail to this secret address belongs to the source.'),
  hasCredentials: z.boolean(),
  status: z.enum(['active', 'paused', 'failing']),
  lastSuccessAt: z.string().nullable(),
  lastError: z.string().nullable().describe('Why it does not work, in plain words.'),
  lastErrorAt: z.string().nullable(),
  failingSince: z.string().nullable(),
  refusedCount: z.int().describe('Messages that were passed over because they are too large.'),
  lastRefusal: z.string().nullable().describe('Which message was passed over last, and why, in plain words.'),
  lastRefusalAt: z.string().nullable(),
  version: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

/** How a test went. */
export const sourceTest = z.object({
  ok: z.boolean(),
  message: z.string().describe('What was found, or what is wrong, in plain words.'),
});

export const workspaceParams = z.object({ workspaceId: z.uuid() });
export const sourceParams = workspaceParams.extend({ sourceId: z.uuid() });
export const sourceList = listQuery({ sort: ['createdAt', 'name'], defaultSort: 'createdAt', filter: true });
export const sourcePage = page(sourceSchema);

export type NewSource = z.infer<typeof newSource>;
export type SourceChanges = z.infer<typeof sourceChanges>;
export type SourceView = z.infer<typeof sourceSchema>;
export type SourceTest = z.infer<typeof sourceTest>;
export type SourceParams = z.infer<typeof sourceParams>;
export type SourceList = z.infer<typeof sourceList>;
