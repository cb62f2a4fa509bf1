import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { webhookHeaders } from '#platform/webhook-signature/index.js';
import type { TestWorkspace } from '#test/factories.js';
import { type Shown, WebhookRoom } from '#test/webhooks.js';

let room: WebhookRoom;
let team: TestWorkspace;
let other: TestWorkspace;

beforeAll(async () => {
  room = await WebhookRoom.open({ SIGNALBOX_RATE_ANONYMOUS: '30', SIGNALBOX_WEBHOOK_INCOMING_PER_MINUTE: '40' });
  [team, other] = [await room.make.workspace().create(), await room.make.workspace().create()];
});
afterAll(() => room.close());

const as = (workspace: TestWorkspace, method: string, url: string, body?: object) =>
  room.call(workspace.owner, method, workspace.url(url), body);
const told = async (subjectId: string) =>
  (await room.application.events({ subjectId })).map(({ type, data }) => ({ type, data }));
const outside = (url: string, body: string, headers: Record<string, string> = {}) =>
  room.call(null, 'POST', new URL(url).pathname, body, { 'content-type': 'application/json', ...headers });

describe('a debugging inbox', () => {
  const open = async (body: object = {}) =>
    (await as(team, 'POST', 'webhook-inboxes', body)).json<{ id: string; url: string }>();
  const seen = async (id: string) =>
    (await as(team, 'GET', `webhook-inboxes/${id}/requests?limit=200`)).json<{
      items: {
        method: string;
        contentType: string;
        encoding: string;
        body: string;
        headers: Record<string, string>;
        size: number;
      }[];
    }>().items;

  it('shows what is posted to it, without what identifies the sender to somebody', async () => {
    const { id, url } = await open({ name: 'Shop' });
    expect(url).toMatch(/^https:\/\/signals\.example\/api\/v1\/webhook-inboxes\//);
    const answer = await outside(url, '{"a": 1}', { 'x-shop': 'yes', authorization: 'Bearer hidden' });
    expect([answer.statusCode, answer.json()]).toEqual([200, { received: true }]);
    const [got, ...more] = await seen(id);
    expect(more).toEqual([]);
    expect(got).toMatchObject({ body: '{"a": 1}', size: 8, headers: { 'x-shop': 'yes', authorization: '•••' } });
    expect(await told(id)).toMatchObject([{ type: 'webhook_inbox.created', data: { name: 'Shop' } }]);
  });

  it('cannot be guessed, and is over when it is closed or its time is up', async () => {
    const [first, second] = [await open(), await open()];
    const forged = first.url.replace(first.id, second.id);
    for (const url of [forged, `${first.url}x`.replace(/.x$/, 'xx'), first.url.replace(/\.[^.]*$/, '.x')])
      expect((await outside(url, '{}')).statusCode).toBe(404);
    expect((await outside(first.url.replace(/\.[^.]*$/, ''), '{}')).statusCode).toBe(400);
    expect((await as(team, 'DELETE', `webhook-inboxes/${first.id}`)).statusCode).toBe(204);
    expect((await told(first.id)).at(-1)).toMatchObject({ type: 'webhook_inbox.deleted' });
    await room.rows(`update webhook_inbox set expires_at = now() where id = $1 returning 1`, [second.id]);
    for (const { id, url } of [first, second]) {
      expect((await outside(url, '{}')).statusCode).toBe(404);
      expect((await as(team, 'GET', `webhook-inboxes/${id}`)).statusCode).toBe(404);
    }
    expect(
      await room.rows('select 1 from webhook_inbox_request where inbox_id = any($1)', [[first.id, second.id]]),
    ).toEqual([]);
  });

  it('keeps the newest hundred, nothing that is too large, and so many a minute', async () => {
    const { id, url } = await open();
    expect((await outside(url, JSON.stringify('x'.repeat(70_000)))).statusCode).toBe(413);
    for (let n = 0; n < 105; n++) await outside(url, String(n));
    const kept = (await seen(id)).map(({ body }) => Number(body));
    expect(kept).toEqual(Array.from({ length: 100 }, (_, n) => 104 - n));
    let last = 200;
    for (let n = 0; n < 300 && last === 200; n++) last = (await outside(url, '{}')).statusCode;
    expect(last).toBe(429);
    expect((await outside((await open()).url, '{}')).statusCode).toBe(200);
  });

  it.each<[string, string, string | Buffer, object]>([
    ['POST', 'text/plain', 'Grüße', { encoding: 'text', body: 'Grüße' }],
    ['PUT', 'application/xml; charset=utf-8', '<a>1</a>', { encoding: 'text', body: '<a>1</a>' }],
    ['DELETE', 'application/json', '{"gone":true}', { encoding: 'text', body: '{"gone":true}' }],
    ['PATCH', 'application/octet-stream', Buffer.from([0xff, 0, 1]), { encoding: 'base64', body: '/wAB', size: 3 }],
    ['POST', 'image/x-odd', Buffer.from('a\0b'), { encoding: 'base64', body: 'YQBi' }],
    ['POST', 'multipart/form-data; boundary=x', '--x--', { encoding: 'text', body: '--x--' }],
    ['POST', 'application/json', '{"broken', { encoding: 'text', body: '{"broken' }],
  ])('takes by %s what is %s', async (method, type, sent, wanted) => {
    const { id, url } = await open();
    const take = (payload: string | Buffer) =>
      room.call(null, method, new URL(url).pathname, payload, { 'content-type': type });
    expect((await take(sent)).statusCode).toBe(200);
    expect(await seen(id)).toMatchObject([{ method, contentType: type, ...wanted }]);
    const large = await take(Buffer.alloc(65_537, 'a'));
    expect([large.statusCode, large.json().code]).toEqual([413, 'payload_too_large']);
    expect(await seen(id)).toHaveLength(1);
  });

  it('takes what has no body; elsewhere other media types are refused as ever', async () => {
    const { id, url } = await open();
    for (const method of ['GET', 'POST'])
      expect((await room.call(null, method, new URL(url).pathname)).statusCode).toBe(200);
    expect(await seen(id)).toMatchObject([
      { method: 'POST', contentType: null, body: '', size: 0 },
      { method: 'GET', contentType: null, body: '', size: 0 },
    ]);
    const xml = { 'content-type': 'application/xml' };
    const refused = await room.call(team.owner, 'POST', team.url('webhook-inboxes'), '<a/>', xml);
    expect([refused.statusCode, refused.json().code]).toEqual([415, 'unsupported_media_type']);
  });

  it('is not for another workspace, and a workspace has few', async () => {
    const { id } = await open();
    for (const [method, more] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/requests'],
    ] as const)
      expect((await as(other, method, `webhook-inboxes/${id}${more}`)).statusCode).toBe(404);
    let status = 201;
    for (let n = 0; n < 101 && status === 201; n++)
      status = (await as(other, 'POST', 'webhook-inboxes', {})).statusCode;
    expect(status).toBe(409);
  });
});

