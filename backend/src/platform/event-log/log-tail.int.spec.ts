import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { systemActor } from '#platform/access/index.js';
import { logDatabase, logProcess, titles, until, WORKSPACE, type LogProcess } from '#test/event-log.js';
import type { Sealed } from './log-tail.js';

jest.setTimeout(30_000);

interface Told {
  head: number;
  sealed: Sealed | undefined;
}

let database: Awaited<ReturnType<typeof logDatabase>>;
let processes: LogProcess[];

beforeEach(async () => {
  database = await logDatabase();
  processes = [];
});

afterEach(async () => {
  for (const process of processes) await process.close();
  await database.drop();
});

async function boot(roles: string, pollMs = 100): Promise<LogProcess> {
  const process = await logProcess(database.url, { roles, pollMs });
  processes.push(process);
  return process;
}

describe('the tail', () => {
  it('gives a stretch after a position, of one workspace and of some types, and says how far it looked', async () => {
    const instance = await boot('readers');
    const other = uuidv7();
    for (let i = 1; i <= 6; i++) await instance.record(undefined, `e${i}`, i % 3 ? {} : { workspaceId: other });
    await until(async () => (await instance.tail.head()).position === 6);
    const first = await instance.tail.since(0, 2);
    expect([titles(first.events), first.position, first.head]).toEqual([['e1', 'e2'], 2, 6]);
    const rest = await instance.tail.since(first.position, 10);
    expect([titles(rest.events), rest.position]).toEqual([['e3', 'e4', 'e5', 'e6'], 6]);
    const mine = await instance.tail.since(0, 10, { workspaceId: other });
    expect([titles(mine.events), mine.position]).toEqual([['e3', 'e6'], 6]);
    const none = await instance.tail.since(0, 10, { workspaceId: WORKSPACE, types: ['deal.found'] });
    expect([none.events, none.position]).toEqual([[], 6]);
    expect((await instance.tail.since(6, 10)).position).toBe(6);
    expect(first.events[0]).toMatchObject({
      position: 1,
      workspaceId: WORKSPACE,
      scope: { kind: 'workspace' },
      type: 'deal.expired',
    });
    expect(first.events[0]?.occurredAt).toBeInstanceOf(Date);
  });

  it('tells every process of new events by notification alone, and again after its connection was killed', async () => {
    // With a poll of a minute only the notification can be what told.
    const [sealing, watching] = [await boot('readers', 60_000), await boot('api', 60_000)];
    const heads: number[] = [];
    const stop = watching.tail.subscribe((head) => heads.push(head));
    watching.tail.subscribe(() => {
      throw new Error('a handler that fails harms nobody');
    });
    await until(() => heads.length > 0);
    await sealing.record();
    await until(() => heads.includes(1));
    await database.client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'signalbox tail'`,
    );
    await sealing.record();
    await until(() => heads.includes(2));
    stop();
    await sealing.record();
    await until(async () => (await sealing.tail.head()).position === 3);
    expect(heads).toEqual([0, 1, 2]);
  });

  it('hands on what its own process sealed, just as it would be read, and tells of what others sealed without', async () => {
    const [own, other] = [await boot('readers', 60_000), await boot('api', 60_000)];
    const [told, heard]: [Told[], Told[]] = [[], []];
    own.tail.subscribe((head, sealed) => told.push({ head, sealed }));
    other.tail.subscribe((head, sealed) => heard.push({ head, sealed }));
    await until(() => heard.length === 1);
    const actor = { ...systemActor(), address: '192.0.2.7' };
    await own.record(undefined, 'a "title" with é', { actor });
    await own.record(undefined, 'another', { workspaceId: uuidv7() });
    await until(() => told.at(-1)?.head === 2 && heard.at(-1)?.head === 2);
    const handed = told.flatMap(({ head, sealed }) => (head > 0 ? [sealed] : []));
    expect(handed.map((sealed) => sealed?.after)).toEqual(handed.length === 2 ? [0, 1] : [0]);
    expect(handed.flatMap((sealed) => sealed?.events())).toEqual((await own.tail.since(0, 10)).events);
    expect(heard.every(({ sealed }) => sealed === undefined)).toBe(true);
  });

  it('looks for itself when it is not known whether its own process sealed', async () => {
    const own = await boot('readers', 60_000);
    const heads: number[] = [];
    own.tail.subscribe((head) => heads.push(head));
    await until(() => heads.length > 0);
    own.tail.sealing(1);
    await database.client.query('update log_state set position = 1');
    own.tail.interrupted();
    await until(() => heads.includes(1));
    expect(heads).toEqual([0, 1]);
  });

  it('notices by its poll what no notification told', async () => {
    const watching = await boot('api', 50);
    const heads: number[] = [];
    watching.tail.subscribe((head) => heads.push(head));
    await until(() => heads.length > 0);
    await database.client.query('update log_state set position = 5');
    await until(() => heads.includes(5));
    expect(heads).toEqual([0, 5]);
  });
});
