import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startDovecot, type Dovecot } from '#test/dovecot.js';
import type { MessageSummary } from '../../messages/messages.schemas.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import { silentProxy, type SilentProxy } from '#test/silent-proxy.js';
import type { SourceView } from '../sources.schemas.js';

jest.setTimeout(60_000);
let kit: DealsKit;
let dovecot: Dovecot;
const proxies: SilentProxy[] = [];

beforeAll(async () => {
  dovecot = await startDovecot();
  kit = await dealsKit({
    SIGNALBOX_IMAP_CHECK_SECONDS: '1',
    SIGNALBOX_IMAP_ANSWER_MS: '1000',
    SIGNALBOX_SOURCE_RETRY_SECONDS: '1',
    SIGNALBOX_SOURCE_LEASE_SECONDS: '4',
  });
});
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});
afterAll(async () => {
  await kit?.close();
  await dovecot?.dispose();
});

let users = 0;
const newUser = () => `user${++users}`;

function mailbox(
  user: string,
  settings: Record<string, unknown> = {},
  credentials?: Record<string, unknown>,
): Promise<SourceView> {
  return kit.source({
    kind: 'imap',
    name: `Mailbox of ${user}`,
    settings: { host: '127.0.0.1', port: dovecot.port, security: 'none', user, ...settings },
    credentials: credentials ?? { password: dovecot.password(user) },
  });
}

const messagesOf = async (source: SourceView) =>
  (await kit.call<{ items: MessageSummary[] }>('GET', `messages?sourceId=${source.id}&limit=200`)).items;
const subjectsOf = async (source: SourceView) => (await messagesOf(source)).map((m) => m.subject).sort();
const hasSubjects = (source: SourceView, ...subjects: string[]) =>
  until(async () => JSON.stringify(await subjectsOf(source)) === JSON.stringify([...subjects].sort()));
const statusOf = (source: SourceView) => kit.call<SourceView>('GET', `sources/${source.id}`);
const remove = (source: SourceView) => kit.call('DELETE', `sources/${source.id}`);

