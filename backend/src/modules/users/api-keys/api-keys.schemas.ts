import { z } from 'zod';
import { isPermission, type Permission } from '#platform/access/index.js';
import { page } from '#platform/http/index.js';
import { shownName } from '../accounts/accounts.schemas.js';
import { workspacePath } from '../workspaces/workspaces.schemas.js';

const MAX_YEARS_MS = 5 * 366 * 86_400_000;

/** The path of a key. */
export const keyPath = workspacePath.extend({ keyId: z.uuid() });
export type KeyPath = z.infer<typeof keyPath>;

const scope = z
  .string()
  .refine((text): text is Permission => isPermission(text), 'is not a permission')
  .refine((text) => text !== 'instance:operate', 'is for operators, not for keys');

/** A key to be made. */
export const newKey = z.strictObject({
  name: shownName,
  scopes: z
    .array(scope)
    .min(1, 'must name at least one permission')
    .max(50)
    .transform((scopes) => [...new Set(scopes)].sort())
    .describe('The permissions of the key: some of your own.'),
  expiresAt: z.iso
    .datetime({ offset: true })
    .refine((text) => Date.parse(text) > Date.now(), 'must lie in the future')
    .refine((text) => Date.parse(text) < Date.now() + MAX_YEARS_MS, 'must lie within five years')
    .nullable()
    .default(null)
    .describe('When the key stops working; null for a key that works until it is revoked.'),
});
export type NewKeyWanted = z.infer<typeof newKey>;

/** A key as it is listed. */
export const apiKey = z.object({
  id: z.uuid(),
  name: z.string(),
  hint: z.string().describe('Its last four characters.'),
  scopes: z.array(z.string()),
  userId: z.uuid().describe('Who made it.'),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable().describe('To the minute, about.'),
});
export type ApiKeyShown = z.infer<typeof apiKey>;

export const apiKeys = page(apiKey);

/** A key that was just made, with its text: it is not shown again. */
export const madeKey = apiKey.extend({ key: z.string().describe('Sent as "Authorization: Bearer …" or "X-API-Key".') });
export type MadeKey = z.infer<typeof madeKey>;
