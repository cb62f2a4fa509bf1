import type { Field, Location } from '../fields.js';
import type { Subject } from '../read.js';

/** Events that tell one value as it was and as it is, by its own name: `before` and `after` hold the value itself. */
const ONE_VALUE = { role: ['member.role_changed'], plan: ['plan.changed', 'plan.assigned'] } as const;

const fieldOf = new Map<string, keyof typeof ONE_VALUE>(
  Object.entries(ONE_VALUE).flatMap(([name, types]) => types.map((type) => [type, name as keyof typeof ONE_VALUE])),
);

/** What events of any room tell about their things, by the names that the catalogues of rooms use for it. */
interface Told {
  readonly role?: unknown;
  readonly state?: unknown;
  readonly status?: unknown;
  readonly plan?: unknown;
  readonly paused?: unknown;
  readonly shared?: unknown;
  readonly priceMinor?: unknown;
  readonly currency?: unknown;
}

/**
 * What an event tells about its thing, and what that was before: from `after` and `before` where its data has them, or
 * `before` beside the values as they are now.
 *
 * @param data of the event; null when it was erased
 */
export function changesOf(type: string, data: unknown): Subject {
  const { before, after } = record(data) ?? {};
  const name = fieldOf.get(type);
  if (name) return { [name]: after, ...(before !== undefined && { before: { [name]: before } }) };
  const now = picked(record(after) ?? record(data) ?? {});
  const was = record(before);
  return was ? { ...now, before: picked(was) } : now;
}

function record(value: unknown): Subject | undefined {
  return typeof value === 'object' && value !== null ? (value as Subject) : undefined;
}

function picked({ role, state, status, plan, paused, shared, priceMinor, currency }: Subject): Told & Subject {
  return { role, state, status, plan, paused, shared, priceMinor, currency };
}

/** Told so that the few events that tell of earlier values are found by their index, word for word. */
const TELLS = `(e.data->'before') is not null`;

function at(name: keyof Told, cast: (json: string) => string): Location {
  const types = Object.hasOwn(ONE_VALUE, name) ? ONE_VALUE[name as keyof typeof ONE_VALUE] : [];
  const alone = `e.type in (${types.map((type) => `'${type}'`).join(', ')})`;
  const json = (time: 'before' | 'after'): string => {
    const inside = `e.data->'${time}'->'${name}'`;
    const now = time === 'after' ? `coalesce(${inside}, e.data->'${name}')` : inside;
    return types.length > 0 ? `(case when ${alone} then e.data->'${time}' else ${now} end)` : `(${now})`;
  };
  const earlier = { column: cast(json('before')), told: `(${TELLS} AND ${json('before')} is not null)` };
  return { path: name, column: cast(json('after')), earlier };
}

/** Values of another kind than the field's are none, as in memory. */
const text = (json: string): string => `(case jsonb_typeof(${json}) when 'string' then ${json} #>> '{}' end)`;
const flag = (json: string): string => `(case jsonb_typeof(${json}) when 'boolean' then (${json})::boolean end)`;
const whole = (json: string): string => `(case jsonb_typeof(${json}) when 'number' then (${json})::bigint end)`;

/** Fields of events about what changed: rows of table `event` under the alias `e`. */
export const changeFields: readonly Field[] = [
  {
    name: 'role',
    type: 'keyword',
    title: 'Role',
    description: 'Of a member, an invitation or a service account: owner, admin, member, viewer, custom.',
    at: at('role', text),
  },
  {
    name: 'state',
    type: 'keyword',
    title: 'State',
    description: 'Of a source, a webhook, a channel, a member: active, failing, paused, enabled, disabled, suspended.',
    at: at('state', text),
  },
  {
    name: 'status',
    type: 'keyword',
    title: 'Status',
    description: 'Of a deal: active or expired.',
    at: at('status', text),
  },
  { name: 'plan', type: 'keyword', title: 'Plan', description: 'Of the workspace.', at: at('plan', text) },
  {
    name: 'price',
    type: 'money',
    title: 'Price',
    description: 'Of a deal, in your currency unless you name another.',
    amount: at('priceMinor', whole),
    currency: at('currency', text),
  },
  {
    name: 'paused',
    type: 'boolean',
    title: 'Paused',
    description: 'Whether a subscription is paused.',
    at: at('paused', flag),
  },
  {
    name: 'shared',
    type: 'boolean',
    title: 'Shared',
    description: 'Whether the workspace shares a subscription or a channel.',
    at: at('shared', flag),
  },
];

/** Their names: of these alone events tell what was before. */
export const changeNames: readonly string[] = changeFields.map(({ name }) => name);
