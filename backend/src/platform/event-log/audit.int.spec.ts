import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { EventType } from '#contract/events/index.js';
import { systemActor, type Actor } from '#platform/access/index.js';
import { query } from '#platform/database/index.js';
import { LogOperationRefused, SYSTEM_WORKSPACE, type RecordedEvent } from './index.js';
import { auditLog } from './audit.js';
import { eraseEvents, erasePerson, eraseSubject } from './erasure.js';
import { hmacSigner, signHead } from './signed-head.js';
import { logDatabase, logProcess, rows, titles, WORKSPACE, type LogProcess } from '#test/event-log.js';

jest.setTimeout(30_000);

const signer = hmacSigner(Buffer.alloc(32, 7));
let database: Awaited<ReturnType<typeof logDatabase>>;
let process: LogProcess;

beforeEach(async () => {
  database = await logDatabase();
  await database.client.query('drop table event_p1; update log_state set partition_size = 10');
  process = await logProcess(database.url, { roles: 'api' });
});

afterEach(async () => {
  await process.close();
  await database.drop();
});

async function seal(): Promise<void> {
  while ((await process.sealer.pass()) !== 'empty');
}

/** Seals 30 events of two workspaces, in turn. */
async function thirty(): Promise<void> {
  const other = uuidv7();
  for (let i = 1; i <= 30; i++) await process.record(undefined, `e${i}`, i % 2 ? { workspaceId: other } : {});
  await seal();
}

const audit = (options = {}) => auditLog(database.client, { signer, ...options });

describe('the audit', () => {
  beforeEach(thirty);

  it('verifies an untouched log', async () => {
    expect(await audit()).toEqual({ events: 30, erased: 0, prunedTo: 0, head: 30, fault: undefined });
  });

  const altered: [string, string][] = [
    ['data', `data = '{"title":"forged"}'`],
    ['type', `type = 'deal.found'`],
    ['actor', `actor = '{"id": null, "kind": "system", "userId": null, "operator": true}'`],
    ['workspace', `workspace_id = gen_random_uuid()`],
    ['subject', `subject_id = gen_random_uuid()`],
    ['scope', `scope_kind = 'user', scope_id = gen_random_uuid()`],
    ['time, by a microsecond', `occurred_at = occurred_at + interval '1 microsecond'`],
    ['version', `version = 2`],
    ['id', `id = gen_random_uuid()`],
    ['hash', `hash = sha256(hash)`],
    ['salt', `salt = sha256(salt)`],
    ['data, as if erased', `data = null, salt = null, digest = sha256('x')`],
    ['address', `address = '192.0.2.1', address_salt = 'x'`],
  ];
  it.each(altered)('names the first row whose %s was altered', async (_, change) => {
    await database.client.query(`update event set ${change} where position in (17, 21)`);
    const { fault, events } = await audit();
    expect(fault).toMatchObject({ problem: 'altered', position: 17 });
    expect(fault?.sentence).toContain('Event 17 (');
    expect(events).toBe(16);
  });

  it('names a removed row, in the middle and at the end', async () => {
    await database.client.query('delete from event where position = 30');
    expect((await audit()).fault).toMatchObject({ problem: 'removed', position: 30 });
    await database.client.query('delete from event where position = 5');
    expect((await audit()).fault).toMatchObject({ problem: 'removed', position: 5 });
  });

  it('names rows that changed places', async () => {
    await database.client.query(
      `
      update event set position = 1000 where position = 12;
      update event set position = 12 where position = 14;
      update event set position = 14 where position = 1000;`.replaceAll('1000', '39'),
    );
    expect((await audit()).fault).toMatchObject({ problem: 'reordered', position: 12 });
  });

  it('notices heads that do not belong to the events', async () => {
    await database.client.query('update chain_head set hash = sha256(hash)');
    expect((await audit()).fault?.sentence).toContain('The chain heads do not match');
  });

  it('finds a cut tail with rewritten heads only by a signed head', async () => {
    const signed = await signHead(database.client, signer);
    await database.client.query(`
      delete from event where position > 20;
      update log_state set position = 20;
      update chain_head h set position = e.position, hash = e.hash from event e
        where e.workspace_id = h.workspace_id and e.position > 18;`);
    expect((await audit()).fault).toBeUndefined();
    const { fault } = await audit({ signedHeads: [signed] });
    expect(fault).toMatchObject({ problem: 'removed', position: 21 });
    await process.record();
    for (let i = 0; i < 10; i++) await process.record();
    await seal();
    expect((await audit({ signedHeads: [signed] })).fault).toMatchObject({ problem: 'altered', position: 30 });
  });

  it('refuses a head that somebody else signed, or that was changed', async () => {
    const forged = await signHead(database.client, hmacSigner(Buffer.alloc(32, 8)));
    expect((await audit({ signedHeads: [forged] })).fault).toMatchObject({ problem: 'signature' });
    const genuine = await signHead(database.client, signer);
    expect((await audit({ signedHeads: [genuine] })).fault).toBeUndefined();
    expect((await audit({ signedHeads: [{ ...genuine, position: 29 }] })).fault).toMatchObject({
      problem: 'signature',
    });
  });
});

