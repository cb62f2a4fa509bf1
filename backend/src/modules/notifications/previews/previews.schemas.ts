import { z } from 'zod';

const kind = z
  .string()
  .max(80)
  .regex(/^[a-z_]+\.[a-z_]+$/, 'must be the type of an event, such as deal.found')
  .describe('The type of event that it tells of.');

/** The path of a preview. */
export const previewPath = z.object({ workspaceId: z.uuid(), kind });
export type PreviewPath = z.infer<typeof previewPath>;

/** How a notification of one kind looks. */
export const preview = z.object({
  kind: z.string(),
  eventId: z.uuid().nullable().describe('The event that it is made of; null when it is an example.'),
  subject: z.string(),
  preheader: z.string(),
  heading: z.string(),
  blocks: z.array(z.looseObject({ type: z.string() })),
  html: z.string(),
  text: z.string(),
});
export type PreviewShown = z.infer<typeof preview>;

/** A test to be sent. */
export const newTest = z.strictObject({ kind });
export type NewTest = z.infer<typeof newTest>;

/** Where it goes. */
export const testSent = z.object({ to: z.string(), subject: z.string() });
export type TestSent = z.infer<typeof testSent>;

export const workspacePath = z.object({ workspaceId: z.uuid() });