describe('a REST hook', () => {
  it('is subscribed by an API key, told of its event, and unsubscribed', async () => {
    const key = await room.make
      .apiKey(team, team.owner)
      .scopes('webhooks:read', 'webhooks:write', 'workspace:read', 'deals:read')
      .create();
    const targetUrl = room.sink.url(`/${uuidv7()}`);
    const answer = await room.call(key, 'POST', team.url('hooks'), {
      hookUrl: targetUrl,
      event: 'deal.found',
      makeApiKey: 'm-key',
    });
    expect(answer.statusCode).toBe(201);
    const hook = answer.json<Shown>();
    expect(hook).toMatchObject({ hook: true, types: ['deal.found'], headerNames: ['x-make-apikey'] });
    expect(hook.secret).toBeUndefined();
    await room.found(team);
    await room.settled(hook.id);
    expect(room.got(hook)).toMatchObject([{ headers: { 'x-make-apikey': 'm-key' } }]);
    expect((await room.call(key, 'DELETE', team.url(`hooks/${hook.id}`))).statusCode).toBe(204);
    expect((await told(hook.id)).map(({ type }) => type)).toEqual([
      'webhook_endpoint.created',
      'webhook_endpoint.deleted',
    ]);
    const plain = await room.endpoint(team);
    expect((await room.call(key, 'DELETE', team.url(`hooks/${plain.id}`))).statusCode).toBe(404);
  });

  it.each([
    ['no address', { event: 'deal.found' }],
    ['two addresses', { event: 'deal.found', hookUrl: 'https://hooks.invalid/', url: 'https://hooks.invalid/' }],
    ['no such event', { event: 'moon.landed', hookUrl: 'https://hooks.invalid/' }],
  ])('refuses %s', async (_, body) => {
    expect((await as(team, 'POST', 'hooks', body)).statusCode).toBe(400);
  });

  it('has samples: the newest events that the caller may see, or an example', async () => {
    const fresh = await room.make.workspace().create();
    const samples = async (event: string) =>
      (await as(fresh, 'GET', `hooks/samples?event=${event}`)).json<
        { type: string; data: { fields: { title: string } } }[]
      >();
    expect(await samples('deal.found')).toMatchObject([{ type: 'deal.found' }]);
    for (const title of ['a', 'b', 'c', 'd']) await room.found(fresh, { title });
    await room.found(fresh, { title: 'mine' }, { kind: 'user', id: fresh.owner.id });
    await room.read();
    expect((await samples('deal.found')).map(({ data }) => data.fields.title)).toEqual(['d', 'c', 'b']);
  });
});

