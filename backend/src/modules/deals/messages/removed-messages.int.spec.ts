import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Reads } from '#platform/database/index.js';
import { startDovecot, type Dovecot } from '#test/dovecot.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import type { SourceView } from '../sources/sources.schemas.js';
import type { MessageSummary, MessageView, UploadResult } from './messages.schemas.js';

jest.setTimeout(60_000);
let kit: DealsKit;
const servers: Server[] = [];

beforeAll(async () => {
  kit = await dealsKit({ SIGNALBOX_IMAP_CHECK_SECONDS: '1', SIGNALBOX_SOURCE_LEASE_SECONDS: '4' });
});
afterEach(() => servers.splice(0).forEach((server) => server.close()));
afterAll(() => kit?.close());

const messagesOf = async (source: SourceView) =>
  (await kit.call<{ items: MessageSummary[] }>('GET', `messages?sourceId=${source.id}&limit=200`)).items;
const settled = (source: SourceView, count: number) =>
  until(async () => {
    const messages = await messagesOf(source);
    return messages.length === count && messages.every(({ state }) => state !== 'received') && messages;
  });
const tombstonesOf = (source: SourceView) =>
  kit.rows<{ message_id: string }>('select * from message_tombstone where source_id = $1', [source.id]);
/** What the log tells of a source: the subjects received, the titles found and withdrawn, the messages removed. */
async function told(source: SourceView) {
  const of = async (type: string) =>
    (await kit.events({ workspaceId: kit.team.id, type })).filter(({ data }) => data['sourceId'] === source.id);
  const [received, deleted, found] = await Promise.all(['message.received', 'message.deleted', 'deal.found'].map(of));
  return { received: received!.length, deleted: deleted!.length, found: found!.length };
}
/** Has a mail received, read, and removed by a person. @returns its id */
async function removed(source: SourceView, raw: string): Promise<string> {
  const before = (await messagesOf(source)).length;
  await kit.mail(source.address!, raw);
  const [message] = await settled(source, before + 1);
  await kit.call('DELETE', `messages/${message!.id}`);
  return message!.id;
}
const jobsOf = (source: SourceView) =>
  kit.rows(`select from job j join message m on m.id::text = j.subject_id where m.source_id = $1`, [source.id]);

