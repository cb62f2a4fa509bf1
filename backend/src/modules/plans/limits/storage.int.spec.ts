import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { SourceView } from '#modules/deals/index.js';
import { Storage } from '#platform/storage/index.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import { startDovecot, type Dovecot } from '#test/dovecot.js';
import { factory, type TestWorkspace } from '#test/factories.js';
import { PlansModule } from '../index.js';
import { assignPlan, withPlans } from '../spec-support.js';

jest.setTimeout(120_000);
let kit: DealsKit;
let dovecot: Dovecot;
let feed: { server: Server; url: string; body: string };
let team: TestWorkspace;

beforeAll(async () => {
  dovecot = await startDovecot();
  feed = { server: createServer((_request, response) => void response.end(feed.body)), url: '', body: '' };
  await new Promise<void>((done) => feed.server.listen(0, '127.0.0.1', done));
  feed.url = `http://127.0.0.1:${(feed.server.address() as AddressInfo).port}/feed`;
  const sources = {
    SIGNALBOX_IMAP_CHECK_SECONDS: '1',
    SIGNALBOX_SOURCE_RETRY_SECONDS: '1',
    SIGNALBOX_SOURCE_LEASE_SECONDS: '4',
  };
  const plans = withPlans({ small: { storage: '8 kB' }, large: { storage: '1 GB' } });
  kit = await dealsKit({ ...plans, ...sources }, [PlansModule]);
});
beforeEach(async () => {
  team = await factory(kit.app).workspace().create();
  await assignPlan(kit.app, team.id, 'small');
});
afterAll(async () => {
  await kit?.close();
  await dovecot?.dispose();
  feed?.server.close();
});

/** A mail of about so many kilobytes. */
const mail = (subject: string, kilobytes: number) => dealMail(subject, `${'x'.repeat(62)}\r\n`.repeat(kilobytes * 16));
const call = (method: string, path: string, payload?: object) =>
  kit.request(method, team.url(path), { headers: team.owner.headers, ...(payload ? { payload } : {}) });
const source = async (body: object) => (await call('POST', 'sources', body)).json<SourceView>();
const kept = () =>
  kit.rows<{ id: string; subject: string; size: number }>(
    'select id, subject, size from message where workspace_id = $1 order by received_at, id',
    [team.id],
  );
const subjects = async () => (await kept()).map(({ subject }) => subject);
const files = async () => {
  const found: string[] = [];
  for await (const key of kit.app.get(Storage).list(`messages/${team.id}`)) found.push(key);
  return found;
};
const failing = (id: string) =>
  until(async () => {
    const shown = (await call('GET', `sources/${id}`)).json<SourceView>();
    return shown.status === 'failing' && shown;
  });

