import { z } from 'zod';

/** The kinds of source. */
export const SOURCE_KINDS = ['smtp', 'imap', 'feed', 'upload'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

const host = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[?[0-9a-f:.]+\]?)$/i, 'must be a host name or an address')
  .describe('Host name of the mail server.');

const webAddress = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
  .max(2000)
  .refine(
    // What is no address at all was told of already; checks go on after one that failed.
    (text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''),
    'must not contain a user name or password',
  );

/** How a mailbox is reached; times in days. What is secret stands in the credentials. */
export const imapSettings = z.strictObject({
  host,
  port: z.int().min(1).max(65_535).default(993),
  security: z
    .enum(['tls', 'starttls', 'none'])
    .default('tls')
    .describe('tls: encrypted from the start; starttls: required upgrade; none: only where the network is trusted.'),
  user: z.string().min(1).max(320).describe('The name to sign in with.'),
  mailbox: z.string().min(1).max(500).default('INBOX'),
  lookbackDays: z
    .int()
    .min(0)
    .max(36_500)
    .nullable()
    .default(30)
    .describe('How far back the first look goes; null takes everything.'),
  oauth: z
    .strictObject({
      tokenUrl: webAddress,
      clientId: z.string().min(1).max(500),
      scope: z.string().max(1000).optional(),
    })
    .optional()
    .describe('Sign in with OAuth 2.0 tokens instead of a password.'),
});

/** What a mailbox is opened with; stored sealed, never shown. */
export const imapCredentials = z
  .strictObject({
    password: z.string().min(1).max(1000).optional(),
    accessToken: z.string().min(1).max(10_000).optional(),
    refreshToken: z.string().min(1).max(10_000).optional(),
    clientSecret: z.string().min(1).max(1000).optional(),
    /** When the access token ends, in milliseconds since 1970. */
    expiresAt: z.int().optional(),
  })
  .refine(
    (c) => c.password ?? c.accessToken ?? c.refreshToken,
    'must hold a password, an access token or a refresh token',
  );

/** Where a feed is and how often it is read. */
export const feedSettings = z.strictObject({
  url: webAddress.describe('The address of the RSS or Atom feed.'),
  intervalMinutes: z.int().min(1).max(10_080).default(15),
});

/** Sources that mail is pushed into have nothing to set. */
export const noSettings = z.strictObject({});

export type ImapSettings = z.infer<typeof imapSettings>;
export type ImapCredentials = z.infer<typeof imapCredentials>;
export type FeedSettings = z.infer<typeof feedSettings>;
export type SourceSettings = ImapSettings | FeedSettings | z.infer<typeof noSettings>;

/** The settings' schema of each kind. */
export const settingsOf = { smtp: noSettings, imap: imapSettings, feed: feedSettings, upload: noSettings } as const;