describe('an incoming webhook', () => {
  type Made = {
    id: string;
    url: string;
    secret: string;
    received: number;
    refused: number;
    lastRefusal: string | null;
  };
  const make = async (scheme: string) =>
    (await as(team, 'POST', 'incoming-webhooks', { name: 'Repository', scheme })).json<Made>();
  const shown = async (id: string) => (await as(team, 'GET', `incoming-webhooks/${id}`)).json<Made>();
  const received = async (id: string) => (await told(id)).filter(({ type }) => type === 'incoming.received');
  const body = '{"action":"opened","number":7}';
  const ofGithub = (secret: string, id = uuidv7(), sent = body) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(sent).digest('hex')}`,
    'x-github-delivery': id,
    'x-github-event': 'pull_request',
  });

  it("becomes one event, with GitHub's signature, however often it comes", async () => {
    const { id, url, secret } = await make('github');
    const headers = ofGithub(secret);
    expect((await outside(url, body, headers)).json()).toEqual({ received: true, repeated: false });
    expect((await outside(url, body, headers)).json()).toEqual({ received: true, repeated: true });
    // The signature does not cover the id, and the id not the body: each tells a repeat.
    expect((await outside(url, body, ofGithub(secret))).json()).toEqual({ received: true, repeated: true });
    const sameId = ofGithub(secret, headers['x-github-delivery'], '{}');
    expect((await outside(url, '{}', sameId)).json()).toEqual({ received: true, repeated: true });
    const next = '{"action":"closed"}';
    await Promise.all(Array.from({ length: 5 }, () => outside(url, next, ofGithub(secret, uuidv7(), next))));
    const events = await received(id);
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({
      data: {
        name: 'Repository',
        scheme: 'github',
        deliveryId: headers['x-github-delivery'],
        kind: 'pull_request',
        body: JSON.parse(body),
      },
    });
    expect(await shown(id)).toMatchObject({ received: 2, refused: 0 });
    const kept = JSON.stringify(await room.rows('select * from incoming_webhook where id = $1', [id]));
    expect(kept).not.toContain(secret);
    expect((await as(team, 'GET', `incoming-webhooks/${id}`)).json()).not.toHaveProperty('secret');
  });

  it('is not taken from an endpoint, which could go round in circles', async () => {
    const { id, url, secret } = await make('github');
    const saved = await as(team, 'POST', 'webhook-endpoints', { url });
    expect([saved.statusCode, saved.json().code]).toEqual([400, 'address_not_usable']);
    const sent = await outside(url, body, { ...ofGithub(secret), 'user-agent': 'Signalbox-Webhooks/1' });
    expect(sent.statusCode).toBe(401);
    expect(await received(id)).toEqual([]);
  });

  it('is taken so often a minute, whatever address it comes from, and holds up no other', async () => {
    const [busy, calm] = [await make('github'), await make('github')];
    const send = async ({ url, secret }: Made) => {
      const sent = JSON.stringify({ n: uuidv7() });
      return outside(url, sent, ofGithub(secret, uuidv7(), sent));
    };
    let [taken, answer] = [0, await send(busy)];
    for (; answer.statusCode === 200 && taken < 200; taken++) answer = await send(busy);
    // More than one address may send without an account.
    expect(taken).toBeGreaterThanOrEqual(40);
    expect([answer.statusCode, answer.json().code]).toEqual([429, 'too_many_requests']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await send(calm)).statusCode).toBe(200);
    expect(await received(busy.id)).toHaveLength(taken);
    // Addresses that nobody was given count for whoever tries them.
    const guess = busy.url.replace(/.{4}$/, 'AAAA');
    let status = 404;
    for (let n = 0; n < 100 && status === 404; n++) status = (await outside(guess, '{}')).statusCode;
    expect(status).toBe(429);
    expect((await send(calm)).statusCode).toBe(200);
  });

  it.each(['github', 'standard', 'secret'])(
    'takes its earlier secret (%s) too for a while after a rotation',
    async (scheme) => {
      const first = await make(scheme);
      const rotate = async (overlapSeconds: number) =>
        (await as(team, 'POST', `incoming-webhooks/${first.id}/secret-rotations`, { overlapSeconds })).json<
          Made & { previousUntil: string | null }
        >();
      const taken = async (secret: string) => {
        const sent = JSON.stringify({ n: uuidv7() });
        const now = Math.floor(Date.now() / 1000);
        const headers = {
          github: ofGithub(secret, uuidv7(), sent),
          standard: scheme === 'standard' ? webhookHeaders([secret], { id: uuidv7(), timestamp: now, body: sent }) : {},
          secret: { 'x-webhook-secret': secret, 'webhook-id': uuidv7() },
        }[scheme]!;
        return (await outside(first.url, sent, headers as Record<string, string>)).statusCode;
      };
      const second = await rotate(3600);
      expect(second.previousUntil).not.toBeNull();
      expect([await taken(first.secret), await taken(second.secret)]).toEqual([200, 200]);
      const third = await rotate(3600);
      expect([await taken(first.secret), await taken(second.secret), await taken(third.secret)]).toEqual([
        401, 200, 200,
      ]);
      const over = `update incoming_webhook set previous_until = now() where id = $1 returning 1`;
      await room.rows(over, [first.id]);
      expect([await taken(second.secret), await taken(third.secret)]).toEqual([401, 200]);
      const last = await rotate(0);
      expect(last.previousUntil).toBeNull();
      expect([await taken(third.secret), await taken(last.secret)]).toEqual([401, 200]);
      expect((await told(first.id)).filter(({ type }) => type === 'incoming_webhook.secret_rotated')).toMatchObject([
        { data: { previousUntil: second.previousUntil } },
        {},
        { data: { previousUntil: null } },
      ]);
      expect((await as(other, 'POST', `incoming-webhooks/${first.id}/secret-rotations`, {})).statusCode).toBe(404);
    },
  );

  it('is found by the filter language', async () => {
    const mine = await room.make.workspace().create();
    for (const scheme of ['github', 'secret'])
      await as(mine, 'POST', 'incoming-webhooks', { name: `By ${scheme}`, scheme });
    const list = async (filter: string) => as(mine, 'GET', `incoming-webhooks?filter=${encodeURIComponent(filter)}`);
    const names = async (filter: string) =>
      (await list(filter)).json<{ items: { name: string }[] }>().items.map(({ name }) => name);
    expect(await names('name:github scheme:github enabled:true received:0')).toEqual(['By github']);
    expect(await names('')).toEqual(['By secret', 'By github']);
    expect(await names('received>0')).toEqual([]);
    expect((await list('colour:red')).json()).toMatchObject({ code: 'filter_refused' });
  });

  it('may come as a form, as GitHub sends it unless told otherwise', async () => {
    const { id, url, secret } = await make('github');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = new URLSearchParams({ payload: body }).toString();
    const answer = await outside(url, sent, { ...ofGithub(secret, uuidv7(), sent), ...form });
    expect([answer.statusCode, answer.json()]).toEqual([200, { received: true, repeated: false }]);
    expect(await received(id)).toMatchObject([{ data: { body: JSON.parse(body) } }]);
    const odd = await outside(url, 'a=b', { ...ofGithub(secret, uuidv7(), 'a=b'), ...form });
    expect([odd.statusCode, odd.json().detail]).toEqual([415, expect.stringContaining('application/json')]);
    await room.rows('update incoming_webhook set received = 5000000000 where id = $1 returning 1', [id]);
    expect(await shown(id)).toMatchObject({ received: 5_000_000_000 });
  });

  it('is taken by Standard Webhooks while it is fresh, and by its secret', async () => {
    const standard = await make('standard');
    const sign = (timestamp: number, id = uuidv7()) => webhookHeaders([standard.secret], { id, timestamp, body });
    const now = Math.floor(Date.now() / 1000);
    expect((await outside(standard.url, body, sign(now))).statusCode).toBe(200);
    for (const stamp of [now - 400, now + 400])
      expect((await outside(standard.url, body, sign(stamp))).statusCode).toBe(401);
    const plain = await make('secret');
    const headers = { 'x-webhook-secret': plain.secret, 'webhook-id': 'one' };
    expect((await outside(plain.url, body, headers)).json()).toMatchObject({ repeated: false });
    expect((await outside(plain.url, body, headers)).json()).toMatchObject({ repeated: true });
    expect(await received(plain.id)).toHaveLength(1);
  });

  it.each<[string, string, (secret: string) => Record<string, string>]>([
    ['no signature', 'github', () => ({})],
    ['a signature by another secret', 'github', () => ofGithub('another')],
    [
      'the signature of another body',
      'standard',
      (s) => webhookHeaders([s], { id: 'a', timestamp: Math.floor(Date.now() / 1000), body: '{}' }),
    ],
    [
      'an older digest of GitHub',
      'github',
      (s) => ({ ...ofGithub(s), 'x-hub-signature-256': '', 'x-hub-signature': 'sha1=aa' }),
    ],
    ['a wrong secret', 'secret', () => ({ 'x-webhook-secret': 'wrong', 'webhook-id': 'a' })],
    ['no id', 'secret', (s) => ({ 'x-webhook-secret': s })],
  ])('refuses %s, and counts it', async (_, scheme, headers) => {
    const { id, url, secret } = await make(scheme);
    const answer = await outside(url, body, headers(secret));
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'incoming_webhook_refused']);
    expect(answer.body).not.toContain(secret);
    expect(await shown(id)).toMatchObject({ received: 0, refused: 1, lastRefusal: expect.stringMatching(/\.$/) });
    expect(await received(id)).toEqual([]);
  });

  it('that is signed and no JSON, too large, switched off or removed makes no event', async () => {
    const { id, url, secret } = await make('secret');
    const headers = () => ({ 'x-webhook-secret': secret, 'webhook-id': uuidv7() });
    expect((await outside(url, '{"a":', headers())).statusCode).toBe(400);
    expect((await outside(url, JSON.stringify('x'.repeat(200_000)), headers())).statusCode).toBe(413);
    expect((await as(team, 'PATCH', `incoming-webhooks/${id}`, { enabled: false })).json()).toMatchObject({
      enabled: false,
    });
    expect((await outside(url, body, headers())).statusCode).toBe(404);
    await as(team, 'PATCH', `incoming-webhooks/${id}`, { enabled: true });
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect((await as(other, method, `incoming-webhooks/${id}`, method === 'PATCH' ? {} : undefined)).statusCode).toBe(
        404,
      );
    expect((await as(team, 'DELETE', `incoming-webhooks/${id}`)).statusCode).toBe(204);
    expect((await outside(url, body, headers())).statusCode).toBe(404);
    expect((await told(id)).map(({ type }) => type)).toEqual([
      'incoming_webhook.created',
      'incoming_webhook.updated',
      'incoming_webhook.updated',
      'incoming_webhook.deleted',
    ]);
  });
});