describe('a removed message', () => {
  it('is known again when it is sent again, by its Message-ID or by what it says', async () => {
    const source = await kit.source({ kind: 'smtp', name: 'Sent again' });
    const headers = { 'Message-ID': '<removed-1@example.com>', Date: 'Sat, 21 Nov 2026 09:00:00 +0000' };
    const raw = dealMail('Denver to Lisbon from $410 round trip', 'Book soon', headers);
    const id = await removed(source, raw);
    expect(await told(source)).toEqual({ received: 1, deleted: 1, found: 1 });
    for (const repeat of [
      raw,
      dealMail('Denver to Lisbon from $409 round trip', 'Edited', headers),
      dealMail('Denver to Lisbon from $410 round trip', 'Book soon', {
        ...headers,
        'Message-ID': '<other@example.com>',
      }),
    ])
      expect(await kit.mail(source.address!, repeat)).toContain(`Kept as ${id}`);
    expect(await messagesOf(source)).toEqual([]);
    expect(await jobsOf(source)).toEqual([]);
    expect(await told(source)).toEqual({ received: 1, deleted: 1, found: 1 });
    const other = dealMail('Denver to Lisbon from $400 round trip', 'Another', { 'Message-ID': '<new-2@example.com>' });
    await kit.mail(source.address!, other);
    expect((await settled(source, 1))[0]!.state).toBe('parsed');
    expect(await told(source)).toEqual({ received: 2, deleted: 1, found: 2 });
  });

  it('leaves two digests and nothing of what it said', async () => {
    const source = await kit.source({ kind: 'smtp', name: 'Digests' });
    await removed(source, dealMail('Denver to Porto from $411 round trip', 'secret words'));
    const [tombstone] = await tombstonesOf(source);
    expect(tombstone).toEqual({
      source_id: source.id,
      message_id: expect.any(String),
      content_hash: expect.any(Buffer),
      message_id_hash: expect.any(Buffer),
      removed_at: expect.any(Date),
    });
  });

  it('of one source may still come by another', async () => {
    const [one, two] = [
      await kit.source({ kind: 'smtp', name: 'One' }),
      await kit.source({ kind: 'smtp', name: 'Two' }),
    ];
    const raw = dealMail('Denver to Faro from $412 round trip');
    await removed(one, raw);
    await kit.mail(two.address!, raw);
    expect((await settled(two, 1))[0]!.state).toBe('parsed');
  });

  it('stays away although its feed still shows it', async () => {
    const item = (id: string, title: string) =>
      `<item><guid>${id}</guid><title>${title}</title><link>https://deals.example/${id}</link></item>`;
    let items = item('1', 'Boston to Dublin from $301 round trip') + item('2', 'Boston to Cork from $302 round trip');
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.end(`<?xml version="1.0"?><rss version="2.0"><channel><title>Fares</title>${items}</channel></rss>`);
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`;
    const source = await kit.source({ kind: 'feed', name: 'Feed', settings: { url, intervalMinutes: 60 } });
    const dublin = (await settled(source, 2)).find(({ subject }) => subject.includes('Dublin'));
    await kit.call('DELETE', `messages/${dublin!.id}`);
    items += item('3', 'Boston to Shannon from $303 round trip');
    const before = asked;
    await kit.call('PATCH', `sources/${source.id}`, { name: 'Feed, asked again' });
    const subjects = (await settled(source, 2)).map(({ subject }) => subject);
    await until(async () => asked > before && (await told(source)).received === 3);
    await settled(source, 2);
    expect(subjects).not.toContain('Boston to Dublin from $301 round trip');
    expect((await messagesOf(source)).map(({ subject }) => subject).sort()).toEqual([
      'Boston to Cork from $302 round trip',
      'Boston to Shannon from $303 round trip',
    ]);
    expect(await told(source)).toEqual({ received: 3, deleted: 1, found: 3 });
    await kit.call('DELETE', `sources/${source.id}`);
  });

  it('comes back when a person uploads it, as a new one, and its tombstone goes', async () => {
    const source = await kit.source({ kind: 'upload', name: 'By hand' });
    const paste = () =>
      kit.call<UploadResult>('POST', `sources/${source.id}/messages`, {
        subject: 'Denver to Bergen from $481 round trip',
        text: 'Book soon',
      });
    const first = (await paste()).messages[0]!;
    const [message] = await settled(source, 1);
    expect(message!.id).toBe(first.id);
    await kit.call('DELETE', `messages/${first.id}`);
    expect(await tombstonesOf(source)).toMatchObject([{ message_id: first.id }]);
    const again = await paste();
    expect(again).toMatchObject({ received: 1, duplicates: 0 });
    const [back] = await settled(source, 1);
    expect(back).toMatchObject({ id: again.messages[0]!.id, state: 'parsed' });
    expect(back!.id).not.toBe(first.id);
    expect(await tombstonesOf(source)).toEqual([]);
    expect(await told(source)).toEqual({ received: 2, deleted: 1, found: 2 });
    expect(await paste()).toMatchObject({ received: 0, duplicates: 1 });
  });

  it('is not brought back by a copy that was on its way in while it was removed', async () => {
    const source = await kit.source({ kind: 'smtp', name: 'Race' });
    const raw = dealMail('Denver to Genoa from $413 round trip');
    await kit.mail(source.address!, raw);
    const [message] = await settled(source, 1);
    await until(async () => (await kit.rows('select from outbox')).length === 0);
    // The copy was looked up before the first one was kept.
    const reads = kit.app.get(Reads);
    const all = reads.all.bind(reads);
    const unseen = jest
      .spyOn(reads, 'all')
      .mockImplementation(async (name, text, values) => (name === 'messages.known' ? [] : all(name, text, values)));
    // The removal has deleted the row and cannot commit; the copy waits for it.
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    const answer = await kit.race({ sql: 'lock table outbox in exclusive mode', until: 2 }, async () => {
      const removal = kit.call('DELETE', `messages/${message!.id}`);
      await until(async () => (await kit.rows(waiting)).length === 1);
      const [answer] = await Promise.all([kit.mail(source.address!, raw), removal]);
      return answer;
    });
    unseen.mockRestore();
    expect(answer).toContain(`Kept as ${message!.id}`);
    expect(await messagesOf(source)).toEqual([]);
    expect(await tombstonesOf(source)).toHaveLength(1);
    expect(await told(source)).toEqual({ received: 1, deleted: 1, found: 1 });
  });

  it('is forgotten with its source', async () => {
    const source = await kit.source({ kind: 'smtp', name: 'Short-lived' });
    await removed(source, dealMail('Denver to Nice from $414 round trip'));
    expect(await tombstonesOf(source)).toHaveLength(1);
    await kit.call('DELETE', `sources/${source.id}`);
    expect(await tombstonesOf(source)).toEqual([]);
  });
});

describe('a message removed from a mailbox', () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterAll(() => dovecot?.dispose());

  it('stays away when the mailbox is numbered anew and read from the beginning', async () => {
    const user = 'removed';
    for (const city of ['Lima', 'Quito']) dovecot.deliver(user, dealMail(`Denver to ${city} from $415 round trip`));
    const settings = { host: '127.0.0.1', port: dovecot.port, security: 'none', user };
    const credentials = { password: dovecot.password(user) };
    const source = await kit.source({ kind: 'imap', name: 'Mailbox', settings, credentials });
    const lima = (await settled(source, 2)).find(({ subject }) => subject.includes('Lima'));
    const { deals } = await kit.call<MessageView>('GET', `messages/${lima!.id}`);
    await kit.call('DELETE', `messages/${lima!.id}`);
    await kit.call('GET', `deals/${deals[0]!.id}`, undefined, 404);
    await kit.call('POST', `sources/${source.id}/pause`);
    const free = 'select from source_state where source_id = $1 and lease_owner is null';
    await until(async () => (await kit.rows(free, [source.id])).length);
    dovecot.renumber(user);
    dovecot.deliver(user, dealMail('Denver to Bogota from $416 round trip'));
    await kit.call('DELETE', `sources/${source.id}/pause`);
    const subjects = await until(async () => {
      const now = (await messagesOf(source)).map(({ subject }) => subject);
      return now.some((subject) => subject.includes('Bogota')) && now;
    });
    expect(subjects.sort()).toEqual(['Denver to Bogota from $416 round trip', 'Denver to Quito from $415 round trip']);
    await settled(source, 2);
    expect(await told(source)).toEqual({ received: 3, deleted: 1, found: 3 });
    const types = (await kit.events({ subjectId: deals[0]!.id })).map(({ type }) => type);
    expect(types).toEqual(['deal.found', 'deal.withdrawn']);
    await kit.call('DELETE', `sources/${source.id}`);
  });
});
