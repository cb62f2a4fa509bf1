import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Inject, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { affected, query, Reads, Transactions } from '#platform/database/index.js';
import { bootHttp, type HttpKit, person } from '#test/http-kit.js';
import { Conflict, Endpoint, Input } from '../index.js';

const bodySchema = z.object({ name: z.string(), fail: z.enum(['before', 'after', 'bug', 'bug-after']).optional() });
type Body = z.infer<typeof bodySchema>;
const made = z.object({ number: z.number(), name: z.string() });

/** What a handler waits for before it goes on: a test holds it while it looks. */
let hold: Promise<void> = Promise.resolve();
/** Called between the transaction and the answer. */
let afterCommit: () => Promise<void> = async () => undefined;

@Controller('orders')
class OrdersController {
  constructor(@Inject(Transactions) private readonly transactions: Transactions) {}

  @Post()
  @Endpoint({ permission: 'self', summary: 'Make an order', body: bodySchema, response: made })
  async make(@Input.body() { name, fail }: Body, @Res({ passthrough: true }) reply: FastifyReply) {
    await hold;
    if (fail === 'before') throw new Conflict('Not now.');
    if (fail === 'bug') throw new Error('bug');
    const number = await this.insert(name);
    await afterCommit();
    if (fail === 'after') throw new Conflict('Made, but something else is wrong.');
    if (fail === 'bug-after') throw new Error('bug');
    reply.header('Location', `/api/v1/orders/${number}`);
    return { number, name };
  }

  @Post('secret')
  @Endpoint({
    permission: 'self',
    summary: 'Make a secret',
    body: bodySchema,
    response: z.object({ secret: z.string() }),
    oneTimeSecret: true,
  })
  async secret(@Input.body() { name }: Body) {
    await this.insert(name);
    return { secret: 'hunter2-once' };
  }

  @Post('empty')
  @Endpoint({ permission: 'self', summary: 'Answers nothing', status: 204 })
  async empty() {
    await hold;
    await this.insert('empty');
  }

  @Post('careless')
  @Endpoint({ permission: 'self', summary: 'Ignores the key', idempotent: false, status: 204 })
  async careless() {
    await this.insert('careless');
  }

  private async insert(name: string): Promise<number> {
    return this.transactions.run(async (em) => {
      const [row] = await query<{ n: number }>(em, 'insert into spec_order (name) values ($1) returning n', [name]);
      return row?.n ?? 0;
    });
  }
}

