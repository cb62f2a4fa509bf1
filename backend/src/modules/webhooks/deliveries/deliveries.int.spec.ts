import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { v7 as uuidv7 } from 'uuid';
import { eraseEvents } from '#platform/event-log/index.js';
import { Transactions } from '#platform/database/index.js';
import type { TestWorkspace } from '#test/factories.js';
import { type Shown, type Taken, WebhookRoom } from '#test/webhooks.js';

let room: WebhookRoom;
let team: TestWorkspace;

beforeAll(async () => {
  room = await WebhookRoom.open({ SIGNALBOX_WEBHOOK_TIMEOUT_MS: '400' });
});
afterAll(() => room.close());
beforeEach(async () => {
  team = await room.make.workspace().create();
});

const path = ({ url }: Pick<Shown, 'url'>) => new URL(url).pathname;
const attempts = (deliveryId: string) =>
  room.rows<{ attempt: number; status: number | null; body: string | null; error: string | null; headers: object }>(
    'select * from webhook_attempt where delivery_id = $1 order by attempt',
    [deliveryId],
  );
const lane = async (id: string) =>
  (await room.rows<{ failing_since: string | null }>('select * from webhook_lane where endpoint_id = $1', [id]))[0];
const told = (subjectId: string, type: string) => room.application.events({ subjectId, type });
const verify = (secret: string, { headers, body }: Taken) =>
  new Webhook(secret).verify(body, headers as Record<string, string>);

describe('a delivery', () => {
  it('is one request, signed as Standard Webhooks asks, and one row', async () => {
    const endpoint = await room.endpoint(team, { headers: { 'x-own': 'yes' }, filter: 'type:deal.*' });
    const eventId = await room.found(team, { title: 'Lisbon' });
    const [row, ...more] = await room.settled(endpoint.id);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ event_id: eventId, state: 'delivered', attempts: 1, status: 204, error: null });
    const [got, ...again] = room.got(endpoint);
    expect(again).toEqual([]);
    expect(got!.headers).toMatchObject({ 'webhook-id': row!.id, 'x-own': 'yes', 'content-type': 'application/json' });
    expect(verify(endpoint.secret, got!)).toMatchObject({
      type: 'deal.found',
      timestamp: expect.stringMatching(/Z$/),
      data: { eventId, workspaceId: team.id, subject: { type: 'deal' }, fields: { title: 'Lisbon' } },
    });
    expect(() => verify(endpoint.secret, { ...got!, body: got!.body.replace('Lisbon', 'Madrid') })).toThrow();
    expect(await attempts(row!.id)).toMatchObject([{ attempt: 1, status: 204, error: null }]);
  });

  it('is signed by both secrets while one replaces the other, and by ed25519 on request', async () => {
    const endpoint = await room.endpoint(team);
    const rotation = await room.call(
      team.owner,
      'POST',
      team.url(`webhook-endpoints/${endpoint.id}/secret-rotations`),
      {},
    );
    const next = rotation.json<{ secret: string }>().secret;
    await room.found(team);
    await room.settled(endpoint.id);
    const [got] = room.got(endpoint);
    for (const secret of [endpoint.secret, next]) expect(verify(secret, got!)).toBeTruthy();
    const asymmetric = await room.endpoint(team, { secretKind: 'ed25519' });
    await room.found(team);
    await room.settled(asymmetric.id);
    expect(room.got(asymmetric)[0]!.headers['webhook-signature']).toMatch(/^v1a,/);
  });

  it('is made for what the endpoint asked for: its workspace, types, filter, and nothing of one person', async () => {
    const other = await room.make.workspace().create();
    const all = await room.endpoint(team, { types: null });
    const some = await room.endpoint(team, { filter: 'by:user' });
    const off = await room.endpoint(team);
    await room.call(team.owner, 'PATCH', team.url(`webhook-endpoints/${off.id}`), { enabled: false });
    await room.found(other);
    await room.found(team, {}, { kind: 'user', id: team.owner.id });
    await room.found(team, {}, { kind: 'project', id: uuidv7() });
    const eventId = await room.found(team);
    await room.settled(all.id);
    expect((await room.deliveries({ endpointId: all.id })).map(({ event_type }) => event_type)).toEqual([
      'webhook_endpoint.created',
      'webhook_endpoint.created',
      'webhook_endpoint.created',
      'webhook_endpoint.updated',
      'deal.found',
    ]);
    expect(await room.deliveries({ eventId })).toMatchObject([{ endpoint_id: all.id }]);
    expect(await room.deliveries({ endpointId: some.id })).toEqual([]);
    expect(await room.deliveries({ endpointId: off.id })).toEqual([]);
  });

  it('of what its owner may not see any more, or that was erased, is not sent', async () => {
    const admin = await room.make.person().in(team, 'admin').create();
    const endpoint = await room.endpoint(team, { types: ['webhook_endpoint.created', 'deal.found'] }, admin);
    room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(500).end());
    await room.until(async () => (await room.deliveries({ endpointId: endpoint.id }))[0]?.attempts === 1);
    await room.rows(`update membership set role = 'member' where user_id = $1 returning 1`, [admin.id]);
    expect(await room.settled(endpoint.id)).toMatchObject([
      { state: 'failed', attempts: 1, error: expect.stringContaining('may not see') },
    ]);
    const own = await room.endpoint(team);
    room.sink.answer(path(own), (_taken, response) => response.writeHead(500).end());
    const erased = await room.found(team);
    await room.until(async () => (await room.deliveries({ eventId: erased, endpointId: own.id }))[0]?.attempts === 1);
    await room.application.app.get(Transactions).run((em) => eraseEvents(em, [erased]));
    expect(await room.settled(own.id)).toMatchObject([
      { state: 'failed', attempts: 1, error: expect.stringContaining('erased') },
    ]);
  });
});

