import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { beforeCommit, query } from '#platform/database/index.js';
import { systemActor } from '#platform/access/index.js';
import { EventRefused, type RecordedEvent } from './index.js';
import { expired, logDatabase, logProcess, rows, WORKSPACE, type LogProcess } from '#test/event-log.js';

let database: Awaited<ReturnType<typeof logDatabase>>;
let instance: LogProcess;

beforeAll(async () => {
  database = await logDatabase();
  instance = await logProcess(database.url, { roles: 'api' });
});

afterAll(async () => {
  await instance.close();
  await database.drop();
});

beforeEach(() => database.client.query('truncate outbox, thing'));

const outbox = () =>
  rows(database.client, 'select id, type, subject_id, data, actor, address from outbox order by seq');

describe('recording', () => {
  it('commits state and event together, and the event carries what the catalogue says', async () => {
    const subjectId = uuidv7();
    const id = await instance.transactions.run(async (em) => {
      await query(em, 'insert into thing (id) values ($1)', [subjectId]);
      const actor = { kind: 'user' as const, id: WORKSPACE, userId: WORKSPACE, address: '192.0.2.7', operator: true };
      return expired(instance.log, em, subjectId, 'Tromsø ✈', { actor });
    });
    expect(await outbox()).toEqual([
      {
        id,
        type: 'deal.expired',
        subject_id: subjectId,
        data: { title: 'Tromsø ✈' },
        actor: { kind: 'user', id: WORKSPACE, userId: WORKSPACE, operator: true },
        address: '192.0.2.7',
      },
    ]);
    expect(await rows(database.client, 'select id from thing')).toHaveLength(1);
  });

  it('leaves neither when the work fails afterwards', async () => {
    const failed = instance.transactions.run(async (em) => {
      await query(em, 'insert into thing (id) values ($1)', [uuidv7()]);
      expired(instance.log, em, uuidv7(), 'never');
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    expect(await outbox()).toEqual([]);
    expect(await rows(database.client, 'select id from thing')).toEqual([]);
  });

  it('throws outside a transaction', () => {
    const em = instance.transactions.reader();
    expect(() => expired(instance.log, em, uuidv7(), 'nowhere')).toThrow('This needs a transaction');
  });

  it('throws when the transaction is over', async () => {
    const em = await instance.transactions.run(async (inside) => inside);
    expect(() => expired(instance.log, em, uuidv7(), 'too late')).toThrow('This needs a transaction');
  });

  const refused: [string, Partial<RecordedEvent<'deal.expired'>>, string][] = [
    ['data of another shape', { data: { title: 7 } as never }, 'data.title'],
    ['no data', { data: undefined as never }, 'data'],
    ['a subject that is no uuid', { subjectId: 'seven' }, 'subjectId must be a uuid'],
    ['a workspace that is no uuid', { workspaceId: '' }, 'workspaceId must be a uuid'],
    ['a scope that is no uuid', { scope: { kind: 'user', id: 'me' } }, 'scope.id must be a uuid'],
    ['a null character', { data: { title: 'a\0b' } }, 'data.title holds a null character'],
    ['half a surrogate pair', { data: { title: 'a\ud83d' } }, 'data.title holds a null character or half'],
    ['an invalid time', { occurredAt: new Date(Number.NaN) }, 'occurredAt'],
  ];
  it.each(refused)('refuses %s, and nothing commits', async (_, part, sentence) => {
    const attempt = instance.transactions.run(async (em) => {
      await query(em, 'insert into thing (id) values ($1)', [uuidv7()]);
      const event = {
        workspaceId: WORKSPACE,
        subjectId: uuidv7(),
        actor: systemActor(),
        data: { title: 'x' },
        ...part,
      };
      instance.log.record(em, 'deal.expired', event);
    });
    await expect(attempt).rejects.toThrow(EventRefused);
    await expect(attempt).rejects.toThrow(sentence);
    expect(await outbox()).toEqual([]);
    expect(await rows(database.client, 'select id from thing')).toEqual([]);
  });

  it('takes text that only looks like an escaped null, and drops what the schema does not name', async () => {
    await instance.transactions.run(async (em) => {
      const data = { title: 'a\\u0000', password: 'secret' };
      instance.log.record(em, 'deal.expired', {
        workspaceId: WORKSPACE,
        subjectId: uuidv7(),
        actor: systemActor(),
        data,
      });
    });
    expect((await outbox())[0]).toMatchObject({ data: { title: 'a\\u0000' } });
  });

  it('refuses a type that the catalogue does not know', async () => {
    const attempt = instance.transactions.run(async (em) =>
      instance.log.record(em, 'deal.lost' as 'deal.expired', {} as never),
    );
    await expect(attempt).rejects.toThrow('the catalogue does not know this type');
  });

  it('writes events after everything else, those of other hooks included, in the order recorded', async () => {
    const [first, second, third] = [uuidv7(), uuidv7(), uuidv7()];
    let rowsBefore = -1;
    await instance.transactions.run(async (em) => {
      expired(instance.log, em, first, 'first');
      beforeCommit(em, {}, async () => {
        expired(instance.log, em, third, 'third');
        const [row] = await query<{ n: number }>(em, 'select count(*)::int as n from outbox');
        rowsBefore = row?.n ?? -1;
      });
      expired(instance.log, em, second, 'second');
    });
    expect(rowsBefore).toBe(0);
    expect((await outbox()).map((row) => row['subject_id'])).toEqual([first, second, third]);
  });

  it('writes more events than one statement takes parameters', async () => {
    const ids = Array.from({ length: 6000 }, () => uuidv7());
    await instance.transactions.run(async (em) => {
      for (const id of ids) expired(instance.log, em, id, 'many');
    });
    expect((await outbox()).map((row) => row['subject_id'])).toEqual(ids);
  });
});
