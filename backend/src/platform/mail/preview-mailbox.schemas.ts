import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';

export const previewQuery = listQuery({ sort: ['createdAt'], defaultSort: '-createdAt' });
export const previewPath = z.object({ mailId: z.uuid() });
export type PreviewPath = z.infer<typeof previewPath>;

/** A kept mail as the list shows it. */
export const previewSummary = z.object({
  id: z.uuid(),
  messageId: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  size: z.number().int().describe('Bytes of its source.'),
  createdAt: z.iso.datetime(),
});
export type PreviewSummary = z.infer<typeof previewSummary>;
export const previewPage = page(previewSummary);

/** A kept mail with its contents. */
export const previewDetail = previewSummary.extend({
  html: z
    .string()
    .describe('Sanitised: no scripts, forms, or contents loaded from elsewhere. Show it in a sandboxed frame.'),
  text: z.string(),
  raw: z.string().describe('Its source, as it would have been sent.'),
});
export type PreviewDetail = z.infer<typeof previewDetail>;

export const previewCleared = z.object({ count: z.number().int() });
