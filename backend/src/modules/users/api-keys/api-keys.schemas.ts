import { z } from 'zod';
import { isPermission, type Permission } from '#platform/access/index.js';
import { listQuery, page } from '#platform/http/index.js';
import { shownName } from '../accounts/accounts.schemas.js';
import { workspacePath } from '../workspaces/workspaces.schemas.js';
import { normalAddress } from './allowed-addresses.js';

const MAX_YEARS_MS = 5 * 366 * 86_400_000;
const DAY_SECONDS = 86_400;

/** The path of a key. */
export const keyPath = workspacePath.extend({ keyId: z.uuid() });
export type KeyPath = z.infer<typeof keyPath>;

const scope = z
  .string()
  .refine((text): text is Permission => isPermission(text), 'is not a permission')
  .refine((text) => text !== 'instance:operate', 'is for operators, not for keys');

const addresses = z
  .array(
    z
      .string()
      .max(100)
      .transform((text, context) => {
        const normal = normalAddress(text);
        if (normal !== null) return normal;
        context.addIssue({ code: 'custom', message: 'is neither an address nor a network such as 192.0.2.0/24' });
        return z.NEVER;
      }),
  )
  .max(100)
  .transform((entries) => [...new Set(entries)].sort())
  .describe(
    'IPv4 and IPv6 addresses, and networks in CIDR notation, that it may be used from; none for everywhere. IPv4 that ' +
      'arrives as IPv6 counts as IPv4.',
  );

const expiry = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) > Date.now(), 'must lie in the future')
  .refine((text) => Date.parse(text) < Date.now() + MAX_YEARS_MS, 'must lie within five years')
  .nullable();

/** A key to be made. */
export const newKey = z.strictObject({
  name: shownName,
  scopes: z
    .array(scope)
    .min(1, 'must name at least one permission')
    .max(50)
    .transform((scopes) => [...new Set(scopes)].sort())
    .describe("The permissions of the key: some of your own, and of the service account's role when it is for one."),
  expiresAt: expiry
    .default(null)
    .describe('When the key stops working; null for a key that works until it is revoked.'),
  allowedAddresses: addresses.default([]),
  serviceAccountId: z
    .uuid()
    .optional()
    .describe('Whose key it is to be; yours when absent. It takes the permission "service_accounts:write" too.'),
});
export type NewKeyWanted = z.infer<typeof newKey>;

/** A change of a key. */
export const keyEdit = z.strictObject({ name: shownName.optional(), allowedAddresses: addresses.optional() });
export type KeyEdit = z.infer<typeof keyEdit>;

/** How a key is to get a new secret. */
export const newRotation = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(7 * DAY_SECONDS, 'must be at most seven days')
    .default(DAY_SECONDS)
    .describe('How long the earlier secret works too: at most seven days, 0 for not at all.'),
  expiresAt: expiry.optional().describe('When the key stops working from now on; as before when absent.'),
});
export type NewRotation = z.infer<typeof newRotation>;

/** The query of the list. */
export const keyQuery = listQuery({ sort: ['createdAt', 'name'], defaultSort: '-createdAt', filter: true }).extend({
  serviceAccountId: z.uuid().optional().describe('Only the keys of this service account.'),
});
export type KeyQuery = z.infer<typeof keyQuery>;

/** A key as it is listed. */
export const apiKey = z.object({
  id: z.uuid(),
  name: z.string(),
  hint: z.string().describe('The last four characters of its present secret.'),
  scopes: z.array(z.string()),
  userId: z.uuid().nullable().describe('Who made it and whom it acts for; null for the key of a service account.'),
  serviceAccountId: z.uuid().nullable().describe('Whose key it is, when it is not a person’s.'),
  allowedAddresses: z.array(z.string()).describe('Where it may be used from; everywhere when there are none.'),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  issuedAt: z.iso.datetime().describe('When its present secret was made.'),
  lastUsedAt: z.iso.datetime().nullable().describe('When its present secret was used last: to the minute, about.'),
  previous: z
    .object({
      hint: z.string().describe('Its last four characters.'),
      expiresAt: z.iso.datetime().describe('Until when it works, or worked.'),
      lastUsedAt: z.iso.datetime().nullable().describe('When it was used last: somebody still has to change over.'),
    })
    .nullable()
    .describe('The secret before the last rotation; null when there was none.'),
  version: z.int(),
});
export type ApiKeyShown = z.infer<typeof apiKey>;

export const apiKeys = page(apiKey);

/** A key that was just made, with its text: it is not shown again. */
export const madeKey = apiKey.extend({ key: z.string().describe('Sent as "Authorization: Bearer …" or "X-API-Key".') });
export type MadeKey = z.infer<typeof madeKey>;
