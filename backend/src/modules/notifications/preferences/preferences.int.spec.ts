import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Transactions } from '#platform/database/index.js';
import type { ToldEvent } from '#platform/notifications/index.js';
import { PreferencesByKind0046 } from '#migrations/0046-preferences-by-kind.js';
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
const choose = (who: TestPerson, url: string, cells: object[], headers: Record<string, string> = {}) =>
  room.call(who, 'PATCH', url, { cells }, headers);
const cell = (kind: string, channel: string, enabled: boolean | null) => ({ kind, channel, enabled });
interface Shown {
  version: number;
  channels: { channel: string; kind: string; name: string | null }[];
  kinds: { kind: string; topic: string; title: string; description: string; mandatory: boolean; cells: Cell[] }[];
}
interface Cell {
  channel: string;
  enabled: boolean;
  from: string;
  own: boolean;
}
const shown = async (who: TestPerson, url = OWN) => (await room.call(who, 'GET', url)).json<Shown>();
const row = async (who: TestPerson, kind: string, url = OWN) =>
  (await shown(who, url)).kinds.find((one) => one.kind === kind);
/** What holds for a kind, such as `mail:default`; what is off has a minus, what was chosen there for it an asterisk. */
const holds = async (who: TestPerson, kind: string, url = OWN) =>
  (await row(who, kind, url))?.cells.map(
    ({ channel, enabled, from, own }) => `${enabled ? '' : '-'}${channel}:${from}${own ? '*' : ''}`,
  );
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
  it('are mail and browsers while nothing was said, then what was chosen nearest: project, workspace, person', async () => {
    const ada = await room.make.person().in(team).in(side).create();
    await device(ada);
    const projectId = uuidv7();
    await room.rows(
      `insert into project_membership (workspace_id, project_id, user_id, role) values ($1, $2, $3, 'member') returning role`,
      [team.id, projectId, ada.id],
    );
    const inProject = `${inTeam()}?projectId=${projectId}`;
    const there = await happened(room, team, {}, { kind: 'project', id: projectId });
    expect(await shown(ada)).toMatchObject({ version: 0, channels: [{ channel: 'mail' }, { channel: 'push' }] });
    expect(await holds(ada, 'deal.found')).toEqual(['mail:default', 'push:default']);
    expect(await ways(ada)).toEqual(['mail', 'push']);

    const quiet = await choose(ada, OWN, [cell('*', 'push', false), cell('deal.found', 'mail', false)]);
    expect([quiet.statusCode, quiet.headers['etag']]).toEqual([200, 'W/"1"']);
    expect(await holds(ada, 'deal.found')).toEqual(['-mail:person*', '-push:person']);
    expect(await holds(ada, 'source.failed')).toEqual(['mail:default', '-push:person']);
    expect(await ways(ada)).toEqual([]);

    await choose(ada, inTeam(), [cell('*', 'mail', true)]);
    expect(await holds(ada, 'deal.found', inTeam())).toEqual(['mail:workspace', '-push:person']);
    expect(await ways(ada)).toEqual(['mail']);
    expect(await ways(ada, side.id, await happened(room, side))).toEqual([]);

    await choose(ada, inProject, [cell('deal.found', 'mail', false), cell('deal.found', 'push', true)]);
    expect(await holds(ada, 'deal.found', inProject)).toEqual(['-mail:project*', 'push:project*']);
    expect(await holds(ada, 'deal.expired', inProject)).toEqual(['mail:workspace', '-push:person']);
    expect([await ways(ada, team.id, there), await ways(ada)]).toEqual([['push'], ['mail']]);

    await choose(ada, inProject, [cell('deal.found', 'mail', null), cell('deal.found', 'push', null)]);
    expect(await holds(ada, 'deal.found', inProject)).toEqual(['mail:workspace', '-push:person']);
    expect(await ways(ada, team.id, there)).toEqual(['mail']);
    const again = await choose(ada, inProject, [cell('deal.found', 'mail', null)]);
    expect(again.json()).toMatchObject({ version: 2 });

    const events = await room.application.events({ type: 'notification_preferences.updated', subjectId: ada.id });
    expect(events.map(({ workspaceId, data }) => [workspaceId === team.id, data])).toEqual([
      [false, { projectId: null, cells: [cell('*', 'push', false), cell('deal.found', 'mail', false)] }],
      [true, { projectId: null, cells: [cell('*', 'mail', true)] }],
      [true, { projectId, cells: [cell('deal.found', 'mail', false), cell('deal.found', 'push', true)] }],
      [true, { projectId, cells: [cell('deal.found', 'mail', null), cell('deal.found', 'push', null)] }],
    ]);
    expect((await room.call(ada, 'GET', `${inTeam()}?projectId=${uuidv7()}`)).statusCode).toBe(404);
    const eve = await room.make.person().in(team).create();
    expect((await choose(eve, inProject, [cell('*', 'mail', false)])).statusCode).toBe(404);
  });

  it('are chosen for all kinds of a topic at once, and kept kind by kind', async () => {
    const ada = await room.make.person().in(team).create();
    const answer = await choose(ada, OWN, [
      { topic: 'source', channel: 'mail', enabled: false },
      cell('source.failed', 'mail', true),
    ]);
    const { kinds } = answer.json<Shown>();
    const off = kinds.filter(({ cells }) => cells.some(({ channel, enabled }) => channel === 'mail' && !enabled));
    expect(off.length).toBeGreaterThan(2);
    expect(off.every(({ topic, kind }) => topic === 'source' && kind !== 'source.failed')).toBe(true);
    expect(await row(ada, 'source.failed')).toMatchObject({
      topic: 'source',
      title: 'Source failed',
      description: expect.any(String),
      mandatory: false,
      cells: [{ enabled: true, from: 'person', own: true }, { enabled: true }],
    });
  });

  it('are in the person’s language', async () => {
    const lin = await room.make.person().prefers({ locale: 'zh-CN' }).in(team).create();
    expect(await row(lin, 'source.failed')).toMatchObject({
      title: '一个来源停止工作',
      description: '一个来源停止工作。',
    });
    expect(await row(lin, 'security')).toMatchObject({ title: '账户安全' });
  });

  it('name a channel of the workspace', async () => {
    const ada = await room.make.person().in(team).create();
    const id = uuidv7();
    await room.rows(
      `insert into notification_channel (id, workspace_id, kind, name, settings) values ($1, $2, 'slack', 'Ops', 'sealed') returning id`,
      [id, team.id],
    );
    const cells = [cell('deal.found', id, true), cell('deal.found', 'mail', false)];
    expect((await choose(ada, inTeam(), cells)).statusCode).toBe(200);
    expect(await ways(ada)).toEqual(['slack']);
    expect((await shown(ada, inTeam())).channels).toContainEqual({ channel: id, kind: 'slack', name: 'Ops' });
    expect(await holds(ada, 'deal.found', inTeam())).toContain(`${id}:workspace*`);
    const everywhere = await choose(ada, OWN, cells);
    expect([everywhere.statusCode, everywhere.body]).toEqual([400, expect.stringContaining('must be mail or push')]);
    await room.demote(ada, team, ['workspace:read', 'subscriptions:read']);
    expect(JSON.stringify(await shown(ada, inTeam()))).not.toContain('Ops');
  });

  it('do not reach mails about the account', async () => {
    const ada = await room.make.person().in(team).create();
    const refused = await choose(ada, OWN, [cell('security', 'mail', false)]);
    expect([refused.statusCode, refused.body]).toEqual([400, expect.stringContaining('these mails always come')]);
    expect(await row(ada, 'security')).toMatchObject({ mandatory: true });
    expect(await holds(ada, 'security')).toEqual(['mail:mandatory']);
    expect(await shown(ada)).toMatchObject({ version: 0 });
  });

  it.each([
    [[cell('weather.changed', 'mail', true)], '/body/cells/0/kind'],
    [[{ topic: 'weather', channel: 'mail', enabled: true }], '/body/cells/0/topic'],
    [[{ topic: 'security', channel: 'mail', enabled: false }], '/body/cells/0/topic'],
    [[cell('delivery.sent', 'mail', true)], '/body/cells/0/kind'],
    [[cell('deal.found', 'pigeon', true)], '/body/cells/0/channel'],
    [[{ kind: 'deal.found', channel: 'mail' }], '/body/cells/0/enabled'],
    [[{ kind: 'deal.found', topic: 'deal', channel: 'mail', enabled: true }], '/body/cells/0'],
    [[{ channel: 'mail', enabled: true }], '/body/cells/0'],
    [[], '/body/cells'],
  ])('are refused as %j', async (cells, path) => {
    const ada = await room.make.person().in(team).create();
    for (const url of [OWN, inTeam()]) {
      const answer = await choose(ada, url, cells);
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
      [true, false].map((enabled) => choose(ada, OWN, [cell('deal.found', 'mail', enabled)], { 'if-match': 'W/"0"' })),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    expect((await shown(ada)).version).toBe(1);
    expect((await room.call(ada, 'GET', inTeam(side))).statusCode).toBe(404);
    expect((await choose(ada, inTeam(side), [cell('*', 'mail', true)])).statusCode).toBe(404);
  });

  it('of topics become those of their kinds', async () => {
    const ada = await room.make.person().in(team).create();
    const topics = [
      { topic: '*', channel: 'push', enabled: false },
      { topic: 'invitation', channel: 'mail', enabled: false },
    ];
    await room.rows(`insert into notification_preference (id, user_id, rules) values ($1, $2, $3) returning id`, [
      uuidv7(),
      ada.id,
      JSON.stringify(topics),
    ]);
    const migration = new PreferencesByKind0046(...([] as unknown as [never, never]));
    migration.up();
    for (const text of migration.getQueries()) await room.rows(String(text));
    const kinds = ['invitation.accepted', 'invitation.created', 'invitation.revoked'];
    const [kept] = await room.rows<{ rules: object[] }>(
      'select rules from notification_preference where user_id = $1',
      [ada.id],
    );
    expect(kept?.rules).toHaveLength(4);
    expect(kept?.rules).toEqual(
      expect.arrayContaining([cell('*', 'push', false), ...kinds.map((kind) => cell(kind, 'mail', false))]),
    );
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

  it('is told as is chosen for it, by what did not fail', async () => {
    const [ada, eve] = [await room.make.person().in(team).create(), await room.make.person().in(team).create()];
    expect(await row(ada, 'delivery.failed')).toMatchObject({ topic: 'delivery', title: 'Delivery failed' });
    expect((await choose(eve, OWN, [cell('delivery.failed', 'mail', false)])).statusCode).toBe(200);
    for (const [who, channel, ways] of [
      [ada, 'slack', ['mail']],
      [eve, 'slack', []],
      [await room.make.person().in(team).create(), 'mail', []],
    ] as const) {
      const about = { notificationId: null, subscriptionId: null, eventId: uuidv7(), channelId: null };
      const data = { ...about, channel, reason: 'No', refused: true };
      await room.recorded(team, 'delivery.failed', data, { scope: { kind: 'user', id: who.id } });
      const told = () => room.rows<{ id: string }>('select id from notification where user_id = $1', [who.id]);
      await room.until(async () => (await told()).length === 1);
      const [one] = await told();
      const sent = await room.rows<{ channel: string }>('select channel from delivery where notification_id = $1', [
        one!.id,
      ]);
      expect(sent.map((delivery) => delivery.channel)).toEqual(ways);
    }
  });
});
