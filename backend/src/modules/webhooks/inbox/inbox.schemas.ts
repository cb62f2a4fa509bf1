import { z } from 'zod';
import { page } from '#platform/http/index.js';
import { capabilityToken } from '../capability-urls.js';
import { workspacePath } from '../endpoints/endpoints.schemas.js';

/** The path of an inbox. */
export const inboxPath = workspacePath.extend({ inboxId: z.uuid() });
export type InboxPath = z.infer<typeof inboxPath>;

/** The path that outsiders post to. */
export const inboxTokenPath = z.object({ inboxToken: capabilityToken });
export type InboxTokenPath = z.infer<typeof inboxTokenPath>;

/** An inbox to be opened. */
export const newInbox = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(120, 'must be at most 120 characters')
    .refine((text) => !/\p{Cc}/u.test(text), 'must be one line without control characters')
    .default('Inbox'),
  hours: z.int().min(1).max(168).default(24).describe('When it closes by itself.'),
});
export type NewInbox = z.infer<typeof newInbox>;

/** An inbox. */
export const inbox = z.object({
  id: z.uuid(),
  name: z.string(),
  url: z.string().describe('What is sent here is kept, whatever it is: up to 64 kB, the newest 100.'),
  requests: z.int(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type InboxShown = z.infer<typeof inbox>;
export const inboxes = z.object({ items: z.array(inbox) });

const inboxRequest = z.object({
  id: z.uuid(),
  receivedAt: z.iso.datetime(),
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  contentType: z.string().nullable(),
  encoding: z.enum(['text', 'base64']).describe('How the body is written here; what is no text is base64.'),
  body: z.string(),
  size: z.int().describe('Bytes of the body.'),
});
export type InboxRequest = z.infer<typeof inboxRequest>;
export const inboxRequests = page(inboxRequest);

/** The answer to whoever posts. */
export const taken = z.object({ received: z.literal(true) });