describe('a failure', () => {
  it('is tried ten times with one webhook-id and one body, each attempt a row, then given up', async () => {
    const endpoint = await room.endpoint(team);
    room.sink.answer(path(endpoint), (_taken, response) =>
      response.writeHead(500, { 'content-type': 'text/plain' }).end('broken\0'),
    );
    await room.found(team);
    const [row] = await room.settled(endpoint.id);
    expect(row).toMatchObject({
      state: 'failed',
      attempts: 10,
      failures: 10,
      status: 500,
      error: 'The address answered 500.',
    });
    const got = room.got(endpoint);
    expect(got).toHaveLength(10);
    expect(new Set(got.map(({ headers, body }) => `${String(headers['webhook-id'])} ${body}`)).size).toBe(1);
    for (const one of got) expect(verify(endpoint.secret, one)).toBeTruthy();
    expect((await attempts(row!.id)).map(({ attempt, body }) => [attempt, body])).toEqual(
      Array.from({ length: 10 }, (_, n) => [n + 1, 'broken']),
    );
    expect(await told(row!.id, 'webhook_delivery.failed')).toMatchObject([
      { data: { endpointId: endpoint.id, type: 'deal.found' } },
    ]);
    expect((await lane(endpoint.id))?.failing_since).not.toBeNull();
  });

  it('waits as the schedule says, and longer when it is asked to', async () => {
    const seconds = async (endpoint: Shown) => {
      await room.until(async () => (await room.deliveries({ endpointId: endpoint.id }))[0]?.attempts === 1);
      const [row] = await room.rows<{ wait: number }>(
        `select extract(epoch from d.next_attempt_at - a.started_at)::float8 as wait
           from webhook_delivery d join webhook_attempt a on a.delivery_id = d.id where d.endpoint_id = $1`,
        [endpoint.id],
      );
      return row!.wait;
    };
    const [plain, asking] = [await room.endpoint(team), await room.endpoint(team)];
    room.sink.answer(path(plain), (_taken, response) => response.writeHead(500).end());
    room.sink.answer(path(asking), (_taken, response) => response.writeHead(429, { 'retry-after': '120' }).end());
    await room.found(team);
    expect(await seconds(plain)).toBeGreaterThanOrEqual(5);
    expect(await seconds(asking)).toBeGreaterThanOrEqual(120);
  });

  it('that asks for quiet is heeded for the whole endpoint, whoever holds it then', async () => {
    const endpoint = await room.endpoint(team);
    room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(503, { 'retry-after': '600' }).end());
    // Its lane is nobody's until then: what a process remembered of it is gone.
    const left = () =>
      room.until(async () => {
        const quiet = `select 1 from webhook_lane where endpoint_id = $1 and owner is null and due_at > now() + interval '9 minutes'`;
        return (await room.rows(quiet, [endpoint.id])).length === 1;
      });
    await room.found(team);
    await room.read();
    await left();
    await room.found(team);
    await room.read();
    await left();
    await room.rows(`update webhook_lane set due_at = now() where endpoint_id = $1 returning 1`, [endpoint.id]);
    await left();
    const rows = await room.deliveries({ endpointId: endpoint.id });
    expect(rows).toMatchObject([
      { state: 'queued', attempts: 1 },
      { state: 'queued', attempts: 0 },
    ]);
    expect(room.got(endpoint)).toHaveLength(1);
  });

  it.each<[string, (endpoint: Shown) => void, RegExp]>([
    [
      'a redirect',
      (e) => room.sink.answer(path(e), (_t, r) => r.writeHead(302, { location: room.sink.url('/elsewhere') }).end()),
      /302/,
    ],
    ['silence', (e) => room.sink.answer(path(e), () => undefined), /in time/],
    ['a connection that breaks', (e) => room.sink.answer(path(e), (_t, r) => r.destroy()), /broke/],
  ])('is %s', async (_, make, reason) => {
    const endpoint = await room.endpoint(team);
    make(endpoint);
    await room.found(team);
    await room.until(async () => (await room.deliveries({ endpointId: endpoint.id }))[0]?.attempts === 1);
    const [row] = await room.deliveries({ endpointId: endpoint.id });
    expect(row).toMatchObject({ state: 'queued', error: expect.stringMatching(reason) });
    expect(room.sink.at('/elsewhere')).toEqual([]);
    room.sink.answer(path(endpoint), (_t, response) => response.writeHead(200).end('ok'));
    expect(await room.settled(endpoint.id)).toMatchObject([
      { state: 'delivered', attempts: 2, status: 200, error: null },
    ]);
    expect((await lane(endpoint.id))?.failing_since).toBeNull();
  });

  it('keeps of an answer nothing that repeats the headers of the endpoint', async () => {
    const endpoint = await room.endpoint(team, { headers: { authorization: 'Bearer very-hidden' } });
    room.sink.answer(path(endpoint), ({ headers }, response) =>
      response.writeHead(400, { 'x-request-id': `for very-hidden` }).end(`Not allowed: ${headers.authorization}`),
    );
    await room.found(team);
    await room.until(async () => (await room.deliveries({ endpointId: endpoint.id }))[0]?.attempts === 1);
    const [row] = await room.deliveries({ endpointId: endpoint.id });
    expect(await attempts(row!.id)).toMatchObject([
      { body: 'Not allowed: •••', headers: { 'x-request-id': 'for •••' } },
    ]);
  });

  it('is not that an answer is long: the beginning is kept', async () => {
    const endpoint = await room.endpoint(team);
    room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(200).end('x'.repeat(1_000_000)));
    await room.found(team);
    const [row] = await room.settled(endpoint.id);
    expect(row).toMatchObject({ state: 'delivered', status: 200 });
    expect((await attempts(row!.id))[0]!.body).toHaveLength(4096);
  });

  it('410 switches the endpoint off, and 5 days of failure pause it and tell its owner', async () => {
    const [gone, tired] = [await room.endpoint(team), await room.endpoint(team, { description: 'Old one' })];
    room.sink.answer(path(gone), (_taken, response) => response.writeHead(410).end());
    room.sink.answer(path(tired), (_taken, response) => response.writeHead(503).end());
    await room.rows(
      `update webhook_lane set failing_since = now() - interval '6 days' where endpoint_id = $1 returning 1`,
      [tired.id],
    );
    await room.found(team);
    const shown = async ({ id }: Shown) =>
      (await room.call(team.owner, 'GET', team.url(`webhook-endpoints/${id}`))).json<Shown>();
    await room.until(async () => (await shown(gone)).state !== 'enabled' && (await shown(tired)).state !== 'enabled');
    expect(await shown(gone)).toMatchObject({ state: 'disabled', stateReason: expect.stringContaining('410') });
    expect(await shown(tired)).toMatchObject({ state: 'paused', stateReason: expect.stringContaining('five days') });
    expect(await told(gone.id, 'webhook_endpoint.disabled')).toHaveLength(1);
    expect(await told(tired.id, 'webhook_endpoint.paused')).toMatchObject([{ data: { description: 'Old one' } }]);
    const mails = [await room.application.mailTo(team.owner.email), await room.application.mailTo(team.owner.email)];
    expect(mails.map(({ subject }) => subject)).toEqual(
      Array(2).fill(`Webhooks to ${new URL(gone.url).host} were stopped`),
    );
    expect(await room.deliveries({ endpointId: gone.id })).toMatchObject([{ state: 'failed' }]);
    // What happens now is not for them; what waits is sent when somebody switches it on again.
    await room.found(team);
    await room.read();
    expect(await room.deliveries({ endpointId: tired.id })).toMatchObject([{ state: 'queued', attempts: 1 }]);
    room.sink.answer(path(tired), (_taken, response) => response.writeHead(204).end());
    await room.call(team.owner, 'PATCH', team.url(`webhook-endpoints/${tired.id}`), { enabled: true });
    expect(await room.settled(tired.id)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });
});

