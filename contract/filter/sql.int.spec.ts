import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import {
  activityFields,
  changesOf,
  compile,
  dealFields,
  eventFields,
  FilterEngine,
  FilterError,
  parse,
  toMatcher,
  toSql,
  type FieldCatalogue,
  type FilterContext,
  type Subject,
} from './index.js';
import { dealFilters, deals, dealTerms, someNow, someRates, type DealData } from './testing/arbitraries.js';
import { changeEvents, changeFilters, type ChangeEvent } from './testing/changes.js';
import { evaluateTree } from './testing/naive.js';
import { fewPlaces } from './testing/places.js';
import { taskFilters, taskLikeFields, taskSubjects } from './testing/tasks.js';

const columns: Readonly<Record<string, [name: string, type: string]>> = {
  originKeys: ['origin_keys', 'text[]'],
  destinationKeys: ['destination_keys', 'text[]'],
  priceMinor: ['price_minor', 'bigint'],
  currency: ['currency', 'text'],
  airlinesFolded: ['airlines_folded', 'text[]'],
  cabin: ['cabin', 'text'],
  tripType: ['trip_type', 'text'],
  nonstop: ['nonstop', 'boolean'],
  travelFrom: ['travel_from', 'date'],
  travelTo: ['travel_to', 'date'],
  bookBy: ['book_by', 'date'],
  percentile: ['percentile', 'real'],
  z: ['z', 'real'],
  sourceId: ['source_id', 'uuid'],
  foundAt: ['found_at', 'timestamptz'],
  confidence: ['confidence', 'real'],
  status: ['status', 'text'],
  kind: ['kind', 'text'],
  titleFolded: ['title_folded', 'text'],
  words: ['words', 'text[]'],
};
const ROWS = 150;
const moment = { now: someNow.getTime(), rates: someRates };
const zones = ['America/New_York', 'Asia/Shanghai', 'Pacific/Apia', 'Europe/Lisbon', 'UTC'];

function contextIn(zone: string): FilterContext {
  return { now: someNow, rates: someRates, zone, currency: 'USD', places: fewPlaces };
}

