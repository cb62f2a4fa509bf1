import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Transactions } from '#platform/database/index.js';
import type { ToldEvent } from '#platform/notifications/index.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { happened, notificationOf, tell } from '#test/notifications.js';
import { Room } from '#test/subscriptions.js';
import { Suppressions } from '../suppressions/suppressions.js';

jest.setTimeout(60_000);

let room: Room;
let team: TestWorkspace;
let side: TestWorkspace;
let event: ToldEvent;

beforeAll(async () => {
  room = await Room.open();
  [team, side] = [await room.make.workspace().create(), await room.make.workspace().create()];
  event = await happened(room, team, { title: 'Boston to Lisbon' });
});
afterAll(() => room.close());

const OWN = '/api/v1/me/notification-preferences';
const inTeam = (workspace = team) => `/api/v1/me/memberships/${workspace.id}/notification-preferences`;
const put = (who: TestPerson, url: string, rules: object[], headers: Record<string, string> = {}) =>
  room.call(who, 'PUT', url, { rules }, headers);
const rule = (topic: string, channel: string, enabled: boolean) => ({ topic, channel, enabled });
interface Shown {
  rules: object[];
  version: number;
  effective: { topic: string; channels: string[]; mandatory: boolean }[];
}
const shown = async (who: TestPerson, url = OWN) => (await room.call(who, 'GET', url)).json<Shown>();
const effective = async (who: TestPerson, topic: string, url = OWN) =>
  (await shown(who, url)).effective.find((one) => one.topic === topic);
/** The channels that a notification of the event goes to. */
async function ways(who: TestPerson, workspaceId = team.id, of = event): Promise<string[]> {
  const one = notificationOf({ userId: who.id, workspaceId }, [of]);
  await tell(room, [one]);
  const rows = await room.rows<{ channel: string }>('select channel from delivery where notification_id = $1', [
    one.id,
  ]);
  return rows.map(({ channel }) => channel).sort();
}
const device = (who: TestPerson) =>
  room.rows(
    `insert into notification_channel (id, user_id, kind, name, settings) values ($1, $2, 'push', 'Browser', 'sealed') returning id`,
    [uuidv7(), who.id],
  );

