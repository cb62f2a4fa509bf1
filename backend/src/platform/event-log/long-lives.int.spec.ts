import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { systemActor } from '#platform/access/index.js';
import { query, Reads } from '#platform/database/index.js';
import { logDatabase, logProcess, rows, WORKSPACE, type LogProcess } from '#test/event-log.js';
import { erasePerson, erasePersonStretch } from './erasure.js';
import { eventsOfPerson } from './events-of-person.js';
import { STRETCH } from './stretches.js';

jest.setTimeout(120_000);

/** Of every hundred events one is the person's; the log is two stretches and a half long, and was pruned at its beginning. */
const EVENTS = 2.5 * STRETCH;
const PRUNED = 100;
const person = uuidv7();
let database: Awaited<ReturnType<typeof logDatabase>>;
let log: LogProcess;

beforeAll(async () => {
  database = await logDatabase();
  log = await logProcess(database.url, { roles: 'api' });
  const actor = JSON.stringify({ ...systemActor(), kind: 'user', id: person, userId: person });
  // As the sealer would write them: of the person's, in turn, what they did, what names them, what is about and for them.
  await database.client.query(
    `insert into event (position, id, workspace_id, scope_kind, scope_id, type, version, subject_type, subject_id, actor,
       address, address_salt, data, salt, occurred_at, hash)
     select n, gen_random_uuid(), $1, case when n % 400 = 300 then 'user' else 'workspace' end,
       case when n % 400 = 300 then $2::uuid end, 'deal.expired', 1, case when n % 400 = 200 then 'user' else 'deal' end,
       case when n % 400 = 200 then $2::uuid else gen_random_uuid() end,
       case when n % 400 = 0 then $3::jsonb else jsonb_build_object('kind', 'user', 'userId', gen_random_uuid()) end,
       '192.0.2.1', '\\x01', case when n % 400 = 100 then jsonb_build_object('userId', $2::text) else '{"title": "a"}' end,
       '\\x02', now(), '\\x03'
     from generate_series($4::int + 1, $5::int) n`,
    [WORKSPACE, person, actor, PRUNED, EVENTS],
  );
  await database.client.query(`update log_state set position = ${EVENTS}`);
  await database.client.query(`update log_checkpoint set position = ${PRUNED}`);
  await database.client.query('analyze event');
});
afterAll(async () => {
  await log.close();
  await database.drop();
});

/** The person's events: each hundredth, but the pruned one. */
const THEIRS = Array.from({ length: EVENTS / 100 - 1 }, (_, n) => (n + 2) * 100);
const touched = () =>
  rows<{ position: string; digest: string | null; address: string | null }>(
    database.client,
    `select position, encode(digest, 'hex') as digest, encode(address_digest, 'hex') as address from event
      where digest is not null or address_digest is not null order by position`,
  );

describe('a person who did much', () => {
  it('has each of their events told once, in order, and no more than a stretch is looked through at once', async () => {
    const reads = log.app.get(Reads);
    const adHoc = reads.adHoc.bind(reads);
    const looked: number[] = [];
    const spy = jest.spyOn(reads, 'adHoc').mockImplementation(async (text, values) => {
      const found = await adHoc(text, values);
      if (text.includes('from event')) looked.push(found.length);
      return found as never;
    });
    const told: number[] = [];
    for await (const { position } of eventsOfPerson(reads, person)) told.push(Number(position));
    spy.mockRestore();
    expect(told).toEqual(THEIRS);
    // One look a stretch; together they find all.
    expect(looked).toEqual([STRETCH / 100, STRETCH / 100, THEIRS.length - (2 * STRETCH) / 100]);
  });

  it('is looked for by indexes, not by reading the log', async () => {
    const scans = `select seq_scan::int as seq, seq_tup_read::int as read from pg_stat_xact_user_tables where relname = 'event_p1'`;
    const used = await log.transactions.run(async (em) => {
      await erasePersonStretch(em, uuidv7(), 0);
      return (await query<{ seq: number; read: number }>(em, scans))[0];
    });
    expect(used).toEqual({ seq: 0, read: 0 });
    expect(await touched()).toEqual([]);
  });

  it('is erased stretch by stretch; broken off and begun again, nothing is erased twice', async () => {
    const stretch = (after: number) => log.transactions.run((em) => erasePersonStretch(em, person, after));
    const first = await stretch(0);
    expect(first).toBe(PRUNED + STRETCH);
    const half = await touched();
    expect(half.map(({ position }) => Number(position))).toEqual(THEIRS.filter((at) => at <= PRUNED + STRETCH));
    // The process died: the next one begins anew.
    const ends = [];
    for (let after: number | null = 0; after !== null; ends.push(after)) after = await stretch(after);
    expect(ends).toEqual([PRUNED + STRETCH, PRUNED + 2 * STRETCH, null]);
    const whole = await touched();
    expect(whole.map(({ position }) => Number(position))).toEqual(THEIRS);
    expect(whole.slice(0, half.length)).toEqual(half);
    expect(await log.transactions.run((em) => erasePerson(em, person))).toBe(0);
    expect(await touched()).toEqual(whole);
    for await (const { position } of eventsOfPerson(log.app.get(Reads), person)) expect(Number(position) % 400).toBe(0);
  });
});
