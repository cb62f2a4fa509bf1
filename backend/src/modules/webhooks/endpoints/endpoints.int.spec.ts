import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSubject } from '#platform/personal-data/index.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { type Shown, WebhookRoom } from '#test/webhooks.js';
import { WebhooksPersonalData } from '../webhooks.personal-data.js';

let room: WebhookRoom;
let team: TestWorkspace;
let admin: TestPerson;

const URL = 'https://hooks.invalid/hook?token=abc';
const list = () => team.url('webhook-endpoints');
const at = (id: string, more = '') => team.url(`webhook-endpoints/${id}${more}`);
const row = async (id: string) =>
  (await room.rows<Record<string, unknown>>('select * from webhook_endpoint where id = $1', [id]))[0];
const told = async (subjectId: string) =>
  (await room.application.events({ subjectId })).map(({ type, data }) => ({ type, data }));

beforeAll(async () => {
  room = await WebhookRoom.open();
  team = await room.make.workspace().create();
  admin = await room.make.person().in(team, 'admin').create();
});
afterAll(() => room.close());

describe('an endpoint', () => {
  it('is made with a secret that is shown once, and told of without its address, headers or secret', async () => {
    const body = {
      url: URL,
      types: ['deal.found'],
      headers: { Authorization: 'Bearer hidden' },
      ratePerSecond: 5,
      ordered: true,
    };
    const answer = await room.call(admin, 'POST', list(), body);
    expect(answer.statusCode).toBe(201);
    const made = answer.json<Shown>();
    expect(made).toMatchObject({
      url: URL,
      headerNames: ['authorization'],
      state: 'enabled',
      version: 1,
      ownerId: admin.id,
    });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const kept = JSON.stringify([
      await row(made.id),
      await room.rows('select * from webhook_secret where endpoint_id = $1', [made.id]),
    ]);
    for (const secret of ['hidden', made.secret.slice(6)]) expect(kept).not.toContain(secret);
    const again = await room.call(admin, 'GET', at(made.id));
    expect(again.json()).toEqual({ ...made, secret: undefined, publicKey: undefined });
    const [event, ...more] = await told(made.id);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: 'webhook_endpoint.created',
      data: { host: 'hooks.invalid', types: ['deal.found'] },
    });
    for (const secret of ['token', 'hidden', made.secret]) expect(JSON.stringify(event)).not.toContain(secret);
  });

  it('signs with ed25519 on request, and gives the public key alone', async () => {
    const made = await room.endpoint(team, { secretKind: 'ed25519' });
    expect(made).toMatchObject({ secret: null, publicKey: expect.stringMatching(/^whpk_/) });
  });

  it('is changed, switched off, taken over and removed, and tells of each', async () => {
    const { id } = await room.endpoint(team);
    const changed = await room.call(admin, 'PATCH', at(id), {
      filter: 'type:deal.*',
      ratePerSecond: 3,
      enabled: false,
    });
    expect(changed.json()).toMatchObject({
      filter: 'type:deal.*',
      ratePerSecond: 3,
      state: 'disabled',
      types: ['deal.found'],
    });
    expect((await room.call(admin, 'PATCH', at(id), { types: null }, { 'if-match': 'W/"1"' })).statusCode).toBe(412);
    expect((await room.call(team.owner, 'POST', at(id, '/ownership'))).json()).toMatchObject({
      ownerId: team.owner.id,
    });
    expect((await room.call(admin, 'DELETE', at(id))).statusCode).toBe(204);
    expect((await room.call(admin, 'GET', at(id))).statusCode).toBe(404);
    expect(await row(id)).toMatchObject({ removed_at: expect.anything() });
    expect(await room.rows('select 1 from webhook_secret where endpoint_id = $1', [id])).toEqual([]);
    expect(await told(id)).toMatchObject([
      { type: 'webhook_endpoint.created' },
      {
        type: 'webhook_endpoint.updated',
        data: { before: { state: 'enabled' }, after: { state: 'disabled', ratePerSecond: 3 } },
      },
      { type: 'webhook_endpoint.updated', data: { before: { ownerId: admin.id }, after: { ownerId: team.owner.id } } },
      { type: 'webhook_endpoint.deleted' },
    ]);
  });

  it.each<[string, object, string]>([
    ['a private address', { url: 'http://10.0.0.1/' }, 'address_not_usable'],
    ['an address of the machine by another name', { url: 'http://localhost:9/x' }, 'address_not_usable'],
    ['the metadata of a cloud', { url: 'http://169.254.169.254/latest' }, 'address_not_usable'],
    ['a file', { url: 'file:///etc/passwd' }, 'address_not_usable'],
    ['a password in the address', { url: 'https://a:b@example.com/' }, 'address_not_usable'],
    ['a port of another protocol', { url: 'https://hooks.invalid:25/' }, 'address_not_usable'],
    ['no address', { url: 'hooks' }, 'address_not_usable'],
    ['a wrong filter', { url: URL, filter: 'colour:red' }, 'filter_refused'],
    ['a target that is none', { url: URL, target: 'moon' }, 'target_unknown'],
    ['a type that is none', { url: URL, types: ['moon.landed'] }, 'target_unknown'],
    ['a type that tells of telling', { url: URL, types: ['webhook_delivery.failed'] }, 'target_unknown'],
    ['no type at all', { url: URL, types: [] }, 'validation_failed'],
    ['a header of ours', { url: URL, headers: { 'Webhook-Id': '1' } }, 'header_refused'],
    ['a header of the connection', { url: URL, headers: { 'Transfer-Encoding': 'chunked' } }, 'header_refused'],
    ['a header that is two', { url: URL, headers: { 'x-a': 'b\r\nx-c: d' } }, 'header_refused'],
    ['a header twice', { url: URL, headers: { 'x-a': 'b', 'X-A': 'c' } }, 'header_refused'],
    ['another payload', { url: URL, payloadVersion: 2 }, 'validation_failed'],
    ['a rate of none', { url: URL, ratePerSecond: 0 }, 'validation_failed'],
    ['something unknown', { url: URL, colour: 'red' }, 'validation_failed'],
  ])('refuses %s and keeps nothing', async (_, body, code) => {
    const before = await room.rows('select id from webhook_endpoint');
    const answer = await room.call(admin, 'POST', list(), { types: ['deal.found'], ...body });
    expect([answer.statusCode, answer.json().code]).toEqual([400, code]);
    expect(await room.rows('select id from webhook_endpoint')).toHaveLength(before.length);
  });

  it('is for owners and admins, and hears nothing that its maker may not see', async () => {
    for (const role of ['member', 'viewer'] as const) {
      const plain = await room.make.person().in(team, role).create();
      for (const [method, url] of [
        ['GET', list()],
        ['POST', list()],
      ] as const)
        expect((await room.call(plain, method, url, method === 'POST' ? { url: URL } : undefined)).statusCode).toBe(
          403,
        );
    }
    const narrow = await room.make.apiKey(team, team.owner).scopes('webhooks:write', 'workspace:read').create();
    const answer = await room.call(narrow, 'POST', list(), { url: URL, types: ['deal.found'] });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'events_hidden']);
    const broad = await room.call(narrow, 'POST', list(), { url: URL });
    expect(broad.statusCode).toBe(201);
    expect(await row(broad.json<Shown>().id)).toMatchObject({
      owner_id: team.owner.id,
      owner_scopes: ['webhooks:write', 'workspace:read'],
    });
  });

  it('hears what the caller may once they say where it sends or what, and keeps its headers from other origins', async () => {
    const key = await room.make.apiKey(team, team.owner).scopes('webhooks:write', 'workspace:read').create();
    const headers = { authorization: 'Bearer hidden' };
    const { id } = await room.endpoint(team, { types: null, url: URL, headers }, admin);
    expect((await room.call(key, 'PATCH', at(id), { description: 'Ours' })).json()).toMatchObject({
      ownerId: admin.id,
    });
    for (const change of [{ filter: '' }, { types: null }, { url: `${URL}&more` }]) {
      await room.call(admin, 'POST', at(id, '/ownership'));
      expect((await room.call(key, 'PATCH', at(id), change)).statusCode).toBe(200);
      expect(await row(id)).toMatchObject({
        owner_id: team.owner.id,
        owner_scopes: ['webhooks:write', 'workspace:read'],
        header_names: ['authorization'],
      });
    }
    expect((await told(id)).at(-1)).toMatchObject({
      data: { before: { ownerId: admin.id }, after: { ownerId: team.owner.id } },
    });
    const moved = await room.call(key, 'PATCH', at(id), { url: 'https://other.invalid/' });
    expect(moved.json()).toMatchObject({ url: 'https://other.invalid/', headerNames: [] });
    expect(await row(id)).toMatchObject({ headers: null });
    const given = await room.call(admin, 'PATCH', at(id), { url: URL, headers });
    expect(given.json()).toMatchObject({ headerNames: ['authorization'], ownerId: admin.id });
    const typed = await room.endpoint(team, { url: URL }, admin);
    const refused = await room.call(key, 'PATCH', at(typed.id), { url: 'https://other.invalid/' });
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'events_hidden']);
    expect(await row(typed.id)).toMatchObject({ url: URL, owner_id: admin.id, version: 1 });
  });

  it('is in the data of its owner by its host, while they belong to the workspace', async () => {
    const leaver = await room.make.person().in(team, 'admin').create();
    await room.endpoint(team, { url: URL }, leaver);
    const rows = async () => {
      const [file] = room.application.app.get(WebhooksPersonalData).files({ id: leaver.id } as DataSubject);
      const all = [];
      for await (const one of file!.rows()) all.push(one);
      return all;
    };
    const [mine, ...more] = await rows();
    expect(more).toEqual([]);
    expect(mine).toMatchObject({ host: 'hooks.invalid' });
    expect(JSON.stringify(mine)).not.toContain('token');
    await room.rows('delete from membership where user_id = $1 returning 1', [leaver.id]);
    expect(await rows()).toEqual([]);
  });

  it('is found by the filter language', async () => {
    const mine = await room.make.workspace().create();
    const [one, two] = [
      await room.endpoint(mine, { url: 'https://one.invalid/x', description: 'Deals for the Café' }),
      await room.endpoint(mine, { url: 'https://two.invalid/x', ordered: true }),
    ];
    await room.call(mine.owner, 'PATCH', mine.url(`webhook-endpoints/${two.id}`), { enabled: false });
    const listed = (filter: string) =>
      room.call(mine.owner, 'GET', mine.url(`webhook-endpoints?filter=${encodeURIComponent(filter)}`));
    const found = async (filter: string) =>
      (await listed(filter)).json<{ items: { id: string }[] }>().items.map(({ id }) => id);
    expect(await found(`state:enabled host:one.invalid description:cafe owner:${mine.owner.id}`)).toEqual([one.id]);
    expect(await found('-state:enabled ordered:true hook:false')).toEqual([two.id]);
    expect(await found('failing>-1d')).toEqual([]);
    expect((await listed('colour:red')).json()).toMatchObject({ code: 'filter_refused' });
  });

  it('keeps nothing but the host of its address when it is removed', async () => {
    const { id } = await room.endpoint(team, { url: URL, headers: { 'x-token': 'hidden' } });
    await room.call(admin, 'DELETE', at(id));
    expect(await row(id)).toMatchObject({ url: 'https://hooks.invalid/', headers: null, header_names: [] });
    expect((await told(id)).at(-1)).toMatchObject({ data: { host: 'hooks.invalid' } });
  });

  it('is not found in another workspace', async () => {
    const { id } = await room.endpoint(team);
    const other = await room.make.workspace().create();
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/ownership'],
      ['POST', '/secret-rotations'],
      ['GET', '/secrets'],
    ] as const) {
      const url = other.url(`webhook-endpoints/${id}${path}`);
      expect(
        (await room.call(other.owner, method, url, method === 'GET' || method === 'DELETE' ? undefined : {}))
          .statusCode,
      ).toBe(404);
    }
    expect(await row(id)).toMatchObject({ removed_at: null, version: 1 });
  });
});

