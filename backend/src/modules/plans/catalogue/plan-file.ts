import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Plan } from './plan.js';

const UNITS: Record<string, number> = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };
const LIMIT = 'must be a whole number from 0, a size such as "500 MB" or "10 GB", or null for no limit';
const NAME = 'must be a name of small letters, digits, "-" and "_", a letter first, 40 at most';

const size = z
  .string()
  .regex(/^\d{1,6}(?:\.\d{1,3})? ?(?:B|kB|MB|GB|TB)$/)
  .transform((text) => {
    const [, number = '0', unit = 'B'] = /^([\d.]+) ?(\w+)$/.exec(text) ?? [];
    return Math.floor(Number(number) * (UNITS[unit] ?? 1));
  });
const limit = z.union([z.int(LIMIT).min(0, LIMIT), size, z.null()], { error: LIMIT });
const plan = z.strictObject(
  {
    title: z
      .string({ error: 'must be a text' })
      .trim()
      .min(1, 'must not be empty')
      .max(60, 'must be at most 60 characters')
      .refine((text) => !/\p{Cc}/u.test(text), 'must be one line without control characters'),
    limits: z.record(z.string(), limit, { error: 'must be an object with one member for each limit' }),
  },
  { error: (issue) => strange(issue, 'must be an object with a title and limits') },
);
const file = z.strictObject(
  {
    plans: z
      .record(z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/), plan, {
        error: ({ code }) => (code === 'invalid_key' ? NAME : 'must be an object with one member for each plan'),
      })
      .refine((plans) => Object.keys(plans).length > 0, 'must hold a plan')
      .refine((plans) => Object.keys(plans).length <= 50, 'must hold at most 50 plans'),
  },
  { error: (issue) => strange(issue, 'must be an object with the member "plans"') },
);

/**
 * Reads a file of plans: `{"plans": {"team": {"title": "Team", "limits": {"members": 25, "storage": "50 GB"}}}}`. Whether a
 * room knows the limits is found out when all rooms are there.
 *
 * @throws Error with one sentence that names every fault and where it stands
 */
export function readPlanFile(path: string): Plan[] {
  const parsed = file.safeParse(jsonOf(path));
  if (!parsed.success) throw new Error(`in ${path}, ${parsed.error.issues.map(told).join('; ')}`);
  return Object.entries(parsed.data.plans).map(([name, { title, limits }]) => ({
    name,
    title,
    limits: Object.fromEntries(Object.entries(limits).filter((entry): entry is [string, number] => entry[1] !== null)),
  }));
}

function jsonOf(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const [, line, column] = /line (\d+) column (\d+)/.exec((error as Error).message) ?? [];
    throw new Error(`${path} is not valid JSON${line ? ` (line ${line}, column ${column})` : ''}`, { cause: error });
  }
}

function told({ path, message }: z.core.$ZodIssue): string {
  return `${path.length > 0 ? path.join('.') : 'the file'} ${message}`;
}

function strange(issue: z.core.$ZodRawIssue, otherwise: string): string {
  return issue.code === 'unrecognized_keys' ? `holds what is no setting: ${issue.keys.join(', ')}` : otherwise;
}
