import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Reads } from '#platform/database/index.js';
import { Storage } from '#platform/storage/index.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import { ABANDONED_AFTER_MS, messageKey } from './message-files.js';
import { MessageIntake } from './message-intake.js';
import { SweepFilesJob } from './sweep-files.job.js';

jest.setTimeout(60_000);
const HOUR = 3_600_000;
let kit: DealsKit;
let target: { id: string; workspaceId: string };

beforeAll(async () => {
  kit = await dealsKit();
  const source = await kit.source({ kind: 'smtp', name: 'Swept' });
  target = { id: source.id, workspaceId: kit.team.id };
});
afterAll(() => kit?.close());

const storage = () => kit.app.get(Storage);
const sweep = () => kit.app.get(SweepFilesJob).sweep();
const there = (key: string) => storage().exists(key);
/** The key of a message made so long ago. */
const keyOf = (ago: number) => messageKey(kit.team.id, uuidv7({ msecs: Date.now() - ago }));
async function fileOf(ago: number): Promise<string> {
  const key = keyOf(ago);
  await storage().put(key, Buffer.from('Subject: nobody names it\r\n\r\n'));
  return key;
}
async function accepted(subject: string): Promise<{ id: string; key: string }> {
  const { id } = await kit.app.get(MessageIntake).accept(target, Buffer.from(dealMail(subject)));
  return { id, key: messageKey(kit.team.id, id) };
}
/** Makes a kept message as old as `ago`, with its file. */
async function aged({ id, key }: { id: string; key: string }, ago: number): Promise<string> {
  const old = uuidv7({ msecs: Date.now() - ago });
  const place = messageKey(kit.team.id, old);
  await storage().put(place, await storage().get(key));
  await storage().delete(key);
  await until(async () => (await kit.rows(`select from message where id = $1 and state <> 'received'`, [id])).length);
  await kit.rows('update message set id = $2, storage_key = $3 where id = $1', [id, old, place]);
  return place;
}

describe('a sweep', () => {
  it('is scheduled at the start, and for the next day when it is done', async () => {
    const jobs = await until(async () => {
      const rows = await kit.rows<{ state: string; hours: number; result: unknown }>(
        `select state, result, extract(epoch from next_attempt_at - now())::float8 / 3600 as hours
           from job where name = 'sweep-files' order by key`,
      );
      return rows[0]?.state === 'done' && rows;
    });
    expect(jobs.map(({ state }) => state)).toEqual(['done', 'queued']);
    expect(jobs[1]!.hours).toBeGreaterThan(0);
    expect(jobs[1]!.hours).toBeLessThanOrEqual(24);
  });

  it('leaves everything alone while the database knows no message at all', async () => {
    const orphan = await fileOf(48 * HOUR);
    expect(await sweep()).toBe(0);
    expect(await there(orphan)).toBe(true);
  });

  it('removes files older than a day that no message names, and no others', async () => {
    const young = await accepted('Young');
    const old = await aged(await accepted('Old'), 48 * HOUR);
    const orphan = await fileOf(ABANDONED_AFTER_MS + 60_000);
    const fresh = await fileOf(ABANDONED_AFTER_MS - 60_000);
    const halfWritten = `${keyOf(30 * HOUR)}.0b5b7c1e-7a0e-4c8e-9f6e-2f3f1f1a2b3c.part`;
    const besideOld = `${old}.0b5b7c1e-7a0e-4c8e-9f6e-2f3f1f1a2b3c.part`;
    const others = [`messages/${kit.team.id}/notes.txt`, 'exports/old.zip'];
    for (const key of [halfWritten, besideOld, ...others]) await storage().put(key, Buffer.from('x'));
    // One more was left by the test before.
    expect(await sweep()).toBe(4);
    for (const key of [orphan, halfWritten, besideOld]) expect(await there(key)).toBe(false);
    for (const key of [young.key, old, fresh, ...others]) expect(await there(key)).toBe(true);
    expect(await sweep()).toBe(0);
  });

  it('removes what a process left that was killed between file and row', async () => {
    const put = jest.spyOn(storage(), 'put');
    // A commit that never answers is what a killed process leaves: the bytes, and no row.
    const run = jest.spyOn(MessageIntake.prototype as unknown as { commit(): Promise<never> }, 'commit');
    run.mockRejectedValueOnce(new Error('killed'));
    await expect(kit.app.get(MessageIntake).accept(target, Buffer.from(dealMail('Killed')))).rejects.toThrow('killed');
    const key = put.mock.calls[0]![0];
    [put, run].forEach((spy) => spy.mockRestore());
    expect(await there(key)).toBe(true);
    expect(await sweep()).toBe(0);
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + ABANDONED_AFTER_MS + HOUR);
    expect(await sweep()).toBeGreaterThanOrEqual(1);
    now.mockRestore();
    expect(await there(key)).toBe(false);
  });

  it('never takes a file whose row is about to come: the row is refused then, and nothing is half there', async () => {
    const raw = Buffer.from(dealMail('Slept for a day'));
    const put = storage().put.bind(storage());
    let key = '';
    // The process sleeps between file and row; another sweeps meanwhile.
    const spy = jest.spyOn(storage(), 'put').mockImplementationOnce(async (name, bytes) => {
      await put(name, bytes);
      key = name;
      const awake = Date.now() + ABANDONED_AFTER_MS + HOUR;
      jest.spyOn(Date, 'now').mockImplementation(() => awake);
      await sweep();
    });
    await expect(kit.app.get(MessageIntake).accept(target, raw)).rejects.toThrow('took too long');
    jest.restoreAllMocks();
    spy.mockRestore();
    expect(await there(key)).toBe(false);
    expect(await kit.rows(`select from message where subject = 'Slept for a day'`)).toEqual([]);
    const { id } = await kit.app.get(MessageIntake).accept(target, raw);
    expect(await there(messageKey(kit.team.id, id))).toBe(true);
    expect((await kit.events({ subjectId: id, type: 'message.received' })).length).toBe(1);
  });

  it('holds a bounded number of keys, however many files there are', async () => {
    const id = () => uuidv7({ msecs: Date.now() - 48 * HOUR });
    const all = jest.spyOn(kit.app.get(Reads), 'all');
    const removed: string[] = [];
    const gone = jest.spyOn(storage(), 'delete').mockImplementation(async (key) => void removed.push(key));
    const list = jest.spyOn(storage(), 'list').mockImplementation(async function* () {
      for (let i = 0; i < 20_500; i++) yield messageKey(kit.team.id, id());
    });
    expect(await sweep()).toBe(20_500);
    const asked = all.mock.calls.filter(([name]) => name === 'messages.named').map(([, , [ids]]) => (ids as []).length);
    [all, gone, list].forEach((spy) => spy.mockRestore());
    expect(asked).toHaveLength(21);
    expect(Math.max(...asked)).toBe(1_000);
    expect(new Set(removed).size).toBe(20_500);
  });

  it('stops when the process does', async () => {
    const list = jest.spyOn(storage(), 'list').mockImplementation(async function* () {
      for (let i = 0; i < 5_000; i++) yield keyOf(48 * HOUR);
    });
    const gone = jest.spyOn(storage(), 'delete').mockImplementation(async () => undefined);
    const stopped = kit.app.get(SweepFilesJob).sweep(AbortSignal.abort(new Error('stopping')));
    await expect(stopped).rejects.toThrow('stopping');
    expect(gone).not.toHaveBeenCalled();
    [list, gone].forEach((spy) => spy.mockRestore());
  });
});
