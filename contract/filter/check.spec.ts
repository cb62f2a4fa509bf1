import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  FieldCatalogue,
  FilterError,
  compile,
  dealFields,
  notificationFields,
  toMatcher,
  toSql,
  type FilterContext,
} from './index.js';
import { dealTerms, someNow } from './testing/arbitraries.js';
import { fewPlaces } from './testing/places.js';

const me = '0192f0c1-2b3a-7c4d-8e5f-000000000001';
const you = '0192f0c1-2b3a-7c4d-8e5f-000000000002';
const context: FilterContext = { now: someNow, zone: 'Europe/Lisbon', currency: 'EUR', places: fewPlaces, me };

/** A target with the types that deals do not have, and events that tell earlier values. */
const taskFields = new FieldCatalogue({
  target: 'tasks',
  before: 'before',
  words: { path: 'words', column: 't.words' },
  fields: [
    {
      name: 'status',
      type: 'keyword',
      title: 'Status',
      description: '',
      at: { path: 'status', column: 't.status' },
      values: [{ value: 'open' }, { value: 'done' }],
      closed: true,
    },
    {
      name: 'assignee',
      type: 'user',
      title: 'Assignee',
      description: '',
      at: { path: 'assigneeId', column: 't.assignee_id' },
    },
    {
      name: 'watcher',
      type: 'user',
      many: true,
      title: 'Watcher',
      description: '',
      at: { path: 'watchers', column: 't.watchers' },
    },
    {
      name: 'label',
      type: 'set',
      title: 'Label',
      description: '',
      synonyms: ['labels'],
      at: { path: 'labels', column: 't.labels' },
    },
    {
      name: 'estimate',
      type: 'number',
      precision: 'integer',
      title: 'Estimate',
      description: '',
      at: { path: 'plan.estimate', column: 't.estimate' },
    },
    { name: 'due', type: 'date', title: 'Due', description: '', at: { path: 'due', column: 't.due' } },
    {
      name: 'budget',
      type: 'money',
      title: 'Budget',
      description: '',
      amount: { path: 'budgetMinor', column: 't.budget_minor' },
      currency: { path: 'currency', column: 't.currency' },
    },
  ],
});

function errorOf(text: string, catalogue = dealFields, owner = context): FilterError {
  try {
    compile(text, catalogue, owner);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
}

function matches(text: string, subject: Record<string, unknown>, type?: string): boolean {
  const moment = { now: context.now.getTime(), ...(type === undefined ? {} : { type }) };
  return toMatcher(compile(text, taskFields, context))(subject, moment);
}

describe('a wrong filter', () => {
  it.each<[string, string, [number, number], string | undefined]>([
    ['prise<=400', 'unknown-field', [0, 5], 'price'],
    ['cheap destinaton:lisbon', 'unknown-field', [6, 16], 'destination'],
    ['xyzzy:1', 'unknown-field', [0, 5], undefined],
    ['cabin:busines', 'unknown-value', [6, 13], 'business'],
    ['trip:"one way trip"', 'unknown-value', [5, 19], undefined],
    ['cabin<business', 'bad-operator', [5, 6], ':'],
    ['origin>nyc', 'bad-operator', [6, 7], ':'],
    ['title>=a', 'bad-operator', [5, 7], ':'],
    ['nonstop:maybe', 'bad-value', [8, 13], undefined],
    ['price:cheap', 'bad-value', [6, 11], undefined],
    ['price:$400', 'bad-value', [6, 10], undefined],
    ['price:400QQQ', 'bad-value', [6, 12], undefined],
    ['price:400..300', 'bad-value', [6, 14], undefined],
    ['price<1,2', 'bad-value', [8, 9], undefined],
    ['price<1..2', 'bad-value', [6, 10], undefined],
    ['price<*', 'bad-value', [6, 7], undefined],
    ['price:4*', 'bad-value', [6, 8], undefined],
    ['score:1e5', 'bad-value', [6, 9], undefined],
    ['score:1234567890123456', 'bad-value', [6, 22], undefined],
    ['score:2..1', 'bad-value', [6, 10], undefined],
    ['book-by:soon', 'bad-value', [8, 12], undefined],
    ['book-by:2027-02-30', 'bad-value', [8, 18], undefined],
    ['book-by:1899', 'bad-value', [8, 12], undefined],
    ['book-by<3h', 'bad-value', [8, 10], undefined],
    ['book-by:2027-04..2027-03', 'bad-value', [8, 24], undefined],
    ['book-by<99999999d', 'bad-value', [8, 17], undefined],
    ['found:-3h', 'bad-value', [6, 9], undefined],
    ['found>2027-03-01T10:00', 'bad-value', [6, 22], '"2027-03-01T10:00"'],
    ['found:"2027-03-01T25:00"', 'bad-value', [6, 24], undefined],
    ['found:2027-04..2027-03', 'bad-value', [6, 22], undefined],
    ['origin:atlantis', 'unknown-value', [7, 15], undefined],
    ['origin:lisbonne', 'unknown-value', [7, 15], 'city:LIS'],
    ['origin:ny*', 'bad-value', [7, 10], undefined],
    ['title:a..b', 'bad-value', [6, 10], '"a..b"'],
    ['title:a:b', 'bad-value', [6, 9], '"a:b"'],
    ['title:" "', 'bad-value', [6, 9], undefined],
    ['kind:"\u0301"', 'bad-value', [5, 8], undefined],
    ['source:mailbox', 'bad-value', [7, 14], undefined],
    ['source:0192*', 'bad-value', [7, 12], undefined],
    ['!!!', 'bad-value', [0, 3], undefined],
  ])('%s', (text, code, [start, end], suggestion) => {
    const error = errorOf(text);
    expect({ code: error.code, position: error.position, suggestion: error.suggestion }).toEqual({
      code,
      position: { start, end },
      suggestion,
    });
    expect(error.expected ?? error.message).not.toBe('');
    if (suggestion === undefined) return;
    const mended = text.slice(0, start) + suggestion + text.slice(end);
    expect(() => compile(mended, dealFields, context)).not.toThrow();
  });

  it('is told as plain data', () => {
    expect(errorOf('prise<=400').toJSON()).toEqual({
      code: 'unknown-field',
      position: { start: 0, end: 5 },
      message: 'Deals have no field "prise". Did you mean "price"?',
      expected: expect.stringContaining('origin, destination, price'),
      suggestion: 'price',
    });
  });

  it('names a field of the object and other built-in names as unknown, not as found', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'was.constructor', 'was.']) {
      expect(() => compile(`${name}:a`, dealFields, context)).toThrow(FilterError);
      expect(() => compile(`${name}:a`, taskFields, context)).toThrow(FilterError);
    }
    expect(() => compile('changed:__proto__', taskFields, context)).toThrow(FilterError);
  });

  it('is refused when it says me and nobody is known', () => {
    const nobody = { ...context };
    delete (nobody as { me?: string }).me;
    expect(errorOf('assignee:me', taskFields, nobody).code).toBe('bad-value');
    expect(errorOf('assignee:ana', taskFields).code).toBe('unknown-value');
  });
});

