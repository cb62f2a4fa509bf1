import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { webhookRestoreActs } from '#modules/webhooks/index.js';
import type { TestWorkspace } from '#test/factories.js';
import { Retention } from '../deliveries/retention.js';
import { type Shown, WebhookRoom } from '#test/webhooks.js';

interface Detail {
  id: string;
  state: string;
  attempts: number;
  request: { url: string; body: string | null };
  answers: { attempt: number; status: number | null; body: string | null }[];
}

let room: WebhookRoom;
let team: TestWorkspace;

beforeAll(async () => {
  room = await WebhookRoom.open();
  team = await room.make.workspace().create();
});
afterAll(() => room.close());

const path = ({ url }: Pick<Shown, 'url'>) => new URL(url).pathname;
const get = async <T>(url: string, who = team.owner) => (await room.call(who, 'GET', team.url(url))).json<T>();
const post = (url: string, body?: object) => room.call(team.owner, 'POST', team.url(url), body);
const told = async (subjectId: string) => (await room.application.events({ subjectId })).map(({ type }) => type);
/** An endpoint with an event that it got, or that was given up. */
const served = async (status: number, team_ = team) => {
  const endpoint = await room.endpoint(team_);
  room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(status).end('so it is'));
  await room.found(team_, { title: 'Lisbon' });
  const [row] = await room.settled(endpoint.id);
  return { endpoint, row: row! };
};

describe('the history', () => {
  it('shows request, answers and times of a delivery', async () => {
    const { endpoint, row } = await served(200);
    const shown = await get<Detail>(`webhook-deliveries/${row.id}`);
    expect(shown).toMatchObject({ id: row.id, state: 'delivered', attempts: 1, request: { url: endpoint.url } });
    expect(shown.request.body).toBe(room.got(endpoint)[0]!.body);
    expect(shown.answers).toMatchObject([{ attempt: 1, status: 200, body: 'so it is' }]);
    const blind = await room.make.apiKey(team, team.owner).scopes('webhooks:read').create();
    expect(await get<Detail>(`webhook-deliveries/${row.id}`, blind as never)).toMatchObject({
      request: { body: null },
    });
  });

  it('shows where each attempt went, and by which headers, until the endpoint is removed', async () => {
    const endpoint = await room.endpoint(team, { headers: { 'x-old': 'hidden' } });
    room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(500).end());
    const eventId = await room.found(team);
    await room.until(async () => (await room.deliveries({ eventId, endpointId: endpoint.id }))[0]?.attempts === 1);
    const [row] = await room.deliveries({ eventId, endpointId: endpoint.id });
    const shown = () => get<Detail>(`webhook-deliveries/${row!.id}`);
    const url = room.sink.url(`/${uuidv7()}`);
    const change = { url, headers: { 'x-new': 'hidden' } };
    await room.call(team.owner, 'PATCH', team.url(`webhook-endpoints/${endpoint.id}`), change);
    const old = { url: endpoint.url, headerNames: ['x-old'] };
    expect(await shown()).toMatchObject({ request: old, answers: [old] });
    await room.settled(endpoint.id);
    const now = { url, headerNames: ['x-new'] };
    const both = await shown();
    expect(both).toMatchObject({
      request: now,
      answers: [
        { ...now, attempt: 2 },
        { ...old, attempt: 1 },
      ],
    });
    expect(JSON.stringify(both)).not.toContain('hidden');
    await room.call(team.owner, 'DELETE', team.url(`webhook-endpoints/${endpoint.id}`));
    const origin = new URL('/', url).href;
    expect(await shown()).toMatchObject({
      request: { url: origin, headerNames: [] },
      answers: [{ url: null }, { url: null }],
    });
  });

  it('is searched by the filter language, and only in its own workspace', async () => {
    const { endpoint, row } = await served(404);
    const list = async (filter: string, of = team) =>
      (await room.call(of.owner, 'GET', of.url(`webhook-deliveries?filter=${encodeURIComponent(filter)}`))).json<{
        items: { id: string }[];
      }>();
    expect(
      (await list(`endpoint:${endpoint.id} state:failed type:deal.* status:404 attempts>=10`)).items,
    ).toMatchObject([{ id: row.id }]);
    expect((await list(`endpoint:${endpoint.id} status<400`)).items).toEqual([]);
    const wrong = await room.call(team.owner, 'GET', team.url('webhook-deliveries?filter=colour:red'));
    expect([wrong.statusCode, wrong.json().code]).toEqual([400, 'filter_refused']);
    const other = await room.make.workspace().create();
    expect((await list('', other)).items).toEqual([]);
    for (const [method, url] of [
      ['GET', row.id],
      ['POST', `${row.id}/replay`],
    ] as const)
      expect((await room.call(other.owner, method, other.url(`webhook-deliveries/${url}`))).statusCode).toBe(404);
  });
});