describe('SQL and the matcher on the same rows', () => {
  const server = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  const database = `filter_${randomUUID().replaceAll('-', '')}`;
  let db: pg.Client;
  const rows: DealData[] = fc.sample(deals, { numRuns: ROWS, seed: 7 });

  beforeAll(async () => {
    await server.connect();
    await server.query(`CREATE DATABASE ${database} TEMPLATE template0 ENCODING 'UTF8'`);
    const url = new URL(process.env.TEST_DATABASE_URL ?? '');
    url.pathname = `/${database}`;
    db = new pg.Client({ connectionString: url.toString() });
    await db.connect();
    const definitions = Object.values(columns).map(([name, type]) => `${name} ${type}`);
    await db.query(`CREATE TABLE deal (id integer PRIMARY KEY, ${definitions.join(', ')})`);
    const names = Object.values(columns).map(([name]) => name);
    const marks = names.map((_, at) => `$${at + 2}`);
    for (const [id, row] of rows.entries()) {
      const values = Object.keys(columns).map((key) => row[key]);
      await db.query(`INSERT INTO deal (id, ${names.join(', ')}) VALUES ($1, ${marks.join(', ')})`, [id, ...values]);
    }
  });

  afterAll(async () => {
    await db.end();
    await server.query(`DROP DATABASE ${database}`);
    await server.end();
  });

  async function bySql(text: string, context: FilterContext): Promise<number[]> {
    const condition = toSql(compile(text, dealFields, context), context);
    const result = await db.query<{ id: number }>(`SELECT id FROM deal d WHERE ${condition.text} ORDER BY id`, [
      ...condition.params,
    ]);
    return result.rows.map(({ id }) => id);
  }

  function byMatcher(text: string, context: FilterContext): number[] {
    const matches = toMatcher(compile(text, dealFields, context));
    return [...rows.keys()].filter((id) => matches(rows[id] ?? {}, moment));
  }

  it('agree on whole generated filters, with each other and with the plain evaluator', async () => {
    let pairs = 0;
    await fc.assert(
      fc.asyncProperty(dealFilters, fc.constantFrom(...zones), async (text, zone) => {
        const context = contextIn(zone);
        const found = await bySql(text, context);
        expect(byMatcher(text, context)).toEqual(found);
        const plainly = evaluateTree(parse(text), dealFields, context);
        expect([...rows.keys()].filter((id) => plainly(rows[id] ?? {}, moment))).toEqual(found);
        pairs += rows.length;
      }),
      { numRuns: 600 },
    );
    expect(pairs).toBeGreaterThanOrEqual(2_000);
  });

  it('agree with the engine, whose filters are asked all at once', async () => {
    const texts = fc.sample(dealFilters, { numRuns: 400, seed: 21 });
    const engine = new FilterEngine(dealFields);
    const found = new Map<string, number[]>();
    for (const [at, text] of texts.entries()) {
      const context = contextIn(zones[at % zones.length] ?? 'UTC');
      engine.put(String(at), compile(text, dealFields, context));
      found.set(String(at), await bySql(text, context));
    }
    for (const [id, row] of rows.entries()) {
      const expected = [...found].filter(([, ids]) => ids.includes(id)).map(([key]) => key);
      expect(engine.match(row, moment).sort()).toEqual(expected.sort());
    }
    expect([...found.values()].flat().length).toBeGreaterThan(1_000);
  });

  it.each(Object.entries(dealTerms))(
    'agree on single terms over %s, some of which match and some not',
    async (_, terms) => {
      const answers = new Set<boolean>();
      await fc.assert(
        fc.asyncProperty(terms, fc.constantFrom(...zones), async (text, zone) => {
          const context = contextIn(zone);
          const found = await bySql(text, context);
          expect(byMatcher(text, context)).toEqual(found);
          if (found.length > 0) answers.add(true);
          if (found.length < rows.length) answers.add(false);
        }),
        { numRuns: 60 },
      );
      expect(answers).toEqual(new Set([true, false]));
    },
  );

  it('agree without any rates, when only equal currencies compare', async () => {
    const context = { ...contextIn('UTC'), rates: undefined as never };
    const matches = toMatcher(compile('price>0', dealFields, context));
    const expected = [...rows.keys()].filter((id) => matches(rows[id] ?? {}, { now: moment.now }));
    expect(await bySql('price>0', context)).toEqual(expected);
    expect(expected.every((id) => rows[id]?.currency === 'USD')).toBe(true);
    expect(expected.length).toBeGreaterThan(0);
  });

  it.each([
    'origin:nyc',
    '-origin:nyc',
    'cabin!=business',
    'price>0',
    'departs:*',
    'found<now',
    'title:lisbon',
    'lisbon',
  ])('treat %s and its negation as two halves of all rows, missing values in the negative one', async (text) => {
    const context = contextIn('UTC');
    const both = [...(await bySql(text, context)), ...(await bySql(`-(${text})`, context))];
    expect(both.sort((a, b) => a - b)).toEqual([...rows.keys()]);
  });

  it('never let a value out of its parameter', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), async (text) => {
        const written = JSON.stringify(text)
          .slice(1, -1)
          .replace(/[\\"*]/g, '');
        for (const filter of [`title:"${written}"`, `kind="${written}"*`, `airline:"${written}"`, `"${written}x"`]) {
          let condition;
          try {
            condition = toSql(compile(filter, dealFields, contextIn('UTC')), contextIn('UTC'));
          } catch (error) {
            expect(error).toHaveProperty('name', 'FilterError');
            continue;
          }
          expect(condition.text).toMatch(/^(?:d\.\w+ (?:LIKE|=|&&|@>) \$1::text(?:\[\])?|FALSE|TRUE)$/);
          await db.query(`SELECT 1 FROM deal d WHERE ${condition.text}`, [...condition.params]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['500 prices', 'price<400EUR '.repeat(500)],
    ['500 words', 'lis* or '.repeat(499) + 'lis*'],
    ['500 alternatives', `title:${Array(500).fill('a').join(',')}`],
    ['a depth of 100', `${'(a or b '.repeat(99)}c${')'.repeat(99)}`],
    ['the longest text', `title:"${'%'.repeat(9_990)}"`],
    ['the longest word', 'é'.repeat(10_000)],
  ])('are taken by PostgreSQL up to the limits: %s', async (_, text) => {
    expect(await bySql(text, contextIn('UTC'))).toEqual(byMatcher(text, contextIn('UTC')));
  });

  /** The engine, the matcher, the plain evaluator and SQL all find these rows by each filter, some and not others. */
  async function requireAgreement(
    texts: readonly string[],
    catalogue: FieldCatalogue,
    events: readonly { subject: Subject; type?: string }[],
    select: string,
  ): Promise<void> {
    const context = { ...contextIn('Europe/Lisbon'), me: '0192f0c1-2b3a-7c4d-8e5f-00000000000a' };
    const engine = new FilterEngine(catalogue);
    const answers = new Map<string, number[]>();
    for (const text of texts) {
      const bound = compile(text, catalogue, context);
      engine.put(text, bound);
      const condition = toSql(bound, context);
      const { rows: found } = await db.query<{ id: number }>(`${select} WHERE ${condition.text} ORDER BY id`, [
        ...condition.params,
      ]);
      const ids = found.map(({ id }) => id);
      answers.set(text, ids);
      const matches = toMatcher(bound);
      const plainly = evaluateTree(parse(text), catalogue, context);
      for (const ask of [matches, plainly]) {
        const asked = [...events.keys()].filter((at) => ask(events[at]!.subject, { ...moment, ...events[at] }));
        expect({ text, ids: asked }).toEqual({ text, ids });
      }
    }
    for (const [at, { subject, type }] of events.entries()) {
      const expected = [...answers].filter(([, ids]) => ids.includes(at)).map(([text]) => text);
      expect(engine.match(subject, { ...moment, ...(type && { type }) }).sort()).toEqual(expected.sort());
    }
    const some = [...answers].filter(([, ids]) => ids.length > 0 && ids.length < events.length).map(([text]) => text);
    for (const asked of ['changed:', 'was.'])
      expect(some.filter((text) => text.includes(asked)).length).toBeGreaterThan(5);
  }

  it('agree on what was before, over generated events before and after', async () => {
    const kept: Readonly<Record<string, [name: string, type: string]>> = {
      status: ['status', 'text'],
      assigneeIds: ['assignee_ids', 'uuid[]'],
      authorId: ['author_id', 'uuid'],
      labels: ['labels', 'text[]'],
      estimate: ['estimate', 'float8'],
      costMinor: ['cost_minor', 'bigint'],
      currency: ['currency', 'text'],
      runsFrom: ['runs_from', 'date'],
      runsTo: ['runs_to', 'date'],
      due: ['due', 'date'],
      touchedAt: ['touched_at', 'timestamptz'],
      'flags.blocked': ['blocked', 'boolean'],
      titleFolded: ['title_folded', 'text'],
    };
    const all = Object.values(kept).flatMap(([name, type]) => [
      `${name} ${type}`,
      `was_${name} ${type}`,
      `told_${name} boolean`,
    ]);
    await db.query(`CREATE TABLE task (id integer PRIMARY KEY, words text[], ${all.join(', ')})`);
    const events = fc.sample(taskSubjects, { numRuns: 200, seed: 11 });
    const value = (of: unknown, path: string): unknown =>
      path.split('.').reduce<unknown>((at, key) => (at as Subject | null | undefined)?.[key], of);
    for (const [id, event] of events.entries()) {
      const cells = Object.keys(kept).flatMap((path) => {
        const [now, was] = [value(event, path), value(event['before'], path)];
        const moment = (at: unknown) => (path === 'touchedAt' && typeof at === 'number' ? new Date(at) : at);
        return [moment(now), moment(was), was !== undefined];
      });
      const values = [id, event['words'], ...cells];
      await db.query(`INSERT INTO task VALUES (${values.map((_, at) => `$${at + 1}`).join(', ')})`, values);
    }
    const texts = fc.sample(taskFilters, { numRuns: 500, seed: 12 });
    const subjects = events.map((subject) => ({ subject, type: 'task.updated' }));
    await requireAgreement([...new Set(texts)], taskLikeFields, subjects, 'SELECT id FROM task t');
  });

  it.each([
    ['activity', activityFields],
    ['events', eventFields],
  ])('agree on the log: the earlier values that events of rooms tell to %s', async (name, catalogue) => {
    const table = `event_${name}`;
    await db.query(`CREATE TABLE ${table} (id integer PRIMARY KEY, type text, data jsonb)`);
    const events: ChangeEvent[] = fc.sample(changeEvents, { numRuns: 400, seed: 13 });
    for (const [id, { type, data }] of events.entries())
      await db.query(`INSERT INTO ${table} VALUES ($1, $2, $3)`, [id, type, JSON.stringify(data)]);
    const subjects = events.map(({ type, data }) => ({ subject: { ...changesOf(type, data), type }, type }));
    const texts = [...new Set(fc.sample(changeFilters, { numRuns: 400, seed: 14 }))];
    await requireAgreement(texts, catalogue, subjects, `SELECT id FROM ${table} e`);
  });

  it('refuse to ask rows what only events tell, and events what none tells', () => {
    const context = contextIn('UTC');
    const refused = (text: string, catalogue: FieldCatalogue) => {
      try {
        return toSql(compile(text, catalogue, context), context);
      } catch (error) {
        return error instanceof FilterError ? error.toJSON() : error;
      }
    };
    for (const text of ['changed:price', 'cabin:business was.price>400'])
      expect(refused(text, dealFields)).toMatchObject({ code: 'events-only', position: { end: text.length } });
    for (const text of ['changed:actor', 'was.type:x'])
      expect(refused(text, activityFields)).toMatchObject({
        code: 'bad-field',
        expected: expect.stringMatching('price'),
      });
  });

  it('use an index for places, sets and words', async () => {
    await db.query('CREATE INDEX ON deal USING gin (origin_keys)');
    await db.query('CREATE INDEX ON deal USING gin (words)');
    await db.query('SET enable_seqscan = off');
    for (const text of ['origin:nyc', 'lisbon']) {
      const condition = toSql(compile(text, dealFields, contextIn('UTC')), contextIn('UTC'));
      const plan = await db.query<{ 'QUERY PLAN': string }>(`EXPLAIN SELECT id FROM deal d WHERE ${condition.text}`, [
        ...condition.params,
      ]);
      expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Bitmap Index Scan');
    }
    await db.query('RESET enable_seqscan');
  });
});