describe('bare words', () => {
  const subject = { words: ['login', 'page', '北京', '往返'] };
  it.each<[string, boolean]>([
    ['login', true],
    ['LOGIN page', true],
    ['"login page"', true],
    ['"page: login"', true],
    ['log', false],
    ['log*', true],
    ['"login pa"*', true],
    ['login missing', false],
    ['login or missing', true],
    ['-missing', true],
    ['北京往返', true],
    ['', true],
  ])('%s', (text, expected) => {
    expect(matches(text, subject)).toBe(expected);
    expect(matches(text, {})).toBe(text === '' || text.startsWith('-'));
  });
});

describe('users, sets and nested paths', () => {
  const subject = { status: 'open', assigneeId: me, watchers: [you], labels: ['bug', 'ui'], plan: { estimate: 5 } };
  it.each<[string, boolean]>([
    ['assignee:me', true],
    ['assignee!=me', false],
    [`assignee:${you},me`, true],
    [`watcher:${you.toUpperCase()}`, true],
    ['watcher:me', false],
    ['watcher:*', true],
    ['label:Bug', true],
    ['label:bug label:ui', true],
    ['label:bug,backend', true],
    ['label:b*', true],
    ['label!=wontfix', true],
    ['-label:ui', false],
    ['status:OPEN', true],
    ['estimate:5', true],
    ['estimate>4.5', true],
    ['estimate<4.5', false],
    ['estimate:4.5..5.5', true],
    ['estimate=4.5', false],
    ['due:*', false],
    ['-due:*', true],
    ['due!=2027', true],
  ])('%s', (text, expected) => {
    expect(matches(text, subject)).toBe(expected);
  });

  it('asks people by name where names are known', () => {
    const owner = { ...context, people: { resolve: (name: string) => (name === 'ana' ? you : undefined) } };
    const condition = toSql(compile('assignee:ana,me', taskFields, owner), owner);
    expect(condition).toEqual({ text: 't.assignee_id = ANY($1::uuid[])', params: [[you, me]] });
  });

  it('compares integer columns with integers', () => {
    const sql = (text: string): unknown[] => {
      const condition = toSql(compile(text, taskFields, context), context);
      return [condition.text, ...condition.params];
    };
    expect(sql('estimate>4.5')).toEqual(['t.estimate > $1::bigint', 4]);
    expect(sql('estimate>=4.5')).toEqual(['t.estimate >= $1::bigint', 5]);
    expect(sql('estimate<4.5')).toEqual(['t.estimate < $1::bigint', 5]);
    expect(sql('estimate<=4.5')).toEqual(['t.estimate <= $1::bigint', 4]);
    expect(sql('estimate=4.5')).toEqual(['(t.estimate >= $1::bigint AND t.estimate <= $2::bigint)', 5, 4]);
    expect(sql('estimate=4')).toEqual(['t.estimate = $1::bigint', 4]);
  });
});

