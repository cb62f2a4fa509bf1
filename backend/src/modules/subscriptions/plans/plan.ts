import { z } from 'zod';

const hour = z.int('must be a whole number').min(0, 'must be at least 0').max(23, 'must be at most 23');
const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00')
  .describe('A time of day, such as 22:00.')
  .meta({ example: '22:00' });

/** How often somebody is told. Hours and days are those of their time zone. */
export const rhythm = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('immediate') }),
  z.strictObject({ kind: z.literal('hourly') }),
  z.strictObject({ kind: z.literal('daily'), hour }),
  z.strictObject({
    kind: z.literal('weekly'),
    weekday: z.int('must be a whole number').min(1, 'must be at least 1').max(7, 'must be at most 7'),
    hour,
  }),
]);
export type Rhythm = z.infer<typeof rhythm>;

/** A stretch of the day, over midnight when it begins later than it ends. */
export const quietHours = z
  .strictObject({ from: clock, to: clock })
  .refine(({ from, to }) => from !== to, 'must begin and end at different times');
export type QuietHours = z.infer<typeof quietHours>;

const windowMinutes = z
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(7 * 24 * 60, 'must be at most 10080, a week');
const perSubject = z.boolean().default(false).describe('Count each subject by itself, such as each deployment.');

/** What must come together before anybody is told: a number of matches, or a figure of theirs, within a while. */
export const rule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('count'),
    windowMinutes,
    moreThan: z.int('must be a whole number').min(1, 'must be at least 1').max(1000, 'must be at most 1000'),
    perSubject,
  }),
  z.strictObject({
    kind: z.literal('rate'),
    windowMinutes,
    morePerHour: z.number().positive('must be above 0').max(1000, 'must be at most 1000'),
    perSubject,
  }),
  z.strictObject({
    kind: z.literal('threshold'),
    windowMinutes,
    field: z.string().max(40).describe('A field that holds a number or money.'),
    of: z.enum(['average', 'lowest', 'highest', 'sum']),
    is: z.enum(['above', 'below']),
    value: z.number(),
    perSubject,
  }),
]);
export type Rule = z.infer<typeof rule>;

/** When a match becomes a notification. */
export interface Plan {
  readonly rhythm: Rhythm;
  readonly quietHours: QuietHours | null;
  /** So long after it was told of, a subject is not told of again. */
  readonly cooldownMinutes: number | null;
  /** Only when the subject did not match before. */
  readonly crossing: boolean;
  /** Again only when the target's measure, such as the price, is better by so many percent than when it was told. */
  readonly improvesBy: number | null;
  readonly rule: Rule | null;
  /** Where it goes beside the inbox; null: as the person prefers. */
  readonly channels: string[] | null;
}

/** Everything at once, as it comes. */
export const PLAIN: Plan = {
  rhythm: { kind: 'immediate' },
  quietHours: null,
  cooldownMinutes: null,
  crossing: false,
  improvesBy: null,
  rule: null,
  channels: null,
};

/** A stored plan, which holds only what differs from `PLAIN`. */
export function planOf(stored: Partial<Plan>): Plan {
  return { ...PLAIN, ...stored };
}

/**
 * A plan as it holds for one person. Of a shared subscription only whoever chose the channels has their notifications posted to
 * those: another's, judged by another's rights, are not for everybody who reads there. Mail and push are each person's own.
 */
export function planFor(
  stored: Partial<Plan>,
  { userId, shared, channelsBy }: { userId: string; shared: boolean; channelsBy: string | null },
): Plan {
  const plan = planOf(stored);
  if (!shared || channelsBy === userId || plan.channels === null) return plan;
  return { ...plan, channels: plan.channels.filter((name) => OWN_CHANNELS.has(name.toLowerCase())) };
}

const OWN_CHANNELS: ReadonlySet<string> = new Set(['mail', 'push']);

/** What of a plan differs from `PLAIN`: what is stored. */
export function kept(plan: Plan): Partial<Plan> {
  const plain: Readonly<Record<string, unknown>> = { ...PLAIN };
  const entries = Object.entries(plan).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(plain[key]));
  return Object.fromEntries(entries);
}