describe('preferences', () => {
  it('are mail and browsers while nothing was said, and a workspace comes before all of them', async () => {
    const ada = await room.make.person().in(team).in(side).create();
    await device(ada);
    expect(await shown(ada)).toMatchObject({ rules: [], version: 0 });
    expect(await ways(ada)).toEqual(['mail', 'push']);
    const quiet = await put(ada, OWN, [
      rule('*', 'push', false),
      rule('deal', 'mail', false),
      rule('source', 'mail', true),
    ]);
    expect([quiet.statusCode, quiet.headers['etag']]).toEqual([200, 'W/"1"']);
    expect(await ways(ada)).toEqual([]);
    await put(ada, inTeam(), [rule('*', 'mail', true)]);
    expect(await ways(ada)).toEqual(['mail']);
    expect(await ways(ada, side.id, await happened(room, side))).toEqual([]);
    expect(await effective(ada, 'deal', inTeam())).toEqual({ topic: 'deal', channels: ['mail'], mandatory: false });
    await put(ada, inTeam(), []);
    expect(await ways(ada)).toEqual([]);
    const events = await room.application.events({ type: 'notification_preferences.updated', subjectId: ada.id });
    expect(events.map(({ workspaceId }) => workspaceId === team.id)).toEqual([false, true, true]);
    expect(events.at(0)?.data).toMatchObject({ rules: [{ topic: '*' }, { topic: 'deal' }, { topic: 'source' }] });
  });

  it('name a channel of the workspace', async () => {
    const ada = await room.make.person().in(team).create();
    const id = uuidv7();
    await room.rows(
      `insert into notification_channel (id, workspace_id, kind, name, settings) values ($1, $2, 'slack', 'Ops', 'sealed') returning id`,
      [id, team.id],
    );
    expect((await put(ada, inTeam(), [rule('deal', id, true), rule('deal', 'mail', false)])).statusCode).toBe(200);
    expect(await ways(ada)).toEqual(['slack']);
    const everywhere = await put(ada, OWN, [rule('deal', id, true)]);
    expect([everywhere.statusCode, everywhere.body]).toEqual([400, expect.stringContaining('must be mail or push')]);
  });

  it('do not reach mails about the account', async () => {
    const ada = await room.make.person().in(team).create();
    const refused = await put(ada, OWN, [rule('security', 'mail', false)]);
    expect([refused.statusCode, refused.body]).toEqual([400, expect.stringContaining('these mails always come')]);
    expect(await effective(ada, 'security')).toEqual({ topic: 'security', channels: ['mail'], mandatory: true });
    expect(await shown(ada)).toMatchObject({ version: 0 });
  });

  it.each([
    [[rule('weather', 'mail', true)], '/body/rules/0/topic'],
    [[rule('deal', 'mail', true), rule('deal', 'mail', false)], '/body/rules/1/topic'],
    [[rule('deal', 'pigeon', true)], '/body/rules/0/channel'],
    [[{ topic: 'deal', channel: 'mail' }], '/body/rules/0/enabled'],
  ])('are refused as %j', async (rules, path) => {
    const ada = await room.make.person().in(team).create();
    for (const url of [OWN, inTeam()]) {
      const answer = await put(ada, url, rules);
      expect([answer.statusCode, answer.json()]).toEqual([
        400,
        expect.objectContaining({ errors: [expect.objectContaining({ path })] }),
      ]);
    }
    expect(await room.application.events({ subjectId: ada.id, type: 'notification_preferences.updated' })).toEqual([]);
  });

  it('are lost to whoever was first, and not kept twice', async () => {
    const ada = await room.make.person().in(team).create();
    const answers = await Promise.all(
      [true, false].map((enabled) => put(ada, OWN, [rule('deal', 'mail', enabled)], { 'if-match': 'W/"0"' })),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    expect((await shown(ada)).version).toBe(1);
    expect((await room.call(ada, 'GET', inTeam(side))).statusCode).toBe(404);
    expect((await put(ada, inTeam(side), [])).statusCode).toBe(404);
  });
});

describe('a preview', () => {
  const preview = (who: TestPerson, kind: string) => room.call(who, 'GET', team.url(`notification-previews/${kind}`));

  it('shows the newest real event, or an example of one', async () => {
    const ada = await room.make.person().prefers({ locale: 'zh-CN' }).in(team, 'admin').create();
    expect((await preview(ada, 'deal.found')).json()).toMatchObject({
      eventId: event.id,
      subject: 'Found: Boston to Lisbon',
      html: expect.stringContaining('lang="zh-CN"'),
    });
    expect((await preview(ada, 'source.failed')).json()).toMatchObject({
      eventId: null,
      subject: expect.stringContaining('一个来源停止工作'),
    });
  });

  it('is not there for what does not exist, tells of telling, or is not for the caller', async () => {
    const ada = await room.make.person().in(team).create();
    for (const kind of ['nothing.happened', 'delivery.sent', 'role.created', 'constructor.name']) {
      const answer = await preview(ada, kind);
      const status = kind === 'role.created' ? 200 : 404;
      expect([kind, answer.statusCode]).toEqual([kind, status]);
    }
    await room.demote(ada, team, ['subscriptions:read']);
    expect((await preview(ada, 'deal.found')).json()).toMatchObject({ code: 'notification_kind_not_found' });
  });

  it('is sent to the caller alone, and recorded', async () => {
    const ada = await room.make.person().in(team).create();
    const test = () => room.call(ada, 'POST', team.url('notification-tests'), { kind: 'deal.found' });
    const answer = await test();
    expect([answer.statusCode, answer.json()]).toEqual([
      202,
      { to: ada.email, subject: 'Test: Found: Boston to Lisbon' },
    ]);
    await room.until(async () => (await room.application.mailTo(ada.email)).subject.startsWith('Test: '));
    expect(await room.application.events({ type: 'notification.tested', subjectId: ada.id })).toHaveLength(1);
    const { app } = room.application;
    await app.get(Transactions).run((em) => app.get(Suppressions).add(em, ada.email, 'complaint', null));
    expect((await test()).json()).toMatchObject({ status: 409, code: 'address_unusable' });
    expect(await room.application.events({ type: 'notification.tested', subjectId: ada.id })).toHaveLength(1);
  });
});

describe('what could not be delivered', () => {
  it('is told in the inbox, once, and never of itself', async () => {
    const ada = await room.make.person().in(team).create();
    const { app } = room.application;
    await app.get(Transactions).run((em) => app.get(Suppressions).add(em, ada.email, 'bounce', 'No such mailbox'));
    expect(await ways(ada)).toEqual(['mail']);
    const told = () =>
      room.rows<{ id: string; title: string }>(
        `select id from notification where user_id = $1 and type = 'delivery.failed'`,
        [ada.id],
      );
    await room.until(async () => (await told()).length > 0);
    await ways(ada);
    await room.until(async () => {
      const [row] = await room.rows<{ n: number }>(
        `select count(*)::int as n from event where type = 'delivery.failed' and scope_id = $1`,
        [ada.id],
      );
      return row?.n === 2;
    });
    await room.until(async () => {
      const [row] = await room.rows<{ passed: boolean }>(
        `select c.position >= s.position as passed from log_state s, reader_cursor c where c.reader = 'notifications'`,
      );
      return row?.passed === true;
    });
    const found = await told();
    expect(found).toHaveLength(1);
    const { items } = (await room.call(ada, 'GET', '/api/v1/me/notifications?filter=topic:delivery')).json<{
      items: object[];
    }>();
    expect(items).toEqual([
      expect.objectContaining({
        id: found[0]?.id,
        title: 'A notification could not be delivered by mail',
        summary: expect.stringContaining('No such mailbox'),
      }),
    ]);
    const ownWays = await room.rows('select channel from delivery where notification_id = $1', [found[0]?.id]);
    expect(ownWays).toEqual([]);
  });
});