describe('what changed', () => {
  const subject = {
    status: 'done',
    labels: ['a'],
    due: null,
    budgetMinor: 5,
    currency: 'USD',
    before: { status: 'open', labels: ['a'], due: '2027-03-01', currency: 'EUR' },
  };
  it.each<[string, boolean]>([
    ['changed:status', true],
    ['changed:labels', false],
    ['changed:label,due', true],
    ['changed:estimate', false],
    ['changed:budget', true],
    ['-changed:status', false],
    ['changed!=label', true],
    ['was.status:open', true],
    ['was.status:done', false],
    ['was.status:open status:done', true],
    ['was.due<2027-04', true],
    ['was.estimate:*', false],
    ['-was.label:a', false],
    ['was.budget>0', false],
  ])('%s', (text, expected) => {
    expect(matches(text, subject)).toBe(expected);
    expect(matches(text, {})).toBe(/^-|!=/.test(text));
  });

  it('is no question about the kind of event itself', () => {
    const type = { name: 'type', type: 'keyword', title: '', description: '', rowType: 'task.created' } as const;
    const catalogue = new FieldCatalogue({ target: 'tasks', before: 'before', fields: [type] });
    for (const text of ['changed:type', 'was.type:task.created'])
      expect(errorOf(text, catalogue).code).toBe('bad-field');
  });

  it('is no question where nothing tells of earlier values', () => {
    for (const text of ['changed:read', 'was.read:yes'])
      expect(errorOf(text, notificationFields)).toMatchObject({ code: 'events-only', position: { start: 0, end: 12 } });
  });

  it('is no question for a list', () => {
    for (const text of ['changed:status', 'label:a or was.status:open']) {
      expect(() => toSql(compile(text, taskFields, context), context)).toThrow(
        expect.objectContaining({ code: 'events-only' }),
      );
    }
  });
});

describe("an event's type", () => {
  const deal = toMatcher(compile('type:deal.found', dealFields, context));
  it('is the one given with the event, else that of a row', () => {
    expect(deal({}, { now: 0 })).toBe(true);
    expect(deal({}, { now: 0, type: 'deal.expired' })).toBe(false);
    expect(toMatcher(compile('type:deal.*', dealFields, context))({}, { now: 0, type: 'deal.expired' })).toBe(true);
  });
});

describe('SQL options', () => {
  it('numbers its placeholders from where it is told and writes them as told', () => {
    const bound = compile('cabin:business title:x', dealFields, context);
    expect(toSql(bound, context, { start: 4 }).text).toBe('(d.cabin = $4::text AND d.title_folded LIKE $5::text)');
    expect(toSql(bound, context, { placeholder: () => '?' }).text).toBe(
      '(d.cabin = ?::text AND d.title_folded LIKE ?::text)',
    );
  });

  it('negates at the leaves and keeps De Morgan', () => {
    const text = '-(cabin:business (trip:oneway or -nonstop:true))';
    expect(toSql(compile(text, dealFields, context), context).text).toBe(
      '((d.cabin = $1::text) IS NOT TRUE OR ((d.trip_type = $2::text) IS NOT TRUE AND d.nonstop = $3::boolean))',
    );
  });

  it('says TRUE for the empty filter', () => {
    expect(toSql(compile('', dealFields, context), context)).toEqual({ text: 'TRUE', params: [] });
    expect(toSql(compile('-""'.replace('""', '(a or -a)'), dealFields, context), context).params).toHaveLength(2);
  });
});

describe('the matcher', () => {
  it('never throws, whatever the subject holds', () => {
    const anyTerm = fc.oneof(...Object.values(dealTerms));
    const paths = [
      'originKeys',
      'priceMinor',
      'currency',
      'airlinesFolded',
      'cabin',
      'nonstop',
      'travelFrom',
      'travelTo',
      'bookBy',
      'z',
      'foundAt',
      'titleFolded',
      'words',
    ];
    const subjects = fc.dictionary(
      fc.constantFrom(...paths),
      fc.anything({ withDate: true, withBigInt: true, withNullPrototype: true }),
    );
    fc.assert(
      fc.property(anyTerm, subjects, (text, subject) => {
        expect(typeof toMatcher(compile(text, dealFields, context))(subject, { now: someNow.getTime() })).toBe(
          'boolean',
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a catalogue', () => {
  const field = { type: 'text', title: '', description: '', at: { path: 'a', column: 'a' } } as const;
  it.each(['Upper', 'with space', 'changed', 'was', '', '1a', 'was.x'])('refuses a field called %j', (name) => {
    expect(() => new FieldCatalogue({ target: 'x', fields: [{ ...field, name }] })).toThrow('cannot be');
  });

  it('refuses two fields of one name', () => {
    const fields = [
      { ...field, name: 'a' },
      { ...field, name: 'b', synonyms: ['a'] },
    ];
    expect(() => new FieldCatalogue({ target: 'x', fields })).toThrow('two fields');
  });
});