describe('erasure', () => {
  const person = uuidv7();
  const someone: Actor = { kind: 'user', id: person, userId: person, address: '198.51.100.9' };

  it('removes data and salt of a subject, and the chain still verifies', async () => {
    const subject = uuidv7();
    await process.record(subject, 'secret', { actor: someone });
    await process.record(undefined, 'other');
    await process.record(subject, 'secret too');
    await seal();
    expect(await process.transactions.run((em) => eraseSubject(em, { type: 'deal', id: subject }))).toBe(2);
    const left = await rows(
      database.client,
      'select data, salt, address, address_salt, digest is null as kept from event order by position',
    );
    expect(left.map((row) => row['data'])).toEqual([null, { title: 'other' }, null]);
    expect(left[0]).toEqual({ data: null, salt: null, address: null, address_salt: null, kept: false });
    expect(await audit()).toMatchObject({ erased: 2, events: 3, fault: undefined });
    expect(titles((await process.tail.since(0, 10)).events)).toEqual(['other']);
    expect(await process.transactions.run((em) => eraseSubject(em, { type: 'deal', id: subject }))).toBe(0);
  });

  it('removes a person: sign-ins whole, elsewhere only the address', async () => {
    await process.record(undefined, 'found in the workspace', { actor: someone });
    await process.record(undefined, 'signed in', { actor: someone, workspaceId: SYSTEM_WORKSPACE });
    await process.record(undefined, 'not theirs', { actor: systemActor() });
    await seal();
    expect(await process.transactions.run((em) => erasePerson(em, person))).toBe(2);
    const left = await rows(database.client, 'select data, address from event order by position');
    expect(left).toEqual([
      { data: { title: 'found in the workspace' }, address: null },
      { data: null, address: null },
      { data: { title: 'not theirs' }, address: null },
    ]);
    expect((await audit()).fault).toBeUndefined();
  });

  it('removes what is about a person, wherever it is: their events, those for them alone, those that name them', async () => {
    const other = uuidv7();
    const record = <T extends EventType>(
      type: T,
      event: Partial<RecordedEvent<T>> & { data: RecordedEvent<T>['data'] },
    ) =>
      process.transactions.run(async (em) =>
        process.log.record(em, type, { workspaceId: WORKSPACE, subjectId: uuidv7(), actor: systemActor(), ...event }),
      );
    const theirs = [
      await record('member.added', { subjectId: person, data: { role: 'member' } }),
      await record('deal.expired', { scope: { kind: 'user', id: person }, data: { title: 'for them alone' } }),
      await record('invitation.accepted', { data: { role: 'member', userId: person } }),
      await record('user.registered', { workspaceId: SYSTEM_WORKSPACE, actor: someone, data: { operator: false } }),
    ];
    await record('member.added', { subjectId: other, data: { role: 'member' } });
    await record('deal.expired', { subjectId: person, data: { title: 'of a deal with the same id' } });
    await record('deal.expired', { scope: { kind: 'user', id: other }, data: { title: 'for another' } });
    await record('invitation.accepted', { data: { role: 'member', userId: other } });
    await seal();
    expect(await process.transactions.run((em) => erasePerson(em, person))).toBe(theirs.length);
    const left = await rows<{ id: string }>(
      database.client,
      'select id from event where data is null order by position',
    );
    expect(left.map(({ id }) => id)).toEqual(theirs);
    expect(await audit()).toMatchObject({ events: 8, erased: 4, fault: undefined });
    expect(await process.transactions.run((em) => erasePerson(em, person))).toBe(0);
  });

  it('looks at the events of the person only, in many batches if they are many', async () => {
    await process.record(undefined, 'first', { actor: someone, workspaceId: SYSTEM_WORKSPACE });
    await seal();
    // One busy person among many, in a partition of its own, as the sealer would write them.
    await database.client.query(`
      create table event_many (like event including all);
      alter table event attach partition event_many for values from (1001) to (100000);
      insert into event select 1000 + n, gen_random_uuid(), workspace_id, 'workspace', null, type, version, subject_type,
        gen_random_uuid(), case when n % 10 = 0 then actor else jsonb_build_object('userId', gen_random_uuid()) end,
        address, address_salt, null, data, salt, null, now(), hash
      from event, generate_series(1, 25000) n where position = 1;
      update log_state set position = 26000;
      analyze event;`);
    const scans = `select seq_scan::int as seq, idx_scan::int as idx from pg_stat_xact_user_tables where relname = 'event_many'`;
    const [erased, used] = await process.transactions.run(async (em) => {
      const erasedNow = await erasePerson(em, person);
      return [erasedNow, (await query<{ seq: number; idx: number }>(em, scans))[0]!] as const;
    });
    expect(erased).toBe(2501);
    expect(used.seq).toBe(0);
    expect(used.idx).toBeGreaterThan(0);
    expect(
      await rows(database.client, 'select count(*)::int as n from event where data is null or address is null'),
    ).toEqual([{ n: 2501 }]);
  });

  it('gives a new partition one index for each of the log', async () => {
    await thirty();
    const counted = await rows<{ n: number }>(
      database.client,
      `select distinct count(*)::int as n from pg_index where indrelid = 'event'::regclass
         or indrelid in (select inhrelid from pg_inherits where inhparent = 'event'::regclass) group by indrelid`,
    );
    expect(counted).toEqual([{ n: 15 }]);
  });

  it('erases parked copies, and waits for what is not sealed', async () => {
    const id = await process.record(undefined, 'secret', { actor: someone });
    const erase = () => process.transactions.run((em) => eraseEvents(em, [id]));
    await expect(erase()).rejects.toThrow(LogOperationRefused);
    await seal();
    await database.client.query(`
      insert into reader_cursor (reader, position) values ('room', 1);
      insert into parked_event (reader, position, event_id, workspace_id, type, subject_type, subject_id, event, state)
      select 'room', position, id, workspace_id, type, subject_type, subject_id,
        '{"data": {"title": "secret"}, "actor": {"address": "198.51.100.9"}}', 'parked' from event`);
    expect(await erase()).toBe(1);
    expect(await rows(database.client, 'select event from parked_event')).toEqual([
      { event: { data: null, actor: {} } },
    ]);
  });
});