describe('a rotation', () => {
  it('without overlap ends the earlier secret also when another clock made it', async () => {
    const { id } = await room.endpoint(team);
    await room.rows(
      `update webhook_secret set created_at = now() + interval '1 hour' where endpoint_id = $1 returning 1`,
      [id],
    );
    const made = (await room.call(admin, 'POST', at(id, '/secret-rotations'), { overlapSeconds: 0 })).json<Shown>();
    expect(await room.rows('select id from webhook_secret where endpoint_id = $1', [id])).toEqual([{ id: made.id }]);
  });

  it('keeps the earlier secret for the overlap, and ends it at once without one', async () => {
    const { id } = await room.endpoint(team);
    const rotate = (body: object) => room.call(admin, 'POST', at(id, '/secret-rotations'), body);
    const first = await rotate({ overlapSeconds: 60 });
    expect(first.json()).toMatchObject({ kind: 'hmac', secret: expect.stringMatching(/^whsec_/), expiresAt: null });
    const inUse = async () =>
      (await room.call(admin, 'GET', at(id, '/secrets'))).json<{
        items: { kind: string; expiresAt: string | null }[];
      }>().items;
    expect((await inUse()).map(({ expiresAt }) => expiresAt !== null)).toEqual([false, true]);
    expect((await rotate({ kind: 'ed25519', overlapSeconds: 0 })).json()).toMatchObject({
      secret: null,
      publicKey: expect.stringMatching(/^whpk_/),
    });
    expect(await inUse()).toMatchObject([{ kind: 'ed25519', expiresAt: null }]);
    expect(await told(id)).toMatchObject([
      {},
      { type: 'webhook_endpoint.secret_rotated', data: { kind: 'hmac', previousUntil: expect.any(String) } },
      { type: 'webhook_endpoint.secret_rotated', data: { kind: 'ed25519', previousUntil: null } },
    ]);
  });
});
