import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { UsersModule } from '#modules/users/index.js';
import { Transactions } from '#platform/database/index.js';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { FiltersModule } from '#platform/filters/index.js';
import { HttpClientModule } from '#platform/http-client/index.js';
import { NotificationKindsModule } from '#platform/notifications/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { FakeChat } from '#test/chats.js';
import { factory, type Factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { type BrowserSubscription, FakePushService } from '#test/push-service.js';
import { NotificationsModule } from '../notifications.module.js';
import { ChannelEndings } from './channel-endings.js';
import { ChannelSettings } from './channel-settings.js';
import type { ChannelShown, DeviceShown, MadeChannel, Tested } from './channels.schemas.js';

let started: TestApplication;
let make: Factory;
let team: TestWorkspace;
let slack: FakeChat;
let discord: FakeChat;
let push: FakePushService;

beforeAll(async () => {
  [slack, discord, push] = await Promise.all([FakeChat.slack(), FakeChat.discord(), FakePushService.start()]);
  const rooms = [FiltersModule, HttpClientModule, NotificationKindsModule, UsersModule, NotificationsModule];
  started = await startApplication(rooms, {
    SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.1',
    SIGNALBOX_SLACK_ORIGINS: slack.origin,
    SIGNALBOX_DISCORD_ORIGINS: discord.origin,
    SIGNALBOX_CHANNEL_HTTP_ORIGINS: push.origin,
  });
  make = factory(started.app);
  team = await make.workspace().create();
});
afterAll(async () => {
  await started.close();
  await Promise.all([slack.stop(), discord.stop(), push.stop()]);
});

const call = async <T>(who: TestPerson, method: string, url: string, payload?: object, headers = {}) => {
  const all = { ...who.headers, ...headers };
  const answer = await started.request(method, url, { headers: all, ...(payload ? { payload } : {}) });
  return { status: answer.statusCode, headers: answer.headers, body: (answer.body ? answer.json() : {}) as T };
};
const OWN = '/api/v1/me/channels';
const DEVICES = '/api/v1/me/push-devices';
const slackUrl = () => `${slack.origin}/services/T0/B0/verysecretpart`;
const member = () => make.person().in(team).create();
const own = async (who: TestPerson, more: object = {}) => {
  const body = { workspaceId: team.id, kind: 'slack', name: 'Mine', url: slackUrl(), ...more };
  return (await call<MadeChannel>(who, 'POST', OWN, body)).body;
};
const shared = async (more: object = {}) => {
  const body = { kind: 'slack', name: 'Ours', url: slackUrl(), ...more };
  return (await call<MadeChannel>(team.owner, 'POST', team.url('channels'), body)).body;
};
const told = async (subjectId: string) => (await started.events({ subjectId })).map(({ type }) => type);
const rowOf = async (id: string) =>
  (await started.rows<Record<string, string>>('select * from notification_channel where id = $1', [id]))[0]!;

describe('a channel of one’s own', () => {
  it('is made, seen by nobody else, and told of without what leads there', async () => {
    const [ada, eve] = await Promise.all([member(), member()]);
    const made = await own(ada);
    expect(made).toMatchObject({ kind: 'slack', name: 'Mine', shared: false, enabled: true, secret: null, version: 1 });
    expect(made.address).toBe(`${new URL(slack.origin).host}/…part`);
    expect((await call<ChannelShown>(ada, 'GET', `${OWN}/${made.id}`)).body.id).toBe(made.id);
    expect((await call<ChannelShown>(eve, 'GET', `${OWN}/${made.id}`)).status).toBe(404);
    expect((await call(team.owner, 'GET', team.url(`channels/${made.id}`))).status).toBe(404);
    expect((await call<{ items: ChannelShown[] }>(eve, 'GET', OWN)).body.items).toEqual([]);
    const [event] = await started.events({ subjectId: made.id });
    expect(event).toMatchObject({ type: 'channel.created', workspaceId: team.id, actor: { id: ada.id } });
    expect(event!.data).toEqual({ kind: 'slack', name: 'Mine', shared: false });
    expect(JSON.stringify(await rowOf(made.id))).not.toContain('verysecret');
  });

  it('is for members of its workspace, as long as they are', async () => {
    const stranger = await make.person().create();
    const body = { workspaceId: team.id, kind: 'slack', name: 'Mine', url: slackUrl() };
    expect((await call(stranger, 'POST', OWN, body)).status).toBe(404);
    expect((await call(stranger, 'POST', OWN, { ...body, workspaceId: uuidv7() })).status).toBe(404);
    const leaver = await member();
    const { id } = await own(leaver);
    await make.sql('delete from membership where user_id = $1 returning user_id', [leaver.id]);
    expect((await call(leaver, 'GET', `${OWN}/${id}`)).status).toBe(404);
    expect((await call(leaver, 'POST', `${OWN}/${id}/tests`)).status).toBe(404);
    expect((await call(leaver, 'DELETE', `${OWN}/${id}`)).status).toBe(404);
  });

  it('changes only for who saw it last, and each change is told', async () => {
    const ada = await member();
    const { id } = await own(ada);
    const stale = await call(ada, 'PATCH', `${OWN}/${id}`, { name: 'Other' }, { 'if-match': 'W/"7"' });
    expect(stale.status).toBe(412);
    const changed = await call<ChannelShown>(ada, 'PATCH', `${OWN}/${id}`, { name: 'Other' }, { 'if-match': 'W/"1"' });
    expect(changed.body).toMatchObject({ name: 'Other', version: 2 });
    await call(ada, 'PATCH', `${OWN}/${id}`, { name: 'Other' });
    expect(await told(id)).toEqual(['channel.created', 'channel.updated']);
    const [renamed] = await started.events({ subjectId: id, type: 'channel.updated' });
    expect(renamed!.data).toMatchObject({
      name: 'Other',
      state: 'enabled',
      changed: ['name'],
      before: { name: expect.any(String) },
    });
    expect((await call(ada, 'DELETE', `${OWN}/${id}`, undefined, { 'if-match': 'W/"1"' })).status).toBe(412);
    expect((await call(ada, 'DELETE', `${OWN}/${id}`)).status).toBe(204);
    expect(await told(id)).toEqual(['channel.created', 'channel.updated', 'channel.removed']);
    expect(await rowOf(id)).toMatchObject({ settings: '' });
    expect((await call(ada, 'GET', `${OWN}/${id}`)).status).toBe(404);
  });

  it.each([
    ['slack', 'https://hooks.slack.com.evil.example/services/T/B/x', '/body/url'],
    ['slack', 'https://user:pw@hooks.slack.com/services/T/B/x', '/body/url'],
    ['discord', 'https://example.com/api/webhooks/1/x', '/body/url'],
    ['webhook', 'http://example.com/hook', '/body/url'],
    ['webhook', 'file:///etc/passwd', '/body/url'],
    ['webhook', 'not an address', '/body/url'],
  ])('does not lead where a %s channel must not: %s', async (kind, url, path) => {
    const ada = await member();
    const body = { workspaceId: team.id, kind, name: 'Mine', url };
    const answer = await call<{ errors: { path: string }[] }>(ada, 'POST', OWN, body);
    expect([answer.status, answer.body.errors[0]?.path]).toEqual([400, path]);
    expect((await call<{ items: unknown[] }>(ada, 'GET', OWN)).body.items).toEqual([]);
  });

  it('shows the secret of a webhook once, and takes one of those that are any', async () => {
    const ada = await member();
    const made = await own(ada, { kind: 'webhook', url: 'https://example.com/hook/of/mine' });
    expect(made.secret).toMatch(/^whsec_/);
    expect((await call<MadeChannel>(ada, 'GET', `${OWN}/${made.id}`)).body.secret).toBeUndefined();
    const body = { workspaceId: team.id, kind: 'webhook', name: 'W', url: 'https://example.com/', secret: 'hunter2' };
    const refused = await call<{ code: string }>(ada, 'POST', OWN, body);
    expect([refused.status, refused.body.code]).toEqual([400, 'channel_secret_refused']);
    expect((await call(ada, 'PATCH', `${OWN}/${(await own(ada)).id}`, { secret: made.secret })).status).toBe(400);
    const moved = await call(ada, 'PATCH', `${OWN}/${made.id}`, { url: 'https://example.com/elsewhere' });
    expect(moved.status).toBe(200);
    const { settings } = await rowOf(made.id);
    const kept = started.app.get(ChannelSettings).open('webhook', made.id, settings!);
    expect(kept).toEqual({ url: 'https://example.com/elsewhere', secret: made.secret });
  });
});

describe('a shared channel', () => {
  it('is for those with the permission, and seen by all of the workspace', async () => {
    const [viewer, admin] = await Promise.all([
      make.person().in(team, 'viewer').create(),
      make.person().in(team, 'admin').create(),
    ]);
    const body = { kind: 'discord', name: 'Ours', url: `${discord.origin}/api/webhooks/7/token` };
    expect((await call(viewer, 'POST', team.url('channels'), body)).status).toBe(403);
    const made = (await call<MadeChannel>(admin, 'POST', team.url('channels'), body)).body;
    expect(made).toMatchObject({ shared: true, workspaceId: team.id });
    const seen = await call<{ items: ChannelShown[] }>(viewer, 'GET', team.url('channels'));
    expect(seen.body.items.map(({ id }) => id)).toContain(made.id);
    expect((await call(viewer, 'GET', `${OWN}/${made.id}`)).status).toBe(404);
    expect((await call(admin, 'GET', `${OWN}/${made.id}`)).status).toBe(404);
  });

  it('ends when its other side is gone: a test says so, its maker is told, and a new address switches it on', async () => {
    const { id } = await shared({ name: 'Gone soon' });
    const test = () => call<Tested>(team.owner, 'POST', team.url(`channels/${id}/tests`));
    expect((await test()).body).toEqual({ ok: true, answer: '200 ok' });
    slack.refuse({ status: 410, body: 'channel_is_archived' });
    const answer = 'Slack no longer knows the webhook or its channel: 410 channel_is_archived';
    expect((await test()).body).toEqual({ ok: false, answer });
    const { body } = await call<ChannelShown>(team.owner, 'GET', team.url(`channels/${id}`));
    expect(body).toMatchObject({ enabled: false, disabledReason: answer, version: 2 });
    expect(await told(id)).toEqual(['channel.created', 'channel.disabled']);
    const mail = await started.mailTo(team.owner.email);
    expect(mail.subject).toBe('Your channel “Gone soon” was switched off');
    expect(mail.text).toContain('channel_is_archived');
    // A second notice of the same changes nothing.
    await started.app.get(Transactions).run((em) => started.app.get(ChannelEndings).end(em, id, 'Once more.'));
    expect(await told(id)).toHaveLength(2);
    const on = await call<ChannelShown>(team.owner, 'PATCH', team.url(`channels/${id}`), { enabled: true });
    expect(on.body).toMatchObject({ enabled: true, disabledReason: null });
  });

  it('whose maker has left ends before the eyes of the workspace’s owners, each in their language', async () => {
    const place = await make.workspace().create();
    const maker = await make.person().in(place, 'admin').create();
    const second = await make.person().in(place, 'owner').prefers({ locale: 'zh-CN' }).create();
    const body = { kind: 'slack', name: 'Orphan', url: slackUrl() };
    const { id } = (await call<MadeChannel>(maker, 'POST', place.url('channels'), body)).body;
    await make.sql('delete from membership where user_id = $1 returning user_id', [maker.id]);
    await started.app.get(Transactions).run((em) => started.app.get(ChannelEndings).end(em, id, 'It is gone.'));
    const [english, chinese] = [await started.mailTo(place.owner.email), await started.mailTo(second.email)];
    expect(english.subject).toBe('Your channel “Orphan” was switched off');
    expect(english.text).toContain('who made the channel has left');
    expect(chinese.subject).toBe('您的渠道“Orphan”已停用');
    const mails = `select payload->>'to' from job where subject_id = $1`;
    expect(await started.rows(mails, [id])).toHaveLength(2);
  });

  it('has a last place, which one of two requests at once takes', async () => {
    const crowded = await make.workspace().create();
    await make.sql(
      `insert into notification_channel (id, workspace_id, kind, name, settings)
       select gen_random_uuid(), $1, 'slack', 'One of many', '' from generate_series(1, 199) returning id`,
      [crowded.id],
    );
    const body = { kind: 'slack', name: 'Last', url: slackUrl() };
    const twice = [1, 2].map(() => call<{ code?: string }>(crowded.owner, 'POST', crowded.url('channels'), body));
    const answers = await Promise.all(twice);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('too_many_channels');
  });

  it('says what the other side said to a test, whatever that is', async () => {
    const { id } = await shared();
    const test = async () => (await call<Tested>(team.owner, 'POST', team.url(`channels/${id}/tests`))).body;
    slack.refuse({ status: 429, headers: { 'retry-after': '3' } }, { status: 403, body: 'action_prohibited' });
    expect(await test()).toEqual({ ok: false, answer: 'Slack answered: 429' });
    expect(await test()).toEqual({ ok: false, answer: 'Slack answered: 403 action_prohibited' });
    expect(await rowOf(id)).toMatchObject({ disabled_reason: null });
  });
});

describe('a browser that takes push messages', () => {
  const key = async (who: TestPerson) =>
    (await call<{ publicKey: string }>(who, 'GET', '/api/v1/me/push-key')).body.publicKey;
  const add = async (who: TestPerson, browser: BrowserSubscription, name = 'Firefox') =>
    call<DeviceShown>(who, 'POST', DEVICES, { name, ...browser });

  it('is added with the key of the instance, tested, and removed', async () => {
    const ada = await member();
    const browser = push.subscribe(await key(ada));
    const made = await add(ada, browser);
    expect([made.status, made.body.service]).toEqual([201, new URL(push.origin).host]);
    expect((await call<Tested>(ada, 'POST', `${DEVICES}/${made.body.id}/tests`)).body).toMatchObject({ ok: true });
    expect(JSON.parse(push.received(browser)[0]!.text)).toMatchObject({ title: 'A test from Signalbox' });
    const eve = await member();
    expect((await call(eve, 'POST', `${DEVICES}/${made.body.id}/tests`)).status).toBe(404);
    expect((await call(eve, 'DELETE', `${DEVICES}/${made.body.id}`)).status).toBe(404);
    expect((await call(ada, 'DELETE', `${DEVICES}/${made.body.id}`)).status).toBe(204);
    expect((await call<{ items: unknown[] }>(ada, 'GET', DEVICES)).body.items).toEqual([]);
    const events = await started.events({ subjectId: made.body.id });
    expect(events.map(({ type }) => type)).toEqual(['channel.created', 'channel.removed']);
    expect(events[0]).toMatchObject({ workspaceId: SYSTEM_WORKSPACE, data: { kind: 'push', shared: false } });
  });

  it('is one device however often it is added, also at once', async () => {
    const ada = await member();
    const browser = push.subscribe(await key(ada));
    const answers = await Promise.all(['One', 'Two', 'Three'].map((name) => add(ada, browser, name)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const { items } = (await call<{ items: DeviceShown[] }>(ada, 'GET', DEVICES)).body;
    expect(items).toHaveLength(1);
  });

  const kept = async (who: TestPerson) =>
    (await call<{ items: DeviceShown[] }>(who, 'GET', DEVICES)).body.items.map(({ id }) => id);

  it('is of who signed in there last: whoever was there before gets nothing on that screen any more', async () => {
    const [ada, eve] = await Promise.all([member(), member()]);
    const browser = push.subscribe(await key(ada));
    const { id } = (await add(ada, browser)).body;
    const hers = (await add(eve, browser)).body;
    expect([await kept(ada), await kept(eve)]).toEqual([[], [hers.id]]);
    expect(await rowOf(id)).toMatchObject({ settings: '', fingerprint: null });
    const events = await started.events({ subjectId: id });
    expect(events.map(({ type }) => type)).toEqual(['channel.created', 'channel.removed']);
    // Ada is not told who uses it now.
    expect(JSON.stringify(events[1])).not.toContain(eve.id);
  });

  it.each(['auth', 'p256dh'] as const)(
    'is not taken from anybody by who knows its address, but not its %s',
    async (part) => {
      const [ada, eve] = await Promise.all([member(), member()]);
      const [browser, other] = [push.subscribe(await key(ada)), push.subscribe(await key(ada))];
      const { id } = (await add(ada, browser)).body;
      await add(eve, { ...browser, keys: { ...browser.keys, [part]: other.keys[part] } });
      expect(await kept(ada)).toEqual([id]);
      expect(await told(id)).toEqual(['channel.created']);
    },
  );

  it('is one person’s, when two add it at once', async () => {
    const people = await Promise.all([member(), member(), member()]);
    const browser = push.subscribe(await key(people[0]));
    await Promise.all(people.map((who) => add(who, browser)));
    const ids = await Promise.all(people.map(kept));
    expect(ids.flat()).toHaveLength(1);
  });

  it('goes when it has unsubscribed', async () => {
    const ada = await member();
    const browser = push.subscribe(await key(ada));
    const { id } = (await add(ada, browser)).body;
    push.unsubscribe(browser);
    expect((await call<Tested>(ada, 'POST', `${DEVICES}/${id}/tests`)).body).toMatchObject({ ok: false });
    expect((await call<{ items: unknown[] }>(ada, 'GET', DEVICES)).body.items).toEqual([]);
    expect(await told(id)).toEqual(['channel.created', 'channel.removed']);
    expect((await add(ada, push.subscribe(await key(ada)))).status).toBe(201);
  });

  it.each([
    ['a key that is no point of the curve', { p256dh: Buffer.alloc(65, 4).toString('base64url') }, 'p256dh'],
    ['a key of another length', { p256dh: 'BCVx' }, 'p256dh'],
    ['no secret', { auth: '' }, 'auth'],
  ])('is refused with %s', async (_, part, field) => {
    const ada = await member();
    const browser = push.subscribe(await key(ada));
    const answer = await call<{ errors: { path: string }[] }>(ada, 'POST', DEVICES, {
      name: 'Firefox',
      endpoint: browser.endpoint,
      keys: { ...browser.keys, ...part },
    });
    expect([answer.status, answer.body.errors[0]?.path]).toEqual([400, `/body/keys/${field}`]);
  });

  it('is refused without encryption', async () => {
    const ada = await member();
    const browser = push.subscribe(await key(ada));
    const plain = { ...browser, endpoint: 'http://push.example.com/1' };
    expect((await add(ada, plain)).status).toBe(400);
  });
});
