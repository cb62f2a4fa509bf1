import fc, { type Arbitrary } from 'fast-check';

/** An event as far as what changed is told. */
export interface ChangeEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>> | null;
}

const roles = ['owner', 'admin', 'member', 'custom'];
const states = ['active', 'failing', 'enabled', 'disabled', 'paused', 'suspended'];
const plans = ['free', 'team', 'business'];
const role = fc.constantFrom(...roles);
const plan = fc.constantFrom(...plans);
const orNull = <T>(value: Arbitrary<T>): Arbitrary<T | null> => fc.option(value, { freq: 4 });

/** Things as the events of rooms show them, whole. */
const shape = fc.record(
  {
    role: orNull(role),
    state: fc.constantFrom(...states),
    status: fc.constantFrom('active', 'expired'),
    paused: fc.boolean(),
    shared: orNull(fc.boolean()),
    priceMinor: fc.constantFrom(100, 39_900, 40_000, 40_001),
    currency: fc.constantFrom('USD', 'EUR', 'PLN'),
    name: fc.constantFrom('One', 'Two'),
  },
  { requiredKeys: [] },
);
const data = fc.oneof(
  shape.map((now) => ({ ...now })),
  fc.record({ before: shape, after: shape }).map((both) => ({ ...both })),
  fc.tuple(shape, shape).map(([now, before]) => ({ ...now, before })),
);

/** Events in each of the forms that rooms record: with and without what was before, old ones and erased ones. */
export const changeEvents: Arbitrary<ChangeEvent> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constantFrom('thing.updated', 'deal.repriced'), data }) },
  fc
    .record({ before: role, after: role })
    .map((changed) => ({ type: 'member.role_changed', data: changed as Record<string, unknown> })),
  fc
    .record({ type: fc.constantFrom('plan.changed', 'plan.assigned'), before: orNull(plan), after: orNull(plan) })
    .map(({ type, ...changed }) => ({ type, data: changed as Record<string, unknown> })),
  fc.constantFrom<ChangeEvent>(
    { type: 'thing.updated', data: null },
    { type: 'thing.updated', data: { before: null, role: 'admin' } },
    { type: 'thing.updated', data: { before: 'role', after: 'state' } },
    { type: 'thing.updated', data: { before: ['role'], role: 'admin' } },
    { type: 'member.role_changed', data: { after: 'admin' } },
  ),
);

const values: Readonly<Record<string, Arbitrary<string>>> = {
  role: fc.constantFrom(...roles, 'ad*', '*'),
  state: fc.constantFrom(...states, 'en*', '*'),
  status: fc.constantFrom('active', 'expired', '*'),
  plan: fc.constantFrom(...plans, '*'),
  paused: fc.constantFrom('yes', 'no', '*'),
  shared: fc.constantFrom('yes', 'no', '*'),
  price: fc.constantFrom('400', '1..400EUR', '400USD..', '*'),
};
const name = fc.constantFrom(...Object.keys(values));
const term = fc.oneof(
  name.map((field) => `changed:${field}`),
  fc.tuple(name, name).map((fields) => `changed:${fields.join(',')}`),
  fc
    .tuple(fc.constantFrom('was.', 'was.', ''), name, fc.constantFrom(':', '!='))
    .chain(([was, field, operator]) => values[field]!.map((value) => `${was}${field}${operator}${value}`)),
  fc.constantFrom('type:member.role_changed', 'type:thing.*', 'was.price<400', 'price>=400', 'was.price>1EUR'),
);

/** Filters over them, as text. */
export const changeFilters: Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: term },
  term.map((inner) => `-(${inner})`),
  fc.tuple(term, term).map((parts) => parts.join(' ')),
  fc.tuple(term, term, term).map(([a, b, c]) => `${a} (${b} or -${c})`),
);
