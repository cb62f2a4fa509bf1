import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeChat } from '#test/chats.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { happened, notificationOf, tell } from '#test/notifications.js';
import { type BrowserSubscription, FakePushService } from '#test/push-service.js';
import { Room } from '#test/subscriptions.js';

interface Delivered {
  channel: string;
  state: string;
  error: string | null;
  job_id: string;
  tries: { outcome: string }[];
}

let room: Room;
let team: TestWorkspace;
let slack: FakeChat;
let discord: FakeChat;
let push: FakePushService;

beforeAll(async () => {
  [slack, discord, push] = await Promise.all([FakeChat.slack(), FakeChat.discord(), FakePushService.start()]);
  room = await Room.open({
    SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.1',
    SIGNALBOX_SLACK_ORIGINS: slack.origin,
    SIGNALBOX_DISCORD_ORIGINS: discord.origin,
    SIGNALBOX_CHANNEL_HTTP_ORIGINS: push.origin,
  });
  team = await room.make.workspace().create();
});
afterAll(async () => {
  await room.close();
  await Promise.all([slack.stop(), discord.stop(), push.stop()]);
});

const made = async (who: TestPerson, url: string, body: object): Promise<string> => {
  const answer = await room.call(who, 'POST', url, body);
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json<{ id: string }>().id;
};
const device = async (who: TestPerson): Promise<BrowserSubscription & { id: string }> => {
  const { publicKey } = (await room.call(who, 'GET', '/api/v1/me/push-key')).json<{ publicKey: string }>();
  const browser = push.subscribe(publicKey);
  return { ...browser, id: await made(who, '/api/v1/me/push-devices', { name: 'Firefox', ...browser }) };
};
const own = (who: TestPerson, kind: 'slack' | 'discord') =>
  made(who, '/api/v1/me/channels', {
    workspaceId: team.id,
    kind,
    name: 'Mine',
    url: kind === 'slack' ? `${slack.origin}/services/T0/B0/x` : `${discord.origin}/api/webhooks/1/x`,
  });
const member = () => room.make.person().in(team).create();
/** Tells somebody of a deal on these channels, and waits until every delivery has left the queue. */
const told = async (who: TestPerson, channels: string[]) => {
  const event = await happened(room, team, { title: 'Lisbon for 312' });
  const notification = notificationOf({ userId: who.id, workspaceId: team.id }, [event], { channels });
  await tell(room, [notification]);
  let rows: Delivered[] = [];
  await room.until(async () => {
    const text =
      'select channel, state, error, job_id, tries from delivery where notification_id = $1 order by channel';
    rows = await room.rows<Delivered>(text, [notification.id]);
    for (const { job_id } of rows) await room.hurry(job_id);
    return rows.length > 0 && rows.every(({ state }) => state !== 'queued');
  });
  return { id: notification.id, rows };
};

describe('a notification', () => {
  it('reaches every browser of the person and each channel that was chosen, once', async () => {
    const ada = await member();
    const browsers = [await device(ada), await device(ada)];
    const stranger = await device(await member());
    const { id, rows } = await told(ada, ['push', await own(ada, 'slack'), await own(ada, 'discord')]);
    expect(rows.map(({ channel, state }) => [channel, state])).toEqual([
      ['discord', 'sent'],
      ['push', 'sent'],
      ['push', 'sent'],
      ['slack', 'sent'],
    ]);
    for (const browser of browsers) {
      const got = push.received(browser).map(({ text }) => JSON.parse(text) as { notificationId: string });
      expect(got).toMatchObject([{ notificationId: id }]);
    }
    expect(push.received(stranger)).toEqual([]);
    expect(JSON.stringify(slack.taken.at(-1))).toContain('Lisbon for 312');
    expect(JSON.stringify(discord.taken.at(-1))).toContain('Lisbon for 312');
  });

  it('is tried again while its channel is away', async () => {
    const ada = await member();
    const channel = await own(ada, 'slack');
    slack.refuse({ status: 503, body: 'down' }, { status: 429, headers: { 'retry-after': '0' } });
    const before = slack.taken.length;
    const { rows } = await told(ada, [channel]);
    expect(rows).toMatchObject([{ state: 'sent' }]);
    expect(rows[0]!.tries.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'sent']);
    expect(slack.taken.length - before).toBe(1);
  });

  it('ends the browser and the chat that are gone, with an event each, and stays in the inbox', async () => {
    const ada = await member();
    const [browser, channel] = [await device(ada), await own(ada, 'discord')];
    push.unsubscribe(browser);
    discord.refuse({ status: 404, body: '{"message":"Unknown Webhook","code":10015}' });
    const { rows } = await told(ada, ['push', channel]);
    expect(rows.map(({ state }) => state)).toEqual(['failed', 'failed']);
    const types = async (subjectId: string) => (await room.application.events({ subjectId })).map(({ type }) => type);
    expect(await types(browser.id)).toEqual(['channel.created', 'channel.removed']);
    expect(await types(channel)).toEqual(['channel.created', 'channel.disabled']);
    expect((await room.application.mailTo(ada.email)).subject).toBe('Your channel “Mine” was switched off');
    // What is off gets nothing more.
    const later = await told(ada, ['push', channel, await own(ada, 'slack')]);
    expect(later.rows.map(({ channel: kind }) => kind)).toEqual(['slack']);
  });
});