describe('a replay', () => {
  it('of one sends it again with the same id and body', async () => {
    const { endpoint, row } = await served(200);
    expect((await post(`webhook-deliveries/${row.id}/replay`)).statusCode).toBe(200);
    expect(await room.settled(endpoint.id)).toMatchObject([{ id: row.id, state: 'delivered', attempts: 2 }]);
    const [first, second, ...more] = room.got(endpoint);
    expect(more).toEqual([]);
    expect([second!.headers['webhook-id'], second!.body]).toEqual([first!.headers['webhook-id'], first!.body]);
    expect(await told(row.id)).toEqual(['webhook_delivery.replayed']);
    await room.call(team.owner, 'PATCH', team.url(`webhook-endpoints/${endpoint.id}`), { enabled: false });
    expect((await post(`webhook-deliveries/${row.id}/replay`)).json()).toMatchObject({ code: 'webhook_endpoint_off' });
  });

  it('of all that failed, or of a range, says how far it is', async () => {
    const mine = await room.make.workspace().create();
    const { endpoint } = await served(500, mine);
    for (let n = 0; n < 3; n++) {
      await room.found(mine);
      await room.read(); // one at a time: those read together are of one moment
    }
    await room.settled(endpoint.id);
    const begin = async (body: object) => {
      const answer = await room.call(mine.owner, 'POST', mine.url('webhook-replays'), body);
      expect(answer.statusCode).toBe(202);
      const { id } = answer.json<{ id: string }>();
      const shown = async () =>
        (await room.call(mine.owner, 'GET', mine.url(`webhook-replays/${id}`))).json<{ state: string }>();
      await room.until(async () => (await shown()).state !== 'running');
      expect(await told(id)).toEqual(['webhook_replay.started']);
      return shown();
    };
    room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(204).end());
    expect(await begin({})).toMatchObject({ state: 'done', total: 4, done: 4 });
    expect((await room.settled(endpoint.id)).map(({ state, attempts }) => [state, attempts])).toEqual(
      Array(4).fill(['delivered', 11]),
    );
    expect(await begin({})).toMatchObject({ total: 0, done: 0 });
    const from = (
      await room.rows<{ at: string }>(
        'select created_at::text as at from webhook_delivery where endpoint_id = $1 order by created_at offset 2 limit 1',
        [endpoint.id],
      )
    )[0]!.at;
    expect(
      await begin({ endpointId: endpoint.id, from: new Date(new Date(from).getTime()).toISOString(), filter: '' }),
    ).toMatchObject({ state: 'done', total: 2 });
    expect(new Set(room.got(endpoint).map(({ headers }) => headers['webhook-id'])).size).toBe(4);
  });

  it('is the only one of its workspace, also when many ask at once, until it is over or stopped', async () => {
    const mine = await room.make.workspace().create();
    const ask = (method: string, more = '', body?: object) =>
      room.call(mine.owner, method, mine.url(`webhook-replays${more}`), body);
    // Nothing takes its job: it runs on until it is stopped.
    await room.rows(`insert into webhook_replay (id, workspace_id, filter, to_at, created_at)
      values ('${uuidv7()}', '${team.id}', '', now(), now()) returning 1`);
    const lock = { sql: `lock table job in exclusive mode`, until: 5 };
    const answers = await room.application.race(lock, () =>
      Promise.all(Array.from({ length: 5 }, () => ask('POST', '', { filter: '' }))),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([202, 409, 409, 409, 409]);
    const { id } = answers.find(({ statusCode }) => statusCode === 202)!.json<{ id: string }>();
    const refused = answers.find(({ statusCode }) => statusCode === 409)!.json<{ detail: string }>();
    expect(refused).toMatchObject({ code: 'webhook_replay_running', replayId: id });
    expect(refused.detail).toContain(`The replay ${id} of everything is still running`);
    expect(await room.rows('select 1 from webhook_replay where workspace_id = $1', [mine.id])).toHaveLength(1);
    await room.until(async () => (await ask('GET', `/${id}`)).json<{ state: string }>().state === 'done');
    expect((await ask('DELETE', `/${id}`)).json()).toMatchObject({ code: 'webhook_replay_over' });
    expect(await told(id)).toEqual(['webhook_replay.started']);

    await room.rows(`update webhook_replay set state = 'running', finished_at = null where id = $1 returning 1`, [id]);
    expect((await ask('POST', '', {})).json()).toMatchObject({ code: 'webhook_replay_running', replayId: id });
    expect((await post('webhook-replays', {})).statusCode).toBe(409);
    expect((await ask('DELETE', `/${id}`)).statusCode).toBe(204);
    expect((await ask('GET', `/${id}`)).json()).toMatchObject({ state: 'stopped' });
    expect(await told(id)).toEqual(['webhook_replay.started', 'webhook_replay.stopped']);
    expect((await ask('POST', '', {})).statusCode).toBe(202);
    await room.rows(`update webhook_replay set state = 'stopped' where workspace_id = $1 returning 1`, [team.id]);
  });

  it('refuses a wrong filter and an endpoint of somebody else', async () => {
    expect((await post('webhook-replays', { filter: 'colour:red' })).json()).toMatchObject({ code: 'filter_refused' });
    expect((await post('webhook-replays', { endpointId: uuidv7() })).statusCode).toBe(404);
    expect((await post('webhook-replays', { from: 'yesterday' })).statusCode).toBe(400);
  });
});

