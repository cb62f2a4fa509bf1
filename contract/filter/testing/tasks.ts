import fc, { type Arbitrary } from 'fast-check';
import { FieldCatalogue, type Location } from '../fields.js';
import { fold, words } from '../fold.js';
import { quote } from '../tree.js';
import { someNow } from './arbitraries.js';

function at(path: string, column: string): Location {
  return { path, column: `t.${column}`, earlier: { column: `t.was_${column}`, told: `t.told_${column}` } };
}

/** Fields as a tracker of tasks has them, with events that tell what was before: every type but place. */
export const taskLikeFields = new FieldCatalogue({
  target: 'tasks',
  words: { path: 'words', column: 't.words' },
  before: 'before',
  fields: [
    {
      name: 'type',
      type: 'keyword',
      title: 'Event',
      description: 'The kind of event.',
      rowType: 'task.updated',
    },
    {
      name: 'status',
      type: 'keyword',
      title: 'Status',
      description: 'Where it stands.',
      at: at('status', 'status'),
    },
    {
      name: 'assignee',
      type: 'user',
      many: true,
      title: 'Assignee',
      description: 'Who does it.',
      at: at('assigneeIds', 'assignee_ids'),
    },
    {
      name: 'author',
      type: 'user',
      title: 'Author',
      description: 'Who wrote it.',
      at: at('authorId', 'author_id'),
    },
    {
      name: 'label',
      type: 'set',
      title: 'Label',
      description: 'Labels.',
      at: at('labels', 'labels'),
    },
    {
      name: 'estimate',
      type: 'number',
      precision: 'double',
      title: 'Estimate',
      description: 'Hours.',
      at: at('estimate', 'estimate'),
    },
    {
      name: 'cost',
      type: 'money',
      title: 'Cost',
      description: 'What it costs.',
      amount: at('costMinor', 'cost_minor'),
      currency: at('currency', 'currency'),
    },
    {
      name: 'runs',
      type: 'period',
      title: 'Runs',
      description: 'When it is worked on.',
      from: at('runsFrom', 'runs_from'),
      to: at('runsTo', 'runs_to'),
    },
    { name: 'due', type: 'date', title: 'Due', description: 'Last day.', at: at('due', 'due') },
    {
      name: 'touched',
      type: 'instant',
      title: 'Touched',
      description: 'Last change.',
      at: at('touchedAt', 'touched_at'),
    },
    {
      name: 'blocked',
      type: 'boolean',
      title: 'Blocked',
      description: 'Waits for something.',
      at: at('flags.blocked', 'blocked'),
    },
    {
      name: 'title',
      type: 'text',
      title: 'Title',
      description: 'What is to be done.',
      at: at('titleFolded', 'title_folded'),
    },
  ],
});

const people = ['0192f0c1-2b3a-7c4d-8e5f-00000000000a', '0192f0c1-2b3a-7c4d-8e5f-00000000000b'];
const statuses = ['open', 'doing', 'done', 'dropped'];
const labels = ['bug', 'urgent', 'ui', 'u', 'ux-debt'];
const titles = ['Login page fails', 'Straße: log in', 'ÄB', 'a', 'login', 'page of pages', '北京往返'];
const day = fc
  .integer({ min: -40, max: 40 })
  .map((offset) => new Date(someNow.getTime() + offset * 86_400_000).toISOString().slice(0, 10));
const orMissing = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | null | undefined> =>
  fc.oneof({ weight: 5, arbitrary }, fc.constantFrom(null, undefined));

const state = fc
  .record({
    status: orMissing(fc.constantFrom(...statuses)),
    assigneeIds: orMissing(fc.uniqueArray(fc.constantFrom(...people), { maxLength: 2 })),
    authorId: orMissing(fc.constantFrom(...people)),
    labels: orMissing(fc.uniqueArray(fc.constantFrom(...labels), { maxLength: 3 })),
    estimate: orMissing(fc.constantFrom(0, 1, 2.5, 8, -1, 100)),
    costMinor: orMissing(fc.constantFrom(0, 100, 4_000, 4_001)),
    currency: orMissing(fc.constantFrom('USD', 'EUR', 'PLN')),
    runsFrom: orMissing(day),
    runsTo: orMissing(day),
    due: orMissing(day),
    touchedAt: orMissing(fc.integer({ min: -9e8, max: 9e8 }).map((offset) => someNow.getTime() + offset)),
    flags: orMissing(fc.record({ blocked: orMissing(fc.boolean()) })),
    title: orMissing(fc.constantFrom(...titles)),
  })
  .map(({ title, ...rest }) => ({
    ...rest,
    titleFolded: typeof title === 'string' ? fold(title) : title,
    words: typeof title === 'string' ? words(title) : title,
  }));

/** Events of such tasks, most with what was before. */
export const taskSubjects: Arbitrary<Record<string, unknown>> = fc
  .tuple(state, orMissing(state))
  .map(([now, before]) => ({ ...now, before }));

const value: Readonly<Record<string, Arbitrary<string>>> = {
  status: fc.constantFrom(...statuses, 'do*', '*'),
  assignee: fc.constantFrom('me', ...people, '*'),
  author: fc.constantFrom('me', ...people, '*'),
  label: fc.constantFrom(...labels, 'u*', '*'),
  estimate: fc.constantFrom('0', '1', '2.5', '1..8', '..2', '3..', '*'),
  cost: fc.constantFrom('40', '1EUR', '1..40', '0', '*'),
  runs: fc.oneof(day, fc.constantFrom('2027-03', '-1w..1w', 'today', '*')),
  due: fc.oneof(day, fc.constantFrom('7d', '-3d', 'today', '2027-03', '-1w..1w', '2027-03-01..2027-03-20', '*')),
  touched: fc.oneof(day, fc.constantFrom('-3h..now', 'today', '2027-03', '"2027-03-14T06:30Z"', '*')),
  blocked: fc.constantFrom('true', 'no', '*'),
  title: fc.constantFrom('login', 'page', 'log*', 'in', 'a', '"log in"', '北京', '*', quote('strasse: log')),
};
const named = fc.constantFrom(...Object.keys(value));

const term = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('', 'was.'), named, fc.constantFrom(':', ':', '=', '!='))
      .chain(([was, name, operator]) =>
        fc
          .array(value[name]!, { minLength: 1, maxLength: 3 })
          .map((values) => `${was}${name}${operator}${values.join(',')}`),
      ),
  },
  fc
    .tuple(
      fc.constantFrom('estimate', 'was.estimate'),
      fc.constantFrom('<', '<=', '>', '>='),
      fc.integer({ min: -2, max: 9 }),
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(
      fc.constantFrom('due', 'touched'),
      fc.constantFrom('<', '<=', '>', '>='),
      fc.constantFrom('2d', '-1d', 'now', '2027-03-14'),
    )
    .map((parts) => parts.join('')),
  named.map((name) => `changed:${name}`),
  fc.constantFrom(
    'type:task.updated',
    'type:task.*',
    'type!=task.closed',
    'login',
    '"login page"',
    'pag*',
    '"page log"*',
  ),
);

/** Filters over such tasks, as text, with every connective. */
export const taskFilters: Arbitrary<string> = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'task-filter' },
    { weight: 3, arbitrary: term },
    tie('filter').map((inner) => `-(${inner})`),
    fc.array(tie('filter'), { minLength: 2, maxLength: 4 }).map((parts) => parts.map((part) => `(${part})`).join(' ')),
    fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((parts) => parts.join(' or ')),
  ),
})).filter;