describe('an Idempotency-Key', () => {
  let kit: HttpKit;
  const someone = person();
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [OrdersController] });
    await sql('create table spec_order (n serial primary key, name text not null)');
  });
  afterAll(() => kit.close());
  beforeEach(() => {
    hold = Promise.resolve();
    afterCommit = async () => undefined;
  });

  const sql = (text: string, values: unknown[] = []) =>
    kit.app.get(Transactions).run((em) => affected(em, text, values));
  const orders = async (name: string) =>
    (await kit.app.get(Reads).adHoc('select n from spec_order where name = $1', [name])).length;
  const keyRow = async (key: string) =>
    (
      await kit.app
        .get(Reads)
        .adHoc<{ state: string; body: Buffer | null }>('select state, body from idempotency_key where key = $1', [key])
    )[0];
  const post = (key: string, body: Body, path = '', as = someone) =>
    kit.call('POST', `/api/v1/orders${path}`, { as, body, headers: { 'idempotency-key': key } });
  const fresh = () => ({ key: uuidv7(), name: uuidv7() });

  it('carries a request out once and repeats its answer', async () => {
    const { key, name } = fresh();
    const first = await post(key, { name });
    const second = await post(key, { name });
    expect(first).toMatchObject({ status: 201, body: { name } });
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(await orders(name)).toBe(1);
  });

  it('repeats an answer without a body', async () => {
    const { key } = fresh();
    const ask = () => kit.call('POST', '/api/v1/orders/empty', { as: someone, headers: { 'idempotency-key': key } });
    expect((await ask()).status).toBe(204);
    const second = await ask();
    expect(second).toMatchObject({ status: 204, text: '' });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await orders('empty')).toBe(1);
  });

  it('carries one of many simultaneous requests out and answers 409 to the others while it runs', async () => {
    const { key, name } = fresh();
    let release = () => {};
    hold = new Promise((resolve) => (release = resolve));
    const all = Promise.all(
      Array.from({ length: 10 }, () => post(key, { name }).then((a) => (a.status === 409 && release(), a))),
    );
    const answers = await all;
    const carriedOut = answers.filter(({ status, headers }) => status === 201 && !headers.has('idempotency-replayed'));
    expect(carriedOut).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.body.code).toBe('idempotency_running');
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    expect(await orders(name)).toBe(1);
    expect((await post(key, { name })).headers.get('idempotency-replayed')).toBe('true');
  });

  it('refuses the key for another request', async () => {
    const { key, name } = fresh();
    await post(key, { name });
    expect(await post(key, { name: 'other' })).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect(
      await kit.call('POST', '/api/v1/orders/empty', { as: someone, headers: { 'idempotency-key': key } }),
    ).toMatchObject({ status: 422 });
    expect(await orders('other')).toBe(0);
  });

  it('belongs to who sent it', async () => {
    const { key, name } = fresh();
    await post(key, { name });
    expect((await post(key, { name }, '', person())).headers.get('idempotency-replayed')).toBeNull();
    expect(await orders(name)).toBe(2);
  });

  it.each(['before', 'bug'] as const)('is free again after a refusal that changed nothing (%s)', async (fail) => {
    const { key, name } = fresh();
    expect((await post(key, { name, fail })).status).toBeGreaterThanOrEqual(400);
    expect(await keyRow(key)).toBeUndefined();
    expect((await post(key, { name })).status).toBe(201);
  });

  it('is free again after a body that is not valid', async () => {
    const { key, name } = fresh();
    expect((await post(key, { name: 1 as never })).status).toBe(400);
    expect((await post(key, { name })).status).toBe(201);
  });

  it('keeps a refusal that came after the change', async () => {
    const { key, name } = fresh();
    const first = await post(key, { name, fail: 'after' });
    const second = await post(key, { name, fail: 'after' });
    expect([first.status, second.status]).toEqual([409, 409]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await orders(name)).toBe(1);
  });

  it('is never carried out twice when the answer was lost after the change', async () => {
    const { key, name } = fresh();
    expect((await post(key, { name, fail: 'bug-after' })).status).toBe(500);
    expect((await keyRow(key))?.state).toBe('applied');
    expect(await post(key, { name, fail: 'bug-after' })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_answer_lost' },
    });
    expect(await orders(name)).toBe(1);
  });

  it('marks the claim in the very transaction that makes the change', async () => {
    const { key, name } = fresh();
    let during: string | undefined;
    afterCommit = async () => void (during = (await keyRow(key))?.state);
    await post(key, { name });
    expect(during).toBe('applied');
    expect((await keyRow(key))?.state).toBe('done');
  });

  it('is taken over when the process that ran it died, and only then', async () => {
    const { key, name } = fresh();
    // The fingerprint of the very request, as a first attempt would have left it.
    await post(key, { name });
    await sql(
      `update idempotency_key set state = 'running', lease_until = now() + interval '1 minute' where key = $1`,
      [key],
    );
    expect((await post(key, { name })).status).toBe(409);
    await sql(`update idempotency_key set lease_until = now() - interval '1 second' where key = $1`, [key]);
    expect((await post(key, { name })).status).toBe(201);
    expect(await orders(name)).toBe(2);
  });

  it('does not let an attempt commit after another has taken over', async () => {
    const { key, name } = fresh();
    let release = () => {};
    hold = new Promise((resolve) => (release = resolve));
    const slow = post(key, { name });
    while (!(await keyRow(key))) await new Promise((resolve) => setTimeout(resolve, 5));
    await sql(`update idempotency_key set attempt = $2 where key = $1`, [key, uuidv7()]);
    release();
    expect(await slow).toMatchObject({ status: 409, body: { code: 'idempotency_running' } });
    expect(await orders(name)).toBe(0);
  });

  it('is forgotten after a day', async () => {
    const { key, name } = fresh();
    await post(key, { name });
    await sql(`update idempotency_key set expires_at = now() - interval '1 second' where key = $1`, [key]);
    expect((await post(key, { name: `${name}-2` })).status).toBe(201);
  });

  it('never stores a secret that is shown once', async () => {
    const { key, name } = fresh();
    expect((await post(key, { name }, '/secret')).body).toEqual({ secret: 'hunter2-once' });
    expect(await keyRow(key)).toEqual({ state: 'done', body: null });
    const stored = await kit.app
      .get(Reads)
      .adHoc('select 1 from idempotency_key k where k::text like $1', ['%hunter2%']);
    expect(stored).toEqual([]);
    expect(await post(key, { name }, '/secret')).toMatchObject({
      status: 409,
      body: { code: 'idempotency_secret_shown_once' },
    });
    expect(await orders(name)).toBe(1);
  });

  it('is ignored where the endpoint says so, and refused when it is no key', async () => {
    const headers = { 'idempotency-key': uuidv7() };
    await kit.call('POST', '/api/v1/orders/careless', { as: someone, headers });
    await kit.call('POST', '/api/v1/orders/careless', { as: someone, headers });
    expect(await orders('careless')).toBe(2);
    for (const key of ['x'.repeat(256), 'a b'])
      expect(await post(key, { name: 'x' })).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });
});
