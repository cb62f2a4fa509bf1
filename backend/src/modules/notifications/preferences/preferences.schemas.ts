import { z } from 'zod';
import { tellable } from '#platform/filters/index.js';
import { eventCatalogue } from '#contract/events/index.js';

/** Everything that news can be about, beside what is mandatory. */
export const TOPICS: readonly string[] = [...new Set(tellable.map((type) => eventCatalogue[type].subject))].sort();

/** Mails about somebody's account: the room of accounts sends them, and nobody can turn them off. */
export const SECURITY = 'security';

const MOST_RULES = 500;

/** Whether news of a topic goes to a channel. */
export const rule = z.strictObject({
  topic: z.string().max(80).describe('What the news is about, such as deal; * for all that has no rule of its own.'),
  channel: z.string().max(80).describe('mail, push, or the id of a channel of the workspace.'),
  enabled: z.boolean(),
});

/** What somebody wants, as a whole. */
export const preferencesChange = z.strictObject({
  rules: z.array(rule).max(MOST_RULES, `must be at most ${MOST_RULES}`),
});
export type PreferencesChange = z.infer<typeof preferencesChange>;

/** What somebody said, and what follows from it. */
export const preferences = z.object({
  rules: z.array(rule),
  version: z.int(),
  effective: z
    .array(
      z.object({
        topic: z.string(),
        channels: z.array(z.string()),
        mandatory: z.boolean().describe('True for mails about your account, which cannot be turned off.'),
      }),
    )
    .describe('Where news of each topic goes beside the inbox. What a subscription itself says comes before it.'),
});
export type PreferencesShown = z.infer<typeof preferences>;

export const membershipPath = z.object({ membershipId: z.uuid() });
export type MembershipPath = z.infer<typeof membershipPath>;
