import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';

/** The path of a workspace. */
export const workspacePath = z.object({ workspaceId: z.uuid() });
export type WorkspacePath = z.infer<typeof workspacePath>;

/** The path of a shared channel. */
export const sharedPath = workspacePath.extend({ channelId: z.uuid() });
export type SharedPath = z.infer<typeof sharedPath>;

/** The path of one's own channel. */
export const ownPath = z.object({ channelId: z.uuid() });
export type OwnPath = z.infer<typeof ownPath>;

const name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(120, 'must be at most 120 characters')
  .refine((text) => !/\p{Cc}/u.test(text), 'must be one line without control characters');
const url = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
  .max(2000, 'must be at most 2,000 characters')
  .describe('Where messages go. It is kept sealed and never shown again.');
const secret = z
  .string()
  .max(200)
  .describe(
    'Of a webhook: what messages are signed with, "whsec_" and 24 to 64 bytes in base64. One is made when absent.',
  );

/** A channel that the whole workspace may use. */
export const newShared = z.strictObject({
  kind: z.enum(['slack', 'discord', 'webhook'], { error: 'must be slack, discord or webhook' }),
  name,
  url,
  secret: secret.optional(),
});
export type NewShared = z.infer<typeof newShared>;

/** A channel of one's own. */
export const newOwn = newShared.extend({ workspaceId: z.uuid().describe('Whose news it takes.') });
export type NewOwn = z.infer<typeof newOwn>;

/** A change of a channel. */
export const channelChange = z
  .strictObject({
    name: name.optional(),
    url: url.optional(),
    secret: secret.optional(),
    enabled: z.literal(true, { error: 'must be true' }).optional().describe('Switches a disabled channel on again.'),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'must change something');
export type ChannelChange = z.infer<typeof channelChange>;

/** A channel as people see it. What leads there is shown masked. */
export const channel = z.object({
  id: z.uuid(),
  workspaceId: z.uuid(),
  kind: z.enum(['slack', 'discord', 'webhook']),
  name: z.string(),
  address: z.string().describe('Its host, and the last characters of the rest.'),
  shared: z.boolean(),
  enabled: z.boolean(),
  disabledReason: z.string().nullable().describe('Why it was switched off, in plain words.'),
  failingSince: z.iso.datetime().nullable(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ChannelShown = z.infer<typeof channel>;

/** A channel just made. */
export const madeChannel = channel.extend({
  secret: z.string().nullable().describe('The secret that was made for a webhook; it is shown this once.'),
});
export type MadeChannel = z.infer<typeof madeChannel>;

export const channels = page(channel);
export const channelsQuery = listQuery({ sort: ['createdAt', 'name'], defaultSort: '-createdAt', filter: true });

/** What the other side said to a test. */
export const tested = z.object({
  ok: z.boolean(),
  answer: z.string().describe('The words of the other side, or what went wrong on the way to it.'),
});
export type Tested = z.infer<typeof tested>;

/** A browser that takes push messages, as `PushSubscription.toJSON()` has it, with a name for its owner. */
export const newDevice = z.strictObject({
  name: name.describe('What its owner calls it, such as "Firefox on the laptop".'),
  endpoint: z.url({ protocol: /^https?$/, error: 'must be an https address' }).max(2000),
  keys: z.strictObject({
    p256dh: z.string().regex(/^[\w-]{86,88}={0,2}$/, 'must be a public key of 65 bytes in base64url'),
    auth: z.string().regex(/^[\w-]{22,24}={0,2}$/, 'must be 16 bytes in base64url'),
  }),
});
export type NewDevice = z.infer<typeof newDevice>;

/** A browser as its owner sees it. */
export const device = z.object({
  id: z.uuid(),
  name: z.string(),
  service: z.string().describe("The host of the browser's push service."),
  failingSince: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type DeviceShown = z.infer<typeof device>;

export const devices = page(device);
export const devicesQuery = listQuery({ sort: ['createdAt', 'name'], defaultSort: '-createdAt' });

/** The path of a device. */
export const devicePath = z.object({ deviceId: z.uuid() });
export type DevicePath = z.infer<typeof devicePath>;

/** What browsers subscribe with. */
export const pushKey = z.object({
  publicKey: z.string().describe('The applicationServerKey, in base64url (RFC 8292).'),
});