describe('a limit on storage', () => {
  it('keeps what fits, puts off what does not, and tells the sender why', async () => {
    const { address } = await source({ kind: 'smtp', name: 'Mail' });
    await kit.mail(address!, mail('First', 5));
    const refused = await kit.mail(address!, mail('Second', 5)).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      responseCode: 452,
      response: expect.stringMatching(
        /^452 4\.2\.2 This workspace has used 5\.\d kB of the 8 kB of storage that its plan "Small" includes; this needs 5\.\d kB\. To make room, remove messages\. .* Please try again later\.$/,
      ),
    });
    // What is larger than the limit itself will never fit: the sender shall not try for days.
    const hopeless = await kit.mail(address!, mail('Never', 9)).catch((error: unknown) => error);
    expect(hopeless).toMatchObject({ responseCode: 552, response: expect.stringContaining('552 5.2.2 ') });
    // What is there already needs no room.
    expect([await subjects(), (await files()).length]).toEqual([['First'], 1]);
    expect(await kit.events({ workspaceId: team.id, type: 'message.received' })).toHaveLength(1);
    await until(async () => (await kit.events({ workspaceId: team.id, type: 'quota.reached' })).length === 1);
  });

  it('has room again when messages are removed, or the plan grows', async () => {
    const { address } = await source({ kind: 'smtp', name: 'Mail' });
    const second = mail('Second', 5);
    await kit.mail(address!, mail('First', 5));
    await expect(kit.mail(address!, second)).rejects.toMatchObject({ responseCode: 452 });
    const [first] = await kept();
    expect((await call('DELETE', `messages/${first!.id}`)).statusCode).toBe(204);
    expect((await kit.events({ subjectId: first!.id, type: 'message.deleted' }))[0]?.data).toMatchObject({
      size: first!.size,
    });
    await kit.mail(address!, second);
    await expect(kit.mail(address!, mail('Third', 5))).rejects.toMatchObject({ responseCode: 452 });
    await assignPlan(kit.app, team.id, 'large');
    await kit.mail(address!, mail('Third', 5));
    await assignPlan(kit.app, team.id, 'small');
    await expect(kit.mail(address!, mail('Fourth', 1))).rejects.toMatchObject({ responseCode: 452 });
    expect(await subjects()).toEqual(['Second', 'Third']);
    // It is known, whatever the limit.
    await kit.mail(address!, second);
  });

  it('does not hold up the mail of others that arrives with it', async () => {
    const other = await factory(kit.app).workspace().create();
    const make = async (of: TestWorkspace) => {
      const body = { kind: 'smtp', name: 'Mail' };
      const answer = await kit.request('POST', of.url('sources'), { headers: of.owner.headers, payload: body });
      return answer.json<SourceView>().address!;
    };
    const [full, open] = [await make(team), await make(other)];
    const mails = Array.from({ length: 12 }, (_, i) => kit.mail(i % 2 ? full : open, mail(`Number ${i}`, 3)));
    const answers = await Promise.allSettled(mails);
    const outcomes = answers.map(({ status }) => status);
    expect(outcomes.filter((_, i) => i % 2 === 0)).toEqual(Array(6).fill('fulfilled'));
    expect(outcomes.filter((_, i) => i % 2 === 1).sort()).toEqual([
      ...Array<string>(2).fill('fulfilled'),
      ...Array<string>(4).fill('rejected'),
    ]);
    expect([(await kept()).length, (await files()).length]).toEqual([2, 2]);
  });

  it('refuses a pasted text, and says of an upload how much was kept', async () => {
    const { id } = await source({ kind: 'upload', name: 'Files' });
    const text = 'x'.repeat(20_000);
    const pasted = await call('POST', `sources/${id}/messages`, { subject: 'Long', text, html: false });
    expect([pasted.statusCode, pasted.json().quota]).toEqual([402, 'storage']);
    const mbox = ['One', 'Two', 'Three'].map((name) => `From a@b.example Fri Nov 20 10:00:00 2026\n${mail(name, 3)}\n`);
    const uploaded = await kit.request('POST', team.url(`sources/${id}/uploads`), {
      headers: { ...team.owner.headers, 'content-type': 'multipart/form-data; boundary=x' },
      payload: `--x\r\nContent-Disposition: form-data; name="files"; filename="a.mbox"\r\n\r\n${mbox.join('')}\r\n--x--\r\n`,
    });
    expect([uploaded.statusCode, uploaded.json()]).toEqual([
      402,
      expect.objectContaining({
        code: 'quota_exceeded',
        received: 2,
        duplicates: 0,
        detail: expect.stringMatching(/^2 messages were kept, the others were not\. This workspace has used /),
      }),
    ]);
    expect(await subjects()).toEqual(['One', 'Two']);
  });

  it('stops a mailbox with a plain error, and loses nothing of it', async () => {
    dovecot.deliver('full', mail('First', 5));
    dovecot.deliver('full', mail('Second', 5));
    const { id } = await source({
      kind: 'imap',
      name: 'Mailbox',
      settings: { host: '127.0.0.1', port: dovecot.port, security: 'none', user: 'full' },
      credentials: { password: dovecot.password('full') },
    });
    const { lastError } = await failing(id);
    expect(lastError).toMatch(/^This workspace has used 5\.\d kB of the 8 kB of storage/);
    expect(await subjects()).toHaveLength(1);
    await assignPlan(kit.app, team.id, 'large');
    await until(async () => (await subjects()).length === 2);
    await until(async () => (await call('GET', `sources/${id}`)).json<SourceView>().status === 'active');
    await call('DELETE', `sources/${id}`);
  });

  it('stops a feed with a plain error, and loses nothing of it', async () => {
    const item = (name: string) =>
      `<item><guid>${name}</guid><title>${name}</title><description>${'x'.repeat(5000)}</description></item>`;
    feed.body = `<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>${item('Second')}${item('First')}</channel></rss>`;
    const { id } = await source({
      kind: 'feed',
      name: 'Feed',
      settings: { url: feed.url, intervalMinutes: 60 },
    });
    const { lastError } = await failing(id);
    expect(lastError).toContain('of the 8 kB of storage that its plan "Small" includes');
    expect(await subjects()).toEqual(['First']);
    await assignPlan(kit.app, team.id, 'large');
    await until(async () => (await subjects()).length === 2);
    await call('DELETE', `sources/${id}`);
  });

  it('finds what was stored while nothing was counted', async () => {
    await assignPlan(kit.app, team.id, null);
    const { address } = await source({ kind: 'smtp', name: 'Mail' });
    await until(async () => {
      await kit.mail(address!, mail(`Unlimited ${Math.random()}`, 5));
      return (await kept()).length > 2;
    });
    await assignPlan(kit.app, team.id, 'small');
    await expect(kit.mail(address!, mail('More', 1))).rejects.toMatchObject({ responseCode: 452 });
    expect(await subjects()).not.toContain('More');
  });
});