describe('a mailbox', () => {
  it('is read from the past to the present, and nothing in it is marked', async () => {
    const user = newUser();
    dovecot.deliver(user, dealMail('Before'), new Date(Date.now() - 5 * 86_400_000));
    dovecot.deliver(user, dealMail('Long before'), new Date(Date.now() - 90 * 86_400_000));
    const source = await mailbox(user);
    await hasSubjects(source, 'Before');
    dovecot.deliver(user, dealMail('After'));
    await hasSubjects(source, 'Before', 'After');
    expect(dovecot.files(user).filter((name) => /:2,.*S/.test(name))).toEqual([]);
    expect(dovecot.files(user)).toHaveLength(3);
    expect(await statusOf(source)).toMatchObject({ status: 'active', lastError: null, hasCredentials: true });
    const events = await kit.events({ subjectId: source.id });
    expect(events.map((e) => e.type)).toEqual(['source.created']);
    await remove(source);
  });

  it('keeps its password sealed and shows it to nobody', async () => {
    const source = await mailbox(newUser());
    const [row] = await kit.rows<{ credentials: string }>('select credentials from source where id = $1', [source.id]);
    expect(row!.credentials).toMatch(/^s1\./);
    expect(JSON.stringify(source) + row!.credentials).not.toContain('secret-');
    await remove(source);
    expect(await kit.rows('select credentials from source where id = $1', [source.id])).toEqual([
      { credentials: null },
    ]);
  });

  it('has its password sent to no other server, nor with less encryption, by who does not know it', async () => {
    const user = newUser();
    const source = await mailbox(user, { oauth: { tokenUrl: 'https://tokens.example/token', clientId: 'c' } });
    const settings = source.settings;
    for (const other of [
      { host: 'elsewhere.example' },
      { port: 9 },
      { security: 'starttls' },
      { oauth: { tokenUrl: 'https://elsewhere.example/token', clientId: 'c' } },
    ]) {
      const path = `sources/${source.id}`;
      const problem = await kit.call('PATCH', path, { settings: { ...settings, ...other } }, 400);
      expect(problem).toMatchObject({ code: 'validation_failed', errors: [{ path: '/body/credentials' }] });
    }
    expect(await statusOf(source)).toMatchObject({ settings });
    const known = { settings: { ...settings, host: 'elsewhere.example' }, credentials: { password: 'entered again' } };
    await kit.call('PATCH', `sources/${source.id}`, known);
    expect((await statusOf(source)).settings).toMatchObject({ host: 'elsewhere.example' });
    expect((await kit.events({ subjectId: source.id })).filter((e) => e.type === 'source.updated')).toHaveLength(1);
    await remove(source);
  });

  it('that takes the place of another is read whole, though its numbers are the same', async () => {
    const [one, two] = [newUser(), newUser()];
    dovecot.deliver(one, dealMail('Mail of one'));
    dovecot.deliver(two, dealMail('Mail of two'));
    const [source, copy] = [await mailbox(one), await mailbox(two)];
    await hasSubjects(source, 'Mail of one');
    await hasSubjects(copy, 'Mail of two');
    // Many servers number every mailbox from the same validity.
    await kit.rows(
      `update message m set uid_validity = c.uid_validity, uid = c.uid from message c where m.source_id = $1 and c.source_id = $2`,
      [source.id, copy.id],
    );
    const change = { settings: { ...source.settings, user: two }, credentials: { password: dovecot.password(two) } };
    await kit.call('PATCH', `sources/${source.id}`, change);
    await hasSubjects(source, 'Mail of one', 'Mail of two');
    await remove(source);
    await remove(copy);
  });

  it('numbered anew is read again without a double', async () => {
    const user = newUser();
    dovecot.deliver(user, dealMail('One'));
    dovecot.deliver(user, dealMail('Two'));
    const source = await mailbox(user);
    await hasSubjects(source, 'One', 'Two');
    const validity = async () =>
      (
        await kit.rows<{ uid_validity: string }>('select uid_validity from source_state where source_id = $1', [
          source.id,
        ])
      )[0]!.uid_validity;
    const before = await validity();
    await kit.call('POST', `sources/${source.id}/pause`);
    await until(
      async () =>
        (await kit.rows('select from source_state where source_id = $1 and lease_owner is null', [source.id])).length,
    );
    dovecot.renumber(user);
    dovecot.deliver(user, dealMail('Three'));
    await kit.call('DELETE', `sources/${source.id}/pause`);
    await hasSubjects(source, 'One', 'Three', 'Two');
    expect(await validity()).not.toBe(before);
    await remove(source);
  });

  it('whose IDLE dies without a sign is noticed and opened again', async () => {
    const user = newUser();
    const proxy = await silentProxy(dovecot.port);
    proxies.push(proxy);
    dovecot.deliver(user, dealMail('Early'));
    const source = await mailbox(user, { port: proxy.port });
    await hasSubjects(source, 'Early');
    proxy.goSilent();
    dovecot.deliver(user, dealMail('Late'));
    await hasSubjects(source, 'Early', 'Late');
    expect(proxy.connections()).toBeGreaterThan(1);
    await until(async () => (await statusOf(source)).status === 'active');
    const events = await kit.events({ subjectId: source.id });
    expect(events.map((e) => e.type)).toEqual(['source.created', 'source.failed', 'source.recovered']);
    expect(events[1]!.data).toMatchObject({ state: 'failing', before: { state: 'active' } });
    expect(events[2]!.data).toMatchObject({ state: 'active', before: { state: 'failing' } });
    await remove(source);
  });

  it('says in plain words what is wrong, once, until it works', async () => {
    const user = newUser();
    const source = await mailbox(user, {}, { password: 'wrong' });
    const failing = await until(async () => {
      const now = await statusOf(source);
      return now.status === 'failing' && now;
    });
    expect(failing.lastError).toContain('refused the sign-in');
    expect(await kit.call('POST', `sources/${source.id}/test`)).toEqual({
      ok: false,
      message: expect.stringContaining('refused the sign-in'),
    });
    await kit.call('PATCH', `sources/${source.id}`, { credentials: { password: dovecot.password(user) } });
    await until(async () => (await statusOf(source)).status === 'active');
    expect((await statusOf(source)).lastSuccessAt).not.toBeNull();
    const types = (await kit.events({ subjectId: source.id })).map((e) => e.type);
    expect(types.filter((t) => t === 'source.failed')).toHaveLength(1);
    expect(types.at(-1)).toBe('source.recovered');
    expect(await kit.call('POST', `sources/${source.id}/test`)).toEqual({
      ok: true,
      message: expect.stringContaining('holds 0 messages'),
    });
    await remove(source);
  });

  it('names a mailbox that does not exist, and refuses a private address', async () => {
    const missing = await mailbox(newUser(), { mailbox: 'Nowhere' });
    const test = await kit.call<{ message: string }>('POST', `sources/${missing.id}/test`);
    expect(test).toEqual({ ok: false, message: expect.stringMatching(/no mailbox "Nowhere"|Nowhere/) });
    const inside = await mailbox(newUser(), { host: '10.0.0.1' });
    expect(await kit.call('POST', `sources/${inside.id}/test`)).toEqual({
      ok: false,
      message: expect.stringContaining('private or reserved address'),
    });
    await Promise.all([remove(missing), remove(inside)]);
  });

  it('paused is left alone, and resumed where it was', async () => {
    const user = newUser();
    dovecot.deliver(user, dealMail('Seen'));
    const source = await mailbox(user);
    await hasSubjects(source, 'Seen');
    const paused = await kit.call<SourceView>('POST', `sources/${source.id}/pause`);
    expect(paused.status).toBe('paused');
    await until(
      async () =>
        (await kit.rows('select from source_state where source_id = $1 and lease_owner is null', [source.id])).length,
    );
    dovecot.deliver(user, dealMail('While paused'));
    await kit.call('DELETE', `sources/${source.id}/pause`);
    await hasSubjects(source, 'Seen', 'While paused');
    const changed = (await kit.events({ subjectId: source.id, type: 'source.updated' })).map((e) => e.data['changed']);
    expect(changed).toEqual([['paused'], ['paused']]);
    await remove(source);
  });
});
