import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';
import { sourceParams, workspaceParams } from '../sources/sources.schemas.js';
import { MESSAGE_STATES } from './message.entity.js';

/** Where in a message a field was read; offsets in UTF-16 units, end exclusive. */
export const evidenceSpan = z.object({
  source: z.enum(['subject', 'text', 'html', 'jsonld']),
  start: z.int(),
  end: z.int(),
  quote: z.string(),
});

/** A message in a list. */
export const messageSummary = z.object({
  id: z.uuid(),
  sourceId: z.uuid(),
  state: z.enum(MESSAGE_STATES),
  subject: z.string(),
  sender: z.string(),
  sentAt: z.string().nullable(),
  receivedAt: z.string(),
  size: z.int().describe('Bytes.'),
  dealCount: z.int(),
  parsedAt: z.string().nullable(),
  error: z.string().nullable().describe('Why it could not be read, in plain words.'),
  version: z.int(),
});

const attachment = z.object({
  name: z.string().nullable(),
  contentType: z.string(),
  size: z.int(),
  inline: z.boolean(),
});

/** A message as it can be read: HTML sanitised, nothing remote in it. */
export const messageSchema = messageSummary.extend({
  recipients: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  text: z.string(),
  html: z.string().nullable().describe('Sanitised: no script, no form, no remote content.'),
  attachments: z.array(attachment).describe('Listed, never expanded.'),
  unreadable: z.string().nullable().describe('Why the content cannot be shown; the raw bytes are kept all the same.'),
  deals: z.array(
    z.object({ id: z.uuid(), title: z.string(), confidence: z.number(), evidence: z.record(z.string(), evidenceSpan) }),
  ),
});

/** What an upload brought. */
export const uploadSchema = z.object({
  received: z.int(),
  duplicates: z.int(),
  refused: z.array(z.object({ name: z.string(), message: z.string() })),
  messages: z.array(z.object({ id: z.uuid(), duplicate: z.boolean() })).describe('The first 1,000.'),
});

/** A text that a person pastes. */
export const pastedText = z.strictObject({
  subject: z.string().trim().max(500).default(''),
  text: z.string().min(1, 'must not be empty').max(1_000_000).describe('Plain text, or HTML when `html` is true.'),
  html: z.boolean().default(false),
});

/** A job that was enqueued. */
export const enqueuedSchema = z.object({ jobId: z.uuid() });

/** Which messages are read again. */
export const parseAgain = z.strictObject({
  sourceId: z.uuid().optional().describe('Only those of one source.'),
  outdated: z.boolean().default(true).describe('Only those that an older parser read.'),
});

export const messageParams = workspaceParams.extend({ messageId: z.uuid() });
export const messageList = listQuery({
  sort: ['receivedAt'],
  defaultSort: '-receivedAt',
  fields: true,
  filter: true,
}).extend({
  state: z.enum(MESSAGE_STATES).optional(),
  sourceId: z.uuid().optional(),
});
export const messagePage = page(messageSummary);
export { sourceParams, workspaceParams };

export type MessageSummary = z.infer<typeof messageSummary>;
export type MessageView = z.infer<typeof messageSchema>;
export type MessageList = z.infer<typeof messageList>;
export type MessageParams = z.infer<typeof messageParams>;
export type PastedText = z.infer<typeof pastedText>;
export type UploadResult = z.infer<typeof uploadSchema>;
export type ParseAgain = z.infer<typeof parseAgain>;
