// Lists of every room are asked in the filter language.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { fold } from '#contract/filter/index.js';
import type { TestPerson, TestWorkspace } from './factories.js';
import { wholeApplication, type WholeApplication } from './whole-application.js';

jest.setTimeout(120_000);

let whole: WholeApplication;
let team: TestWorkspace;
let operator: TestPerson;
beforeAll(async () => {
  whole = await wholeApplication();
  team = await whole.make.workspace().create();
  operator = await whole.make.person().operator().create();
});
afterAll(() => whole.close());

const get = async (path: string, filter: string, { headers }: TestPerson = team.owner) => {
  const url = path.startsWith('/') ? path : team.url(path);
  const answer = await whole.request('GET', `${url}?filter=${encodeURIComponent(filter)}`, { headers });
  return { status: answer.statusCode, body: answer.json<{ items: Record<string, unknown>[]; code?: string }>() };
};
/** Each list with a filter over all of its fields. */
const LISTS: [path: string, filter: string][] = [
  ['subscriptions', 'name:x target:deal paused:no shared:yes rhythm:daily snoozed:* expires<7d created>2020 updated:*'],
  [
    'deliveries',
    `state:sent channel:mail channel-id:${uuidv7()} type:deal.* subject:x subscription:* created>-7d sent:*`,
  ],
  ['channels', `name:x kind:slack workspace:${uuidv7()} enabled:yes failing:* created>2020`],
  ['members', `name:ada email:example role:admin role-id:* person:me suspended:no joined>2020`],
  ['invitations', 'email:example role:member role-id:* by:me expired:no expires>1d created:today'],
  ['api-keys', 'name:x scope:"deals:read" person:me account:* expired:no expires:* used:* created>2020'],
  ['service-accounts', 'name:x description:y role:viewer role-id:* by:me suspended:no created>2020'],
  ['sources', 'name:x kind:imap status:failing failing:* success:* created>2020'],
  ['messages', `state:parsed source:${uuidv7()} subject:x sender:y deals>0 size<5 received>-7d sent:*`],
  ['audit-events', 'type:member.* changed:role was.price<5'],
  ['/api/v1/me/channels', 'enabled:no'],
];
const OPERATED: [path: string, filter: string][] = [
  [
    '/api/v1/jobs',
    'state:parked queue:mail name:send held:no workspace:* about:* subject:* destination:* attempt>1 failures>0 created>-1d finished:*',
  ],
  ['/api/v1/parked-events', 'reader:x state:parked type:deal.* workspace:* about:deal subject:* attempts>1 parked>-1d'],
];

describe('a list', () => {
  it.each([...LISTS, ...OPERATED])(
    '%s: is asked by every field, and says where a filter is wrong',
    async (path, filter) => {
      const who = OPERATED.some(([own]) => own === path) ? operator : team.owner;
      for (const asked of [filter, `-(${filter})`, filter.replaceAll(' ', ' or ')])
        expect([asked, (await get(path, asked, who)).status]).toEqual([asked, 200]);
      expect(await get(path, `nmae:x`, who)).toMatchObject({
        status: 400,
        body: { code: 'filter_refused', position: { start: 0, end: 4 }, errors: [{ path: '/query/filter' }] },
      });
    },
  );

  it('gives what the filter finds, of the workspace alone, page by page', async () => {
    const elsewhere = await whole.make.workspace().create();
    const [zoe] = [await whole.make.person().named('Zoë Straße').in(team, 'viewer').create()];
    await whole.make.person().named('Zoe Strasse').in(elsewhere).create();
    const found = async (filter: string) => (await get('members', filter)).body.items.map(({ userId }) => userId);
    expect(await found('name:"zoe strasse"')).toEqual([zoe.id]);
    expect(await found('role:viewer')).toEqual([zoe.id]);
    expect(await found('-role:viewer')).toEqual([team.owner.id]);
    expect(await found('person:me')).toEqual([team.owner.id]);
    const url = team.url('members?limit=1&filter=name:*');
    const first = (await whole.request('GET', url, team.owner)).json<{ nextCursor: string }>();
    const other = team.url(`members?limit=1&filter=role:viewer&cursor=${first.nextCursor}`);
    expect((await whole.request('GET', other, team.owner)).statusCode).toBe(400);
    const next = (await whole.request('GET', `${url}&cursor=${first.nextCursor}`, team.owner)).json<{
      items: object[];
    }>();
    expect(next.items).toHaveLength(1);
  });

  it('is folded by the database as by the contract, letters with strokes, marks and blanks among it', async () => {
    const letters = fc.constantFrom(
      ...'aZ ßẞłØđÆœþÞςΣİıÉöñÇ北京がカАя1%_"\t',
      'e\u0301',
      '\u00AD',
      'ﬁ',
      'Ｗ',
      'Ǆ',
      '👩‍👩‍👧',
    );
    const texts = fc.sample(
      fc.array(letters, { maxLength: 12 }).map((all) => all.join('')),
      { numRuns: 400, seed: 3 },
    );
    const rows = await whole.make.sql<{ text: string; folded: string }>(
      'select t as text, folded(t) as folded from unnest($1::text[]) t',
      [texts],
    );
    expect(rows.filter(({ text, folded }) => folded !== fold(text))).toEqual([]);
  });

  it('of a million messages is asked by its subject, sender and source through an index', async () => {
    const explain = async (condition: string) => {
      const rows = await whole.make.sql<{ 'QUERY PLAN': string }>(
        `explain select id from message m where m.workspace_id = '${team.id}' and ${condition}
          order by received_at desc, id desc limit 51`,
        [],
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    const source = uuidv7();
    await whole.make.sql(`insert into source (id, workspace_id, kind, name) values ($1, $2, 'upload', 'By hand')`, [
      source,
      team.id,
    ]);
    await whole.make.sql(
      `insert into message (id, workspace_id, source_id, storage_key, size, content_hash, subject, sender, received_at)
       select gen_random_uuid(), $2, $1, 'k', 1, sha256(n::text::bytea), 'Fares of day ' || n, 'sender' || n || '@example.com',
              now() - n * interval '1 minute' from generate_series(1, 20000) n`,
      [source, team.id],
    );
    await whole.make.sql('analyze message', []);
    for (const column of ['subject', 'sender'])
      expect(await explain(`folded(m.${column}) like '%r19999%'`)).toContain('message_words');
    expect(await explain(`m.source_id = '${uuidv7()}'`)).toContain('message_of_source');
  });
});
