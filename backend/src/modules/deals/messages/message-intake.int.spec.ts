import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { query, Transactions, type EntityManager } from '#platform/database/index.js';
import { Storage } from '#platform/storage/index.js';
import { dealMail, dealsKit, type DealsKit } from '#test/deals-kit.js';
import type { SourceView } from '../sources/sources.schemas.js';
import { LONGEST_INTAKE_MS, messageOfKey } from './message-files.js';
import { MessageIntake } from './message-intake.js';

jest.setTimeout(60_000);
let kit: DealsKit;
let source: SourceView;
let target: { id: string; workspaceId: string };

beforeAll(async () => {
  kit = await dealsKit();
  source = await kit.source({ kind: 'smtp', name: 'Busy' });
  target = { id: source.id, workspaceId: kit.team.id };
});
afterAll(() => kit?.close());

const intake = () => kit.app.get(MessageIntake);
const mail = (subject: string) => Buffer.from(dealMail(subject));
/** Everything that must be there for each message taken in. */
async function complete(ids: string[]): Promise<void> {
  const rows = await kit.rows<{ id: string; storage_key: string; jobs: number }>(
    `select id, storage_key, (select count(*)::int from job where subject_id = m.id::text and name = 'parse-message') as jobs
       from message m where id = any($1)`,
    [ids],
  );
  expect(rows.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(rows.filter(({ jobs }) => jobs !== 1)).toEqual([]);
  for (const { storage_key } of rows) expect(await kit.app.get(Storage).exists(storage_key)).toBe(true);
  const events = (await kit.events({ type: 'message.received' })).map(({ subjectId }) => subjectId);
  expect(events.filter((id) => ids.includes(id)).sort()).toEqual([...ids].sort());
}
const filesOf = async (workspaceId: string) => {
  const keys: string[] = [];
  for await (const key of kit.app.get(Storage).list(`messages/${workspaceId}`)) keys.push(key);
  return keys;
};

describe('mails that arrive at the same time', () => {
  it('share their transactions, each kept whole with its own event and job', async () => {
    const run = jest.spyOn(kit.app.get(Transactions), 'run');
    const taken = await Promise.all(
      Array.from({ length: 60 }, (_, i) => intake().accept(target, mail(`Together ${i}`))),
    );
    const transactions = run.mock.calls.length;
    run.mockRestore();
    expect(taken.filter(({ duplicate }) => duplicate)).toEqual([]);
    await complete(taken.map(({ id }) => id));
    // Readings have transactions too, so this is no exact number.
    expect(transactions).toBeLessThan(60);
  });

  it('fail alone: one whose source is gone takes no other with it', async () => {
    const gone = { id: uuidv7(), workspaceId: kit.team.id };
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => intake().accept(i === 7 ? gone : target, mail(`Neighbour ${i}`))),
    );
    const failed = results.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []));
    expect(failed).toEqual([7]);
    await complete(results.flatMap((r) => (r.status === 'fulfilled' ? [r.value.id] : [])));
  });

  it('are one message when they are the same, and leave one file', async () => {
    const before = (await filesOf(kit.team.id)).length;
    const raw = mail('The same');
    const taken = await Promise.all(Array.from({ length: 5 }, () => intake().accept(target, raw)));
    const kept = taken.filter(({ duplicate }) => !duplicate);
    expect(kept).toHaveLength(1);
    expect(new Set(taken.map(({ id }) => id)).size).toBe(1);
    await complete([kept[0]!.id]);
    expect((await filesOf(kit.team.id)).length).toBe(before + 1);
  });

  it('move what belongs to them in the same transaction, also when they are known', async () => {
    await kit.rows('create table moved (subject text)');
    const also = (subject: string) => async (em: EntityManager) =>
      void (await query(em, 'insert into moved values ($1)', [subject]));
    const raw = mail('Moves');
    await intake().accept(target, raw, { also: also('first') });
    await intake().accept(target, raw, { also: also('again') });
    expect(await kit.rows('select subject from moved order by subject')).toEqual([
      { subject: 'again' },
      { subject: 'first' },
    ]);
    const failing = intake().accept(target, mail('Does not move'), {
      also: async () => {
        throw new Error('It cannot move.');
      },
    });
    await expect(failing).rejects.toThrow('It cannot move.');
    expect(await kit.rows(`select from message where subject = 'Does not move'`)).toEqual([]);
  });
});

describe('a message', () => {
  it('whose process slept between file and row is refused, and kept when it is sent again', async () => {
    const raw = mail('Asleep');
    const put = jest.spyOn(kit.app.get(Storage), 'put');
    const now = jest.spyOn(Date, 'now');
    put.mockImplementationOnce(async () => {
      const awake = Date.now() + LONGEST_INTAKE_MS + 1_000;
      now.mockImplementation(() => awake);
    });
    await expect(intake().accept(target, raw)).rejects.toThrow('took too long');
    put.mockRestore();
    now.mockRestore();
    expect(await kit.rows(`select from message where subject = 'Asleep'`)).toEqual([]);
    const { id } = await intake().accept(target, raw);
    await complete([id]);
  });

  it('has a file whose key tells its id', async () => {
    const { id } = await intake().accept(target, mail('Key'));
    expect((await filesOf(kit.team.id)).map(messageOfKey)).toContain(id);
  });
});