describe('a test', () => {
  it('sends the example of a type once, whatever the endpoint listens to', async () => {
    const endpoint = await room.endpoint(team);
    room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(500).end());
    const answer = await post(`webhook-endpoints/${endpoint.id}/tests`, { type: 'webhook_endpoint.created' });
    expect(answer.statusCode).toBe(201);
    expect(await room.settled(endpoint.id, false)).toMatchObject([{ state: 'failed', attempts: 1 }]);
    const [got] = room.got(endpoint);
    expect(got!.body).toBe(answer.json<Detail>().request.body);
    expect(JSON.parse(got!.body)).toMatchObject({ type: 'webhook_endpoint.created', data: { workspaceId: team.id } });
    expect(await told(endpoint.id)).toContain('webhook_endpoint.tested');
  });

  it('refuses what is no type, and an endpoint that is off', async () => {
    const endpoint = await room.endpoint(team);
    const url = `webhook-endpoints/${endpoint.id}/tests`;
    expect((await post(url, { type: 'moon.landed' })).json()).toMatchObject({
      code: 'target_unknown',
      errors: [{ path: '/body/type' }],
    });
    await room.call(team.owner, 'PATCH', team.url(`webhook-endpoints/${endpoint.id}`), { enabled: false });
    expect((await post(url, { type: 'webhook_endpoint.created' })).json()).toMatchObject({
      code: 'webhook_endpoint_off',
    });
    expect(await room.deliveries({ endpointId: endpoint.id })).toEqual([]);
  });

  it('has a type to choose from for whatever the caller may see', async () => {
    const { items } = await get<{ items: { type: string; example: object }[] }>('webhook-event-types');
    expect(items.find(({ type }) => type === 'deal.found')).toMatchObject({
      example: { type: 'deal.found', data: {} },
    });
    expect(items.some(({ type }) => type === 'webhook_delivery.failed')).toBe(false);
  });
});

