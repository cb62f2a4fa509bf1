import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ImapFlow } from 'imapflow';
import { Transactions } from '#platform/database/index.js';
import { startDovecot, type Dovecot } from '#test/dovecot.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import { MessageIntake } from '../../messages/message-intake.js';
import type { MessageSummary } from '../../messages/messages.schemas.js';
import { SourceHealth } from '../source-health.js';
import { Superseded, type HeldSource } from '../source-leases.js';
import type { SourceView } from '../sources.schemas.js';
import { MailboxCursor } from './mailbox-cursor.js';

jest.setTimeout(60_000);
const MEGABYTE = 1024 * 1024;
let kit: DealsKit;
let dovecot: Dovecot;
let users = 0;

beforeAll(async () => {
  dovecot = await startDovecot();
  kit = await dealsKit({
    SIGNALBOX_IMAP_CHECK_SECONDS: '1',
    SIGNALBOX_SOURCE_RETRY_SECONDS: '1',
    // Longer than any of these specs may take.
    SIGNALBOX_IMAP_ANSWER_MS: '120000',
  });
});
afterEach(() => void jest.restoreAllMocks());
afterAll(async () => {
  await kit?.close();
  await dovecot?.dispose();
});

const newUser = () => `user${++users}`;
const mailbox = (user: string, port = dovecot.port) =>
  kit.source({
    kind: 'imap',
    name: user,
    settings: { host: '127.0.0.1', port, security: 'none', user },
    credentials: { password: dovecot.password(user) },
  });
const view = (source: SourceView) => kit.call<SourceView>('GET', `sources/${source.id}`);
const subjectsOf = async (source: SourceView) =>
  (await kit.call<{ items: MessageSummary[] }>('GET', `messages?sourceId=${source.id}`)).items
    .map(({ subject }) => subject)
    .sort();
const hasSubjects = (source: SourceView, ...subjects: string[]) =>
  until(async () => JSON.stringify(await subjectsOf(source)) === JSON.stringify(subjects.sort()));
const stateOf = async (source: SourceView) =>
  (
    await kit.rows<{ generation: number; uid_validity: string | null; last_uid: string | null; next: string }>(
      `select generation, uid_validity::text, last_uid::text, next_run_at::text as next from source_state where source_id = $1`,
      [source.id],
    )
  )[0]!;
const typesOf = async (source: SourceView) => (await kit.events({ subjectId: source.id })).map(({ type }) => type);

