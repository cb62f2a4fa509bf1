import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Inject, Post } from '@nestjs/common';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { affected, Reads, Transactions } from '#platform/database/index.js';
import { bootHttp, type HttpKit, person } from '#test/http-kit.js';
import { Conflict, Endpoint, Input } from '../index.js';

const body = z.object({ name: z.string() });

/** What the handler waits for before it changes anything, and between its change and its answer. */
let before: Promise<void>;
let after: () => Promise<void>;
let begun = 0;

@Controller('slow-orders')
class SlowOrdersController {
  constructor(@Inject(Transactions) private readonly transactions: Transactions) {}

  @Post()
  @Endpoint({ permission: 'self', summary: 'Make an order slowly', body, response: body })
  async make(@Input.body() { name }: z.infer<typeof body>) {
    begun++;
    await before;
    await this.transactions.run((em) => affected(em, 'insert into spec_slow_order values ($1)', [name]));
    await after();
    return { name };
  }

  @Post('empty')
  @Endpoint({ permission: 'self', summary: 'Takes nothing', status: 204 })
  async empty() {
    await this.make({ name: 'empty' });
  }
}

describe('an Idempotency-Key of a request that takes too long', () => {
  let kit: HttpKit;
  let outside: pg.Client;
  const someone = person();
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [SlowOrdersController], env: { SIGNALBOX_REQUEST_TIMEOUT_MS: '1000' } });
    outside = new pg.Client({ connectionString: kit.instance.env.DATABASE_URL });
    await outside.connect();
    await outside.query(`create table spec_slow_order (name text not null);
      create table spec_released (key text);
      create rule spec_release as on delete to idempotency_key do also insert into spec_released values (old.key)`);
  });
  afterAll(async () => {
    await outside.end();
    await kit.close();
  });
  let release = () => {};
  let fail = (_error: Error) => {};
  beforeEach(() => {
    begun = 0;
    before = new Promise((resolve, reject) => ([release, fail] = [resolve, reject]));
    after = async () => undefined;
  });

  const orders = async (name: string) =>
    (await kit.app.get(Reads).adHoc('select 1 from spec_slow_order where name = $1', [name])).length;
  const state = async (key: string) =>
    (await kit.app.get(Reads).adHoc<{ state: string }>('select state from idempotency_key where key = $1', [key]))[0]
      ?.state;
  const until = async (check: () => Promise<boolean>) => {
    while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const endLease = (key: string) =>
    outside.query(`update idempotency_key set lease_until = now() - interval '1 second' where key = $1`, [key]);
  /** Lets nobody touch the keys until it is called. */
  const lockKeys = async () => {
    await outside.query('begin');
    await outside.query('lock table idempotency_key in exclusive mode');
    return () => outside.query('commit');
  };
  const kinds = [
    ['with a body', { path: '', body: (name: string) => ({ name }) }],
    ['without a body', { path: '/empty', body: () => undefined }],
  ] as const;
  const post = (key: string, name: string, kind: (typeof kinds)[number][1] = kinds[0][1]) =>
    kit.call('POST', `/api/v1/slow-orders${kind.path}`, {
      as: someone,
      body: kind.body(name),
      headers: { 'idempotency-key': key },
    });

  it.each(kinds)('stays taken, since the handler may still commit (%s)', async (_what, kind) => {
    const [key, name] = [uuidv7(), kind.path === '' ? uuidv7() : 'empty'];
    expect(await post(key, name, kind)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(await post(key, name, kind)).toMatchObject({ status: 409, body: { code: 'idempotency_running' } });
    release();
    await until(async () => (await state(key)) === 'applied');
    expect(await orders(name)).toBe(1);
    await endLease(key);
    expect(await post(key, name, kind)).toMatchObject({ status: 409, body: { code: 'idempotency_answer_lost' } });
    expect([await orders(name), begun]).toEqual([1, 1]);
  });

  it('is free after its lease when the handler failed in the end', async () => {
    const [key, name] = [uuidv7(), uuidv7()];
    expect((await post(key, name)).status).toBe(503);
    fail(new Conflict('Not now.'));
    expect(await post(key, name)).toMatchObject({ status: 409, body: { code: 'idempotency_running' } });
    await endLease(key);
    before = Promise.resolve();
    expect(await post(key, name)).toMatchObject({ status: 201, body: { name } });
    expect(await orders(name)).toBe(1);
  });

  it('is given back when it was claimed too late, and the handler does not run', async () => {
    const [key, name] = [uuidv7(), uuidv7()];
    release();
    const unlock = await lockKeys();
    expect((await post(key, name)).status).toBe(503);
    await unlock();
    await until(async () => (await outside.query('select 1 from spec_released where key = $1', [key])).rowCount === 1);
    expect([begun, await orders(name)]).toEqual([0, 0]);
    expect((await post(key, name)).status).toBe(201);
  });

  it('keeps the answer that is ready, however long keeping it takes', async () => {
    const [key, name] = [uuidv7(), uuidv7()];
    release();
    let unlock: Promise<unknown> = Promise.resolve();
    after = async () => {
      const commit = await lockKeys();
      unlock = new Promise((resolve) => setTimeout(resolve, 1500)).then(commit);
    };
    const first = await post(key, name);
    await unlock;
    expect(first).toMatchObject({ status: 201, body: { name } });
    expect(await state(key)).toBe('done');
    expect((await post(key, name)).headers.get('idempotency-replayed')).toBe('true');
    expect(await orders(name)).toBe(1);
  });
});
