import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { Room, type Shown } from '#test/subscriptions.js';
import { Unsubscriptions } from './unsubscriptions.js';

let room: Room;
let team: TestWorkspace;
let ada: TestPerson;
let links: Unsubscriptions;

const ONE_CLICK = 'List-Unsubscribe=One-Click';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const path = ({ id }: Pick<Shown, 'id'>) => new URL(links.url(id)).pathname;
const paused = async ({ id }: Pick<Shown, 'id'>) =>
  (
    await room.rows<{ paused: boolean; version: number }>('select paused, version from subscription where id = $1', [
      id,
    ])
  )[0];
const told = async ({ id }: Pick<Shown, 'id'>) =>
  (await room.application.events({ subjectId: id })).map(({ type }) => type);

beforeAll(async () => {
  room = await Room.open();
  team = await room.make.workspace().create();
  ada = await room.make.person().in(team).create();
  links = room.application.app.get(Unsubscriptions);
});
afterAll(() => room.close());

describe('one click in a mail program', () => {
  it('pauses the subscription without sign-in, in the name of its owner, and once', async () => {
    const subscription = await room.subscribe(ada, team, 'origin:NYC', { name: 'Lisbon <b>&</b> "more"' });
    for (let click = 0; click < 3; click++) {
      const answer = await room.call(null, 'POST', path(subscription), ONE_CLICK, FORM);
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(answer.body).toContain('“Lisbon &lt;b&gt;&amp;&lt;/b&gt; &quot;more&quot;”');
    }
    expect(await paused(subscription)).toEqual({ paused: true, version: 2 });
    const events = await room.application.events({ subjectId: subscription.id });
    expect(events.map(({ type }) => type)).toEqual(['subscription.created', 'subscription.updated']);
    expect(events[1]).toMatchObject({
      actor: { kind: 'user', id: ada.id },
      data: { before: { paused: false }, after: { paused: true } },
    });
  });

  it.each([
    [
      'a form with parts',
      `--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n`,
      'multipart/form-data; boundary=b',
    ],
    ['nothing', undefined, undefined],
    ['nothing, said to be a form', '', FORM['content-type']],
    ['JSON', '{"List-Unsubscribe":"One-Click"}', 'application/json'],
  ])('takes %s', async (_, body, type) => {
    const subscription = await room.subscribe(ada, team, '');
    const answer = await room.call(null, 'POST', path(subscription), body, type ? { 'content-type': type } : {});
    expect(answer.statusCode).toBe(200);
    expect(await paused(subscription)).toMatchObject({ paused: true });
  });

  it('takes it from another site, with a stale token and a cookie that mean nothing here', async () => {
    const subscription = await room.subscribe(ada, team, '');
    const answer = await room.call(null, 'POST', path(subscription), ONE_CLICK, {
      ...FORM,
      origin: 'https://mail.example',
      'sec-fetch-site': 'cross-site',
      authorization: 'Bearer expired',
      cookie: 'signalbox-session=nothing',
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await paused(subscription)).toMatchObject({ paused: true });
  });

  it('says done for a subscription that is gone, and changes nothing', async () => {
    const subscription = await room.subscribe(ada, team, '');
    await room.call(ada, 'DELETE', team.url(`subscriptions/${subscription.id}`));
    const answer = await room.call(null, 'POST', path(subscription), ONE_CLICK, FORM);
    expect([answer.statusCode, answer.body]).toEqual([
      200,
      expect.stringContaining('This subscription sends you no more'),
    ]);
    expect(await told(subscription)).toEqual(['subscription.created', 'subscription.deleted']);
    expect((await room.call(null, 'POST', path({ id: uuidv7() }), ONE_CLICK, FORM)).statusCode).toBe(200);
  });

  it('can be taken back by the owner, and clicked again', async () => {
    const subscription = await room.subscribe(ada, team, '');
    await room.call(null, 'POST', path(subscription), ONE_CLICK, FORM);
    await room.call(ada, 'PATCH', team.url(`subscriptions/${subscription.id}`), { paused: false });
    expect(await paused(subscription)).toEqual({ paused: false, version: 3 });
    await room.call(null, 'POST', path(subscription), ONE_CLICK, FORM);
    expect(await paused(subscription)).toEqual({ paused: true, version: 4 });
  });
});

describe('the language', () => {
  it('is that of the person, whatever the browser asks for', async () => {
    const li = await room.make.person().in(team).create();
    await room.rows(`update user_account set locale = 'zh-CN' where id = $1 returning id`, [li.id]);
    const subscription = await room.subscribe(li, team, '', { name: '里斯本' });
    const english = { 'accept-language': 'en-GB' };
    const asked = (await room.call(null, 'GET', path(subscription), undefined, english)).body;
    expect(asked).toContain('<html lang="zh-Hans">');
    expect(asked).toContain('停止接收这些提醒？');
    const done = (await room.call(null, 'POST', path(subscription), ONE_CLICK, { ...FORM, ...english })).body;
    expect(done).toContain('您的订阅“里斯本”不会再向您发送邮件。');
  });

  it('is that of the browser where nobody is known, also where the link is refused', async () => {
    const chinese = { 'accept-language': 'fr, zh-CN;q=0.9, en;q=0.8', accept: 'text/html,*/*;q=0.8' };
    const gone = await room.call(null, 'POST', path({ id: uuidv7() }), ONE_CLICK, { ...FORM, ...chinese });
    expect(gone.body).toContain('该订阅不会再向您发送邮件。');
    const lost = await room.call(null, 'GET', '/api/v1/unsubscriptions/nothing', undefined, chinese);
    expect([lost.statusCode, lost.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(lost.headers['content-security-policy']).toContain("default-src 'none'");
    expect(lost.body).toContain('该链接无效');
    const english = await room.call(null, 'GET', '/api/v1/unsubscriptions/nothing', undefined, { accept: 'text/html' });
    expect(english.body).toContain('This link does not work');
  });
});

describe('following the link', () => {
  it('asks, and changes nothing however often a scanner looks', async () => {
    const subscription = await room.subscribe(ada, team, '', { name: 'Secret plans' });
    for (const method of ['GET', 'HEAD', 'GET']) {
      const answer = await room.call(null, method, path(subscription));
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['content-security-policy']).toContain("form-action 'self'");
    }
    const page = (await room.call(null, 'GET', path(subscription))).body;
    expect(page).toContain('<form method="post">');
    expect(page).not.toMatch(/<script|style=|Secret plans/);
    expect(page).toContain('<html lang="en">');
    expect(await paused(subscription)).toEqual({ paused: false, version: 1 });
    expect(await told(subscription)).toEqual(['subscription.created']);
  });

  it.each([
    ['another subscription', (own: string, other: string) => `${other}.${own.slice(own.indexOf('.') + 1)}`],
    ['a changed signature', (own: string) => own.slice(0, -9) + (own.at(-9) === 'A' ? 'B' : 'A') + own.slice(-8)],
    ['no signature', (own: string) => own.split('.')[0] ?? ''],
    ['an empty signature', (own: string) => `${own.split('.')[0]}.`],
    ['a key that we never had', (own: string) => own.replace(/\.[^.]+\./, '.nope.')],
    ['nothing like a token', () => '%00%F0%9F%92%A9'],
    ['a very long one', () => 'a'.repeat(201)],
  ])('refuses %s', async (_, forge) => {
    const [subscription, other] = [await room.subscribe(ada, team, ''), await room.subscribe(ada, team, '')];
    const own = path(subscription).split('/').at(-1) ?? '';
    const forged = `/api/v1/unsubscriptions/${forge(own, other.id)}`;
    for (const method of ['GET', 'POST']) {
      const answer = await room.call(
        null,
        method,
        forged,
        method === 'POST' ? ONE_CLICK : undefined,
        method === 'POST' ? FORM : {},
      );
      expect([400, 404, 414]).toContain(answer.statusCode);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json()).toMatchObject({ detail: expect.stringMatching(/\.$/) });
    }
    for (const one of [subscription, other]) expect(await paused(one)).toEqual({ paused: false, version: 1 });
  });
});