describe('a mailbox whose settings change while it is read', () => {
  it('keeps nothing of the one before any more, neither a message nor where it stood', async () => {
    const [one, two] = [newUser(), newUser()];
    dovecot.deliver(one, dealMail('Mail of one'));
    dovecot.deliver(two, dealMail('Mail of two'));
    const intake = kit.app.get(MessageIntake);
    const accept = intake.accept.bind(intake);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const spy = jest.spyOn(intake, 'accept').mockImplementationOnce(async (...args) => {
      await held;
      return accept(...args);
    });
    const source = await mailbox(one);
    await until(async () => spy.mock.calls.length === 1);
    await kit.call('PATCH', `sources/${source.id}`, {
      settings: { ...source.settings, user: two },
      credentials: { password: dovecot.password(two) },
    });
    expect(await stateOf(source)).toMatchObject({ generation: 1, uid_validity: null, last_uid: null });
    release();
    await hasSubjects(source, 'Mail of two');
    await until(async () => (await stateOf(source)).last_uid === '1');
    const received = await kit.events({ type: 'message.received' });
    expect(received.filter((e) => e.data['sourceId'] === source.id)).toHaveLength(1);
    expect(await typesOf(source)).toEqual(['source.created', 'source.updated']);
    expect((await view(source)).status).toBe('active');
    await kit.call('DELETE', `sources/${source.id}`);
  });

  it('hears nothing of what another process does with the settings of before', async () => {
    const source = await mailbox(newUser());
    await kit.call('POST', `sources/${source.id}/pause`);
    await kit.call('PATCH', `sources/${source.id}`, { credentials: { password: 'another' } });
    const before = await stateOf(source);
    const old = { id: source.id, generation: before.generation - 1 } as HeldSource;
    const cursor = kit.app.get(MailboxCursor);
    const transactions = kit.app.get(Transactions);
    const place = { validity: 7n, uid: 70 };
    await expect(cursor.read(old)).rejects.toBeInstanceOf(Superseded);
    await expect(transactions.run((em) => cursor.move(em, old, place))).rejects.toBeInstanceOf(Superseded);
    await kit.app.get(SourceHealth).failed(old, 'The old password is wrong.');
    await kit.app.get(SourceHealth).succeeded(source.id, { inSeconds: 3600, generation: old.generation });
    expect(await stateOf(source)).toEqual(before);
    expect(await typesOf(source)).not.toContain('source.failed');

    const now = { ...old, generation: before.generation };
    await transactions.run((em) => cursor.move(em, now, place));
    expect(await cursor.read(now)).toEqual(place);
    // Forward only, but for a mailbox that is numbered anew.
    await transactions.run((em) => cursor.move(em, now, { validity: 7n, uid: 69 }));
    expect(await cursor.read(now)).toEqual(place);
    await transactions.run((em) => cursor.move(em, now, { validity: 8n, uid: 1 }));
    expect(await cursor.read(now)).toEqual({ validity: 8n, uid: 1 });
  });

  it('is left at once, also while the server of before keeps silent', async () => {
    let reached = false;
    const silent = createServer(() => (reached = true));
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const user = newUser();
    dovecot.deliver(user, dealMail('Found at last'));
    const source = await mailbox(user, (silent.address() as AddressInfo).port);
    await until(async () => reached);
    await kit.call('PATCH', `sources/${source.id}`, {
      settings: { ...source.settings, port: dovecot.port },
      credentials: { password: dovecot.password(user) },
    });
    await hasSubjects(source, 'Found at last');
    expect(await typesOf(source)).toEqual(['source.created', 'source.updated']);
    silent.close();
    await kit.call('DELETE', `sources/${source.id}`);
  });

  it('is the same mailbox with another name: it is not read again', async () => {
    const user = newUser();
    dovecot.deliver(user, dealMail('Named'));
    const source = await mailbox(user);
    await hasSubjects(source, 'Named');
    await kit.call('PATCH', `sources/${source.id}`, { name: 'Another name' });
    expect((await stateOf(source)).generation).toBe(0);
    await kit.call('DELETE', `sources/${source.id}`);
  });
});

describe('a message that is too large', () => {
  const large = (subject: string) => `${dealMail(subject)}${`${'x'.repeat(76)}\r\n`.repeat((26 * MEGABYTE) / 78)}`;

  it('is passed over, so that people see it, and what follows is read', async () => {
    const user = newUser();
    dovecot.deliver(user, dealMail('Before'), new Date(Date.now() - 3000));
    dovecot.deliver(user, large('Holiday pictures'), new Date(Date.now() - 2000));
    dovecot.deliver(user, dealMail('Behind'), new Date(Date.now() - 1000));
    const source = await mailbox(user);
    await hasSubjects(source, 'Before', 'Behind');
    await until(async () => (await stateOf(source)).last_uid === '3');
    const shown = await view(source);
    expect(shown).toMatchObject({ status: 'active', lastError: null, refusedCount: 1 });
    expect(shown.lastRefusal).toMatch(
      /^The message "Holiday pictures" was passed over: it has 26\.\d MB\. A message may have at most 25 MB\.$/,
    );
    expect(shown.lastRefusalAt).not.toBeNull();
    expect(shown.version).toBeGreaterThan(source.version);
    const refused = await kit.events({ subjectId: source.id, type: 'message.refused' });
    expect(refused.map(({ data }) => data)).toEqual([
      {
        sourceId: source.id,
        subject: 'Holiday pictures',
        size: expect.any(Number),
        reason: 'A message may have at most 25 MB.',
      },
    ]);
    await kit.call('DELETE', `sources/${source.id}`);
  });

  it('is passed over as well when the server says that it is small', async () => {
    const fetchOne = ImapFlow.prototype.fetchOne;
    jest.spyOn(ImapFlow.prototype, 'fetchOne').mockImplementation(async function (this: ImapFlow, ...args) {
      const found = await fetchOne.apply(this, args);
      if (found && found.size) found.size = 100;
      return found;
    });
    const user = newUser();
    dovecot.deliver(user, large('Said to be small'), new Date(Date.now() - 2000));
    dovecot.deliver(user, dealMail('Small'), new Date(Date.now() - 1000));
    const source = await mailbox(user);
    await hasSubjects(source, 'Small');
    expect(await view(source)).toMatchObject({ status: 'active', refusedCount: 1 });
    expect(await typesOf(source)).toEqual(['source.created', 'message.refused']);
    await kit.call('DELETE', `sources/${source.id}`);
  });
});