it('is forgotten after the days it is kept for, but never what waits', async () => {
  const { endpoint, row } = await served(200);
  await room.rows(
    `update webhook_delivery set created_at = now() - interval '40 days' where endpoint_id = $1 returning 1`,
    [endpoint.id],
  );
  await room.application.app.get(Retention).prune(41);
  expect(await room.deliveries({ endpointId: endpoint.id })).toMatchObject([{ id: row.id }]);
  await room.rows(
    `update webhook_delivery set state = 'queued', next_attempt_at = now() + interval '1 day' where id = $1 returning 1`,
    [row.id],
  );
  await room.application.app.get(Retention).prune(30);
  expect(await room.deliveries({ endpointId: endpoint.id })).toHaveLength(1);
  await room.rows(`update webhook_delivery set state = 'failed' where id = $1 returning 1`, [row.id]);
  await room.application.app.get(Retention).prune(30);
  expect(await room.deliveries({ endpointId: endpoint.id })).toEqual([]);
});

it('ends when its endpoint is removed, and is forgotten when it is off for longer than the history is kept', async () => {
  const mine = await room.make.workspace().create();
  const [gone, off] = [await room.endpoint(mine), await room.endpoint(mine)];
  for (const one of [gone, off]) room.sink.answer(path(one), (_taken, response) => response.writeHead(500).end());
  await room.found(mine);
  for (const { id } of [gone, off])
    await room.until(async () => (await room.deliveries({ endpointId: id }))[0]?.attempts === 1);
  await room.call(mine.owner, 'DELETE', mine.url(`webhook-endpoints/${gone.id}`));
  expect(await room.deliveries({ endpointId: gone.id })).toMatchObject([{ state: 'queued' }]);
  await room.application.app.get(Retention).prune(30);
  expect(await room.deliveries({ endpointId: gone.id })).toMatchObject([
    { state: 'failed', error: 'The endpoint was removed.' },
  ]);
  await room.call(mine.owner, 'PATCH', mine.url(`webhook-endpoints/${off.id}`), { enabled: false });
  const aged = `created_at = now() - interval '40 days'`;
  await room.rows(`update webhook_delivery set ${aged} where endpoint_id = $1 returning 1`, [off.id]);
  await room.application.app.get(Retention).prune(30);
  expect(await room.deliveries({ endpointId: off.id })).toMatchObject([{ state: 'queued' }]);
  await room.rows(`update webhook_endpoint set updated_at = now() - interval '31 days' where id = $1 returning 1`, [
    off.id,
  ]);
  await room.application.app.get(Retention).prune(30);
  expect(await room.deliveries({ endpointId: off.id })).toEqual([]);
});

it('waits for an operator after a restore, and is sent at the release', async () => {
  const mine = await room.make.workspace().create();
  const endpoint = await room.endpoint(mine);
  room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(500).end());
  await room.found(mine);
  await room.read();
  await room.until(async () => (await room.deliveries({ endpointId: endpoint.id }))[0]?.attempts === 1);
  room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(204).end());
  for (const { sql } of webhookRestoreActs) await room.rows(`${sql} returning 1`);
  await room.rows(
    'insert into log_restore (backup_made_at, held_to, files_in_place) values (now(), 0, true) returning 1',
  );
  await room.rows(`update webhook_delivery set next_attempt_at = now() where endpoint_id = $1 returning 1`, [
    endpoint.id,
  ]);
  await room.found(mine);
  await room.until(async () =>
    (await room.deliveries({ endpointId: endpoint.id })).some(({ state }) => state === 'delivered'),
  );
  expect((await room.deliveries({ endpointId: endpoint.id })).map(({ state }) => state)).toEqual([
    'queued',
    'delivered',
  ]);
  const [held] = await room.deliveries({ endpointId: endpoint.id });
  const again = await room.call(mine.owner, 'POST', mine.url(`webhook-deliveries/${held!.id}/replay`));
  expect([again.statusCode, again.json().code]).toEqual([409, 'webhook_delivery_held']);
  expect(await room.deliveries({ eventId: held!.event_id })).toMatchObject([{ state: 'queued', held: true }]);
  expect(await told(held!.id)).toEqual([]);
  await room.rows('update log_restore set released_at = now() returning 1');
  await room.rows(`update webhook_lane set due_at = now() where endpoint_id = $1 returning 1`, [endpoint.id]);
  expect((await room.settled(endpoint.id)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
});
