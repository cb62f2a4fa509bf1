import { z } from 'zod';

const MOST_CELLS = 500;

/** One choice of the grid, or the same one for all kinds of a topic. */
const cell = z
  .strictObject({
    kind: z
      .string()
      .max(80)
      .optional()
      .describe('What is told, such as deal.found; * for all without a choice of its own.'),
    topic: z.string().max(80).optional().describe('All kinds about one sort of thing, such as deal.'),
    channel: z.string().max(80).describe('mail, push, or the id of a channel of the workspace.'),
    enabled: z.boolean().nullable().describe('Null takes back what was chosen here, so that what is inherited holds.'),
  })
  .refine(({ kind, topic }) => (kind === undefined) !== (topic === undefined), 'must name either a kind or a topic');

/** What is chosen now, one after the other; what is not named stays. */
export const preferencesChange = z.strictObject({
  cells: z.array(cell).min(1, 'must choose something').max(MOST_CELLS, `must be at most ${MOST_CELLS}`),
});
export type PreferencesChange = z.infer<typeof preferencesChange>;

/** The whole grid: kinds by channels. */
export const preferences = z.object({
  version: z.int(),
  channels: z.array(
    z.object({
      channel: z.string().describe('mail, push (all your browsers), or the id of a channel.'),
      kind: z.enum(['mail', 'push', 'slack', 'discord', 'webhook']),
      name: z.string().nullable(),
    }),
  ),
  kinds: z.array(
    z.object({
      kind: z.string(),
      topic: z.string(),
      title: z.string(),
      description: z.string(),
      mandatory: z.boolean().describe('True for mails about your account, which cannot be turned off.'),
      cells: z
        .array(
          z.object({
            channel: z.string(),
            enabled: z.boolean(),
            from: z
              .enum(['project', 'workspace', 'person', 'default', 'mandatory'])
              .describe('Where that was chosen; default while nobody chose anything.'),
            own: z.boolean().describe('Whether it was chosen for this very kind, here: that can be taken back.'),
          }),
        )
        .describe('What holds, channel by channel. What a subscription itself says comes before it.'),
    }),
  ),
});
export type PreferencesShown = z.infer<typeof preferences>;

export const membershipPath = z.object({ membershipId: z.uuid() });
export type MembershipPath = z.infer<typeof membershipPath>;

/** A project of the workspace, for choices that hold there alone. */
export const projectQuery = z.object({
  projectId: z.uuid().optional().describe('For one project of the workspace, to which you belong.'),
});
export type ProjectQuery = z.infer<typeof projectQuery>;
