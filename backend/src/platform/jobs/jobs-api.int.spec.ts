import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Reads, Transactions } from '#platform/database/index.js';
import { EventLogModule } from '#platform/event-log/index.js';
import { bootHttp, person, type HttpKit } from '#test/http-kit.js';
import { eventually } from '#test/jobs/jobs-process.js';
import { JobHandler, Jobs, JobsApiModule, JobsModule, type NewJob } from './index.js';

const heal = { healthy: false };

@JobHandler('spec', 'work', { retry: { attempts: 1 } })
class WorkJob {
  async run() {
    if (!heal.healthy) throw new Error('not yet');
  }
}

interface Recorded {
  type: string;
  subject_id: string;
  data: unknown;
  actor: { id: string | null };
}

let kit: HttpKit;
const operator = person({ operator: true });
const call = (method: string, path: string, body?: unknown) =>
  kit.call(method, `/api/v1${path}`, { as: operator, body });
const enqueue = (more: Partial<NewJob> = {}) =>
  kit.app
    .get(Transactions)
    .run((em) =>
      kit.app.get(Jobs).enqueue(em, { queue: 'spec', name: 'work', payload: { token: 't', to: 'a' }, ...more }),
    );
const later = () => new Date(Date.now() + 3_600_000);
const sql = (text: string, values: unknown[] = []) => kit.app.get(Reads).adHoc<Recorded>(text, values);
const stateOf = async (id: string) => (await call('GET', `/jobs/${id}`)).body.state;
const events = (type: string) =>
  sql(
    'select type, subject_id, data, actor from (select * from (select type, subject_id, data, actor from outbox) o union all select type, subject_id, data, actor from event) e where type = $1',
    [type],
  );

beforeAll(async () => {
  kit = await bootHttp({
    imports: [EventLogModule, JobsModule, JobsApiModule],
    providers: [WorkJob],
    env: { SIGNALBOX_JOBS_SWEEP_MS: '50' },
  });
});
afterAll(() => kit.close());

describe('the operator', () => {
  it('is the only one who sees jobs', async () => {
    for (const [method, path] of [
      ['GET', '/jobs'],
      ['GET', `/jobs/${uuidv7()}`],
      ['POST', `/jobs/${uuidv7()}/retry`],
      ['DELETE', `/jobs/${uuidv7()}`],
    ] as const) {
      expect((await kit.call(method, `/api/v1${path}`, { as: person() })).status).toBe(403);
      expect((await kit.call(method, `/api/v1${path}`)).status).toBe(401);
    }
  });

  it('lists jobs by state and queue, page by page', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift(await enqueue({ runAt: later() }));
    const first = await call('GET', '/jobs?queue=spec&state=queued&limit=3');
    const second = await call('GET', `/jobs?queue=spec&state=queued&limit=3&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map((job: { id: string }) => job.id)).toEqual(ids);
    expect(second.body.nextCursor).toBeNull();
    expect((await call('GET', '/jobs?state=parked')).body.items).toEqual([]);
    expect((await call('GET', `/jobs?state=parked&limit=3&cursor=${first.body.nextCursor}`)).status).toBe(400);
    expect((await call('GET', '/jobs?state=lost')).status).toBe(400);
    for (const id of ids) expect((await call('DELETE', `/jobs/${id}`)).status).toBe(200);
  });

  it('sees one job with its secrets masked', async () => {
    const id = await enqueue({ runAt: later(), subject: { type: 'thing', id: 'x1' } });
    const { status, body } = await call('GET', `/jobs/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      state: 'queued',
      payload: { token: '•••', to: 'a' },
      subject: { type: 'thing', id: 'x1' },
    });
    expect((await call('GET', `/jobs/${uuidv7()}`)).status).toBe(404);
    expect((await call('GET', '/jobs/nonsense')).status).toBe(400);
    await call('DELETE', `/jobs/${id}`);
  });

  it('retries what is parked, and that is recorded', async () => {
    heal.healthy = false;
    const id = await enqueue();
    await eventually(async () => (await stateOf(id)) === 'parked');
    heal.healthy = true;
    expect((await call('POST', `/jobs/${id}/retry`)).body).toMatchObject({ failures: 0, attempt: expect.any(Number) });
    await eventually(async () => (await stateOf(id)) === 'done');
    expect((await call('POST', `/jobs/${id}/retry`)).status).toBe(409);
    const recorded = (await events('job.retried')).filter((e) => e.subject_id === id);
    expect(recorded).toEqual([
      expect.objectContaining({
        data: { kind: 'spec.work', was: 'parked' },
        actor: expect.objectContaining({ id: operator.id }),
      }),
    ]);
  });

  it('cannot retry a parked job whose key another holds', async () => {
    heal.healthy = false;
    const id = await enqueue({ key: 'one' });
    await eventually(async () => (await stateOf(id)) === 'parked');
    heal.healthy = true;
    const other = await enqueue({ key: 'one', runAt: later() });
    expect((await call('POST', `/jobs/${id}/retry`)).status).toBe(409);
    expect(await stateOf(id)).toBe('parked');
    await call('DELETE', `/jobs/${other}`);
    expect((await call('POST', `/jobs/${id}/retry`)).status).toBe(200);
  });

  it('cancels a waiting job, which then never runs', async () => {
    const id = await enqueue({ runAt: later() });
    expect((await call('DELETE', `/jobs/${id}`)).body).toMatchObject({ state: 'cancelled' });
    expect((await call('DELETE', `/jobs/${id}`)).status).toBe(409);
    expect((await events('job.cancelled')).some((e) => e.subject_id === id)).toBe(true);
  });

  it('releases what is held', async () => {
    heal.healthy = true;
    const id = await enqueue({ runAt: later() });
    await kit.app.get(Transactions).run(async (em) => {
      const { query } = await import('#platform/database/index.js');
      await query(em, 'update job set held = true, next_attempt_at = now() where id = $1', [id]);
    });
    expect((await call('GET', '/jobs?held=true')).body.items.map((job: { id: string }) => job.id)).toEqual([id]);
    expect((await call('POST', '/jobs/release', { queue: 'mail' })).body).toEqual({ count: 0 });
    expect(await stateOf(id)).toBe('queued');
    expect((await call('POST', '/jobs/release', {})).body).toEqual({ count: 1 });
    await eventually(async () => (await stateOf(id)) === 'done');
    expect((await events('jobs.released')).map((e) => e.data)).toEqual([
      { queue: 'mail', count: 0 },
      { queue: null, count: 1 },
    ]);
  });
});