describe('patience', () => {
  it('begins anew after a day without failures, and is not lost over tests', async () => {
    const endpoint = await room.endpoint(team);
    room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(503).end());
    const test = { type: 'deal.found' };
    await room.call(team.owner, 'POST', team.url(`webhook-endpoints/${endpoint.id}/tests`), test);
    expect(await room.settled(endpoint.id)).toMatchObject([{ state: 'failed', attempts: 1 }]);
    expect((await lane(endpoint.id))?.failing_since).toBeNull();
    await room.rows(
      `update webhook_lane set failing_since = now() - interval '6 days', failed_at = now() - interval '31 hours'
        where endpoint_id = $1 returning 1`,
      [endpoint.id],
    );
    const eventId = await room.found(team);
    await room.read();
    await room.until(async () => (await room.deliveries({ eventId }))[0]?.attempts === 1);
    const fresh = `select state, failing_since > now() - interval '1 hour' as fresh from webhook_lane
      join webhook_endpoint on id = endpoint_id where endpoint_id = $1`;
    expect(await room.rows(fresh, [endpoint.id])).toEqual([{ state: 'enabled', fresh: true }]);
  });
});

describe('an endpoint of its own kind', () => {
  it('gets events in their order when it asks for it, also across failures', async () => {
    const endpoint = await room.endpoint(team, { ordered: true });
    const seen = new Set<string>();
    room.sink.answer(path(endpoint), ({ headers }, response) => {
      const id = String(headers['webhook-id']);
      // Every third fails once.
      const fails = !seen.has(id) && seen.size % 3 === 1;
      seen.add(id);
      response.writeHead(fails ? 500 : 204).end();
    });
    for (let n = 0; n < 12; n++) await room.found(team, { title: `n${n}` });
    const rows = await room.settled(endpoint.id);
    expect(rows.map(({ state }) => state)).toEqual(Array(12).fill('delivered'));
    const titles = room.got(endpoint).map(({ body }) => JSON.parse(body).data.fields.title as string);
    expect(titles.filter((title, at) => titles[at - 1] !== title)).toEqual(
      Array.from({ length: 12 }, (_, n) => `n${n}`),
    );
    expect(titles.length).toBeGreaterThan(12);
  });

  it('gets no more in a second than it asks for', async () => {
    const endpoint = await room.endpoint(team, { ratePerSecond: 5 });
    for (let n = 0; n < 12; n++) await room.found(team);
    await room.settled(endpoint.id);
    const times = room.got(endpoint).map(({ at }) => at);
    expect(times).toHaveLength(12);
    // Begun a second apart; the network may bring them a little closer together.
    for (let n = 5; n < times.length; n++) expect(times[n]! - times[n - 5]!).toBeGreaterThan(800);
  });

  it('that is slow or dead holds up nobody else', async () => {
    const [quick, ...dead] = await Promise.all(Array.from({ length: 5 }, () => room.endpoint(team)));
    for (const one of dead) room.sink.answer(path(one), () => undefined);
    for (let n = 0; n < 40; n++) await room.found(team);
    const rows = await room.settled(quick!.id);
    expect(rows.map(({ state }) => state)).toEqual(Array(40).fill('delivered'));
    expect(room.got(quick!)).toHaveLength(40);
    for (const one of dead)
      expect((await room.deliveries({ endpointId: one.id })).filter(({ state }) => state === 'queued')).toHaveLength(
        40,
      );
  });
});

describe('an event that cannot be told', () => {
  it('stops nothing else, is seen in the history, and is sent again when it can', async () => {
    const endpoint = await room.endpoint(team);
    room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(500).end());
    const poisoned = await room.found(team);
    await room.until(async () => (await room.deliveries({ eventId: poisoned }))[0]?.attempts === 1);
    const occurs = (at: string) =>
      room.rows(`update event set occurred_at = ${at} where id = $1 returning 1`, [poisoned]);
    await occurs(`'infinity'`);
    room.sink.answer(path(endpoint), (_taken, response) => response.writeHead(204).end());
    const fine = await room.found(team);
    await room.settled(endpoint.id);
    expect(await room.deliveries({ eventId: fine })).toMatchObject([{ state: 'delivered', attempts: 1 }]);
    const [row] = await room.deliveries({ eventId: poisoned });
    expect(row).toMatchObject({ state: 'failed', attempts: 10, error: expect.stringContaining('could not be sent') });
    expect(await told(row!.id, 'webhook_delivery.failed')).toHaveLength(1);
    const failed = await room.call(team.owner, 'GET', team.url('webhook-deliveries?filter=state:failed'));
    expect(failed.json()).toMatchObject({ items: [{ id: row!.id, error: row!.error }] });
    expect(room.got(endpoint)).toHaveLength(2);
    await occurs('now()');
    await room.call(team.owner, 'POST', team.url(`webhook-deliveries/${row!.id}/replay`));
    expect((await room.settled(endpoint.id)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    expect(room.got(endpoint)).toHaveLength(3);
  });
});
