import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DealsModule } from '#modules/deals/index.js';
import { SubscriptionsModule } from '#modules/subscriptions/index.js';
import { ProjectMemberships } from '#platform/access/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import { Transactions } from '#platform/database/index.js';
import { FiltersModule } from '#platform/filters/index.js';
import { HttpClientModule } from '#platform/http-client/index.js';
import { NotificationKindsModule } from '#platform/notifications/index.js';
import { PersonalData } from '#platform/personal-data/index.js';
import { LocalStorage, Storage } from '#platform/storage/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { dealMail, until } from '#test/deals-kit.js';
import { factory, TEST_PASSWORD, type TestPerson } from '#test/factories.js';
import { unzip } from '#test/zip.js';
import { UsersModule } from '../../index.js';
import { ExportPersonalDataJob } from './export.jobs.js';
import type { PersonalExport } from './personal-exports.schemas.js';

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication(
    [FiltersModule, HttpClientModule, NotificationKindsModule, UsersModule, DealsModule, SubscriptionsModule],
    { SIGNALBOX_DELETION_DAYS: '0', SIGNALBOX_JOBS_SWEEP_MS: '50', SIGNALBOX_LOG_POLL_MS: '50' },
  );
});
afterAll(() => spec.close());

const make = () => factory(spec.app);
const send = (method: string, path: string, { headers }: Pick<TestPerson, 'headers'>) =>
  spec.request(method, `/api/v1/me/exports${path}`, { headers });
const ask = async (who: TestPerson): Promise<PersonalExport> => {
  const answer = await send('POST', '', who);
  expect(answer.statusCode).toBe(202);
  return answer.json();
};
const one = async (who: TestPerson, id: string): Promise<PersonalExport> => (await send('GET', `/${id}`, who)).json();
const finished = (who: TestPerson, id: string) =>
  until(async () => {
    const shown = await one(who, id);
    return shown.state !== 'pending' && shown;
  });
const made = async (who: TestPerson) => finished(who, (await ask(who)).id);
const opened = async (who: TestPerson, id: string) => {
  const answer = await send('GET', `/${id}/archive`, who);
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/zip']);
  return { zip: await unzip(answer.rawPayload), answer };
};
const types = async (id: string) => (await spec.events({ subjectId: id })).map((e) => e.type.replace(/^.*\./, ''));
const folder = async (path: string) => {
  const keys: string[] = [];
  for await (const key of spec.app.get(Storage).list(path)) keys.push(key);
  return keys;
};
const sealed = () => until(async () => (await spec.rows('select from outbox')).length === 0);
const read = (zip: Map<string, string>, path: string): Record<string, unknown>[] =>
  JSON.parse(zip.get(`${path}.json`) ?? 'null');

describe('the export of a person', () => {
  it('holds what every room knows of them, and nothing of others', async () => {
    const bob = await make().person().named('Bob Unseen').email('bob.unseen@example.com').create();
    const team = await make().workspace('Engines').ownedBy(bob).create();
    const ada = await make().person().named('Ada Seen').in(team, 'member').create();
    const key = await make().apiKey(team, ada).create();
    const bobsKey = await make().apiKey(team, bob).create();
    for (const { email } of [ada, bob])
      await spec.request('POST', '/api/v1/sessions', {
        payload: { email, password: TEST_PASSWORD },
        headers: { 'user-agent': AGENT },
        remoteAddress: email === ada.email ? '198.51.100.1' : '198.51.100.2',
      });
    for (const [{ headers }, name] of [
      [ada, 'Wishes of Ada'],
      [bob, 'Wishes of Bob'],
    ] as const)
      await spec.request('POST', team.url('subscriptions'), { headers, payload: { name, filter: 'price>0' } });
    for (const [{ headers }, subject] of [
      [ada, 'Boston to Paris roundtrip $310'],
      [bob, 'New York to Lisbon roundtrip $299'],
    ] as const) {
      const { id } = (
        await spec.request('POST', team.url('sources'), { headers, payload: { kind: 'upload', name: 'By hand' } })
      ).json();
      const text = dealMail(subject);
      await spec.request('POST', team.url(`sources/${id}/messages`), { headers, payload: { text } });
    }
    await until(async () => (await spec.rows(`select from delivery where user_id = $1`, [ada.id])).length === 2);
    for (const { headers } of [ada, bob]) {
      const payload = { cells: [{ kind: 'deal.found', channel: 'push', enabled: false }] };
      await spec.request('PATCH', '/api/v1/me/notification-preferences', { headers, payload });
    }
    const promotion = { headers: bob.headers, payload: { role: 'admin' }, remoteAddress: '198.51.100.2' };
    await spec.request('PATCH', team.url(`members/${ada.id}`), promotion);
    for (const [name, { headers }] of [
      ['Hers', ada],
      ['His', bob],
    ] as const)
      await spec.request('POST', team.url('service-accounts'), { headers, payload: { name, role: 'viewer' } });
    for (const [{ headers }, email] of [
      [ada, 'guest-of-ada@example.com'],
      [bob, 'guest-of-b@example.com'],
    ] as const)
      await spec.request('POST', team.url('invitations'), { headers, payload: { email, role: 'viewer' } });
    const projects = [ada, bob].map((person) => ({ person, projectId: randomUUID() }));
    for (const { person, projectId } of projects)
      await spec.app
        .get(Transactions)
        .run((em) =>
          spec.app.get(ProjectMemberships).add(em, { workspaceId: team.id, projectId, userId: person.id }, 'member'),
        );
    await sealed();

    const { id, size } = await made(ada);
    const { zip, answer } = await opened(ada, id);
    expect(answer.rawPayload).toHaveLength(size ?? -1);
    expect(answer.headers).toMatchObject({
      'content-disposition': 'attachment; filename="signalbox-my-data.zip"',
      'cache-control': 'no-store',
    });
    const paths = [...zip.keys()];
    for (const path of paths.filter((name) => name.endsWith('.json'))) expect(zip.get('README.txt')).toContain(path);
    expect(read(zip, 'account/profile')).toEqual([
      expect.objectContaining({ id: ada.id, email: ada.email, name: 'Ada Seen', hasPassword: true, currency: 'USD' }),
    ]);
    expect(read(zip, 'account/sessions')).toContainEqual(
      expect.objectContaining({ address: '198.51.100.1', userAgent: AGENT, device: 'Firefox on Linux' }),
    );
    expect(read(zip, 'account/devices')).toEqual([expect.objectContaining({ name: 'Firefox on Linux' })]);
    expect(read(zip, 'workspaces/memberships')).toEqual([
      expect.objectContaining({ id: team.id, workspace: 'Engines', role: 'admin' }),
    ]);
    expect(read(zip, 'workspaces/projects')).toEqual([
      { id: projects[0]?.projectId, workspace: 'Engines', role: 'member', joinedAt: expect.any(String) },
    ]);
    expect(read(zip, 'workspaces/invitations-sent')).toEqual([
      expect.objectContaining({
        workspace: 'Engines',
        email: 'guest-of-ada@example.com',
        role: 'viewer',
        invitedAt: expect.any(String),
        acceptedAt: null,
        revokedAt: null,
      }),
    ]);
    expect(read(zip, 'workspaces/api-keys')).toEqual([
      expect.objectContaining({ id: key.id, scopes: ['deals:read'], allowedAddresses: [], previousLastUsedAt: null }),
    ]);
    expect(read(zip, 'workspaces/service-accounts')).toEqual([
      expect.objectContaining({ name: 'Hers', workspace: 'Engines' }),
    ]);
    expect(read(zip, 'subscriptions/subscriptions')).toEqual([expect.objectContaining({ name: 'Wishes of Ada' })]);
    expect(read(zip, 'notifications/notifications')).toEqual(
      Array.from({ length: 2 }, () =>
        expect.objectContaining({ workspaceId: team.id, type: 'deal.found', readAt: null }),
      ),
    );
    expect(read(zip, 'notifications/deliveries')).toEqual(
      Array.from({ length: 2 }, () => expect.objectContaining({ workspaceId: team.id, channel: 'mail' })),
    );
    expect(read(zip, 'notifications/preferences')).toEqual([
      expect.objectContaining({ workspaceId: null, rules: [{ kind: 'deal.found', channel: 'push', enabled: false }] }),
    ]);
    expect(read(zip, 'notifications/channels')).toEqual([]);
    expect(read(zip, 'deals/uploads')).toEqual([
      expect.objectContaining({ source: 'By hand', workspace: 'Engines', size: expect.any(Number) }),
    ]);
    const events = read(zip, 'account/events');
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['session.started', 'subscription.created', 'source.created', 'message.received']),
    );
    expect(events.find(({ type }) => type === 'member.role_changed')).toMatchObject({
      subject: { type: 'user', id: ada.id },
      by: { kind: 'user' },
    });

    const whole = [...zip.values()].join('\n');
    for (const foreign of [
      'Bob',
      'bob.unseen',
      bob.id,
      '198.51.100.2',
      'Lisbon',
      bobsKey.id,
      bob.sessionId,
      'guest-of-b',
      projects[1]?.projectId,
    ])
      expect([foreign, whole.includes(String(foreign))]).toEqual([foreign, false]);
    const [secrets] = await spec.rows<{ password: string; key: string }>(
      `select u.password_hash as password, encode(k.hash, 'hex') as key from user_account u, api_key k
       where u.id = $1 and k.id = $2`,
      [ada.id, key.id],
    );
    for (const secret of [secrets?.password, secrets?.key, key.key, '$argon2'])
      expect([secret, whole.includes(String(secret))]).toEqual([secret, false]);
  });

  it('is made by a job, listed, and told by mail', async () => {
    const ada = await make().person().prefers({ timeZone: 'Asia/Tokyo', locale: 'en-GB' }).create();
    const asked = await ask(ada);
    expect(asked).toMatchObject({ state: 'pending', size: null, expiresAt: null });
    const ready = await finished(ada, asked.id);
    expect(ready).toMatchObject({ state: 'ready', size: expect.any(Number) });
    const left = Date.parse(ready.expiresAt ?? '') - Date.now();
    expect(Math.round(left / 86_400_000)).toBe(3);
    expect((await send('GET', '', ada)).json()).toEqual({ items: [ready], nextCursor: null });
    const { subject, text } = await spec.mailTo(ada.email);
    expect([subject, text.includes('GMT+9'), text.includes('/settings/exports')]).toEqual([
      'Your data is ready',
      true,
      true,
    ]);
    await opened(ada, asked.id);
    expect(await types(asked.id)).toEqual(['requested', 'finished', 'downloaded']);
  });

  it('is for that person only, who proved lately who they are', async () => {
    const [ada, bob] = [await make().person().create(), await make().person().create()];
    const { id } = await made(ada);
    for (const path of [`/${id}`, `/${id}/archive`]) {
      expect((await send('GET', path, bob)).statusCode).toBe(404);
      expect((await spec.request('GET', `/api/v1/me/exports${path}`)).statusCode).toBe(401);
    }
    expect((await send('DELETE', `/${id}`, bob)).statusCode).toBe(404);
    expect((await send('GET', '', bob)).json().items).toEqual([]);
    const team = await make().workspace().ownedBy(ada).create();
    const key = await make().apiKey(team, ada).create();
    expect((await send('GET', `/${id}/archive`, key)).statusCode).toBe(403);
    await spec.rows(`update session set created_at = now() - interval '1 hour' where id = $1`, [ada.sessionId]);
    for (const answer of [await send('GET', `/${id}/archive`, ada), await send('POST', '', ada)])
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'reauthentication_required']);
    expect(await types(id)).toEqual(['requested', 'finished']);
    expect((await one(ada, id)).state).toBe('ready');
  });

  it('is made once when it is asked for several times at once', async () => {
    const ada = await make().person().create();
    const lock = { sql: 'select from user_account where id = $1 for update', values: [ada.id], until: 4 };
    const answers = await spec.race(lock, () => Promise.all(Array.from({ length: 4 }, () => ask(ada))));
    // A worker may have made the first one before the last is asked for: then that one is another export.
    const ids = new Set(answers.map(({ id }) => id));
    const rows = await spec.rows('select from personal_export where user_id = $1', [ada.id]);
    expect(rows).toHaveLength(ids.size);
    for (const id of ids) await finished(ada, id);
  });

  it('is borne five times a day', async () => {
    const ada = await make().person().create();
    for (let i = 0; i < 5; i++) await made(ada);
    const refused = await send('POST', '', ada);
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'too_many_exports']);
    await spec.rows(`update personal_export set created_at = now() - interval '25 hours' where user_id = $1`, [ada.id]);
    await made(ada);
  });

  it('expires: its file is removed and it cannot be downloaded any more', async () => {
    const ada = await make().person().create();
    const { id } = await made(ada);
    const [job] = await spec.rows<{ due: boolean }>(
      `select next_attempt_at = x.expires_at as due from job j join personal_export x on j.key = x.id::text
       where j.name = 'expire_personal_export' and x.id = $1`,
      [id],
    );
    expect(job?.due).toBe(true);
    await spec.rows(`update job set next_attempt_at = now() where name = 'expire_personal_export' and key = $1`, [id]);
    await until(async () => (await one(ada, id)).state === 'expired');
    expect(await folder(`exports/${ada.id}`)).toEqual([]);
    expect((await send('GET', `/${id}/archive`, ada)).statusCode).toBe(404);
    expect(await types(id)).toEqual(['requested', 'finished', 'expired']);
  });

  it('is removed by the person, once', async () => {
    const ada = await make().person().create();
    const { id } = await made(ada);
    const answers = await Promise.all([send('DELETE', `/${id}`, ada), send('DELETE', `/${id}`, ada)]);
    expect(answers.map((a) => a.statusCode).sort()).toEqual([204, 404]);
    expect([await folder(`exports/${ada.id}`), (await one(ada, id)).state]).toEqual([[], 'expired']);
    expect(await types(id)).toEqual(['requested', 'finished', 'removed']);
  });

  it('goes with the account', async () => {
    const ada = await make().person().create();
    await made(ada);
    expect(await folder(`exports/${ada.id}`)).toHaveLength(1);
    await spec.request('POST', '/api/v1/me/deletion', { headers: ada.headers });
    await until(async () => (await spec.rows('select from user_account where id = $1', [ada.id])).length === 0);
    expect(await folder(`exports/${ada.id}`)).toEqual([]);
    expect(await spec.rows('select from personal_export where user_id = $1', [ada.id])).toEqual([]);
  });
});

describe('making an export', () => {
  /** What the specs' own room does while it is asked for its rows. */
  let whileRead: () => Promise<void> = async () => undefined;
  beforeAll(() => {
    spec.app.get(PersonalData).register({
      room: 'specs',
      files: () => [
        {
          path: 'specs/rows',
          about: 'Rows of the specs.',
          rows: async function* () {
            yield { n: 1 };
            await whileRead();
            yield { n: 2 };
          },
        },
      ],
    });
  });

  it('loses nothing when it is broken off, and leaves no half of a file', async () => {
    const ada = await make().person().create();
    let broken = 0;
    whileRead = async () => {
      if (broken++ < 2) throw new Error('The database went away.');
    };
    const write = jest.spyOn(LocalStorage.prototype, 'write');
    try {
      // What a process that was killed in the middle of an earlier attempt would have left.
      const id = (await ask(ada)).id;
      const left = join(spec.app.get(InstanceConfig).dataDir, 'files', 'exports', ada.id, id);
      await mkdir(left, { recursive: true });
      await writeFile(join(left, '1.zip.0b7ac9f2-0000-4000-8000-000000000000.part'), 'PK');
      expect((await finished(ada, id)).state).toBe('ready');
      const attempts = write.mock.calls.length;
      expect(attempts).toBe(3);
      expect(await folder(`exports/${ada.id}`)).toEqual([`exports/${ada.id}/${id}/${attempts}.zip`]);
      expect(read((await opened(ada, id)).zip, 'specs/rows')).toEqual([{ n: 1 }, { n: 2 }]);
      expect(await types(id)).toEqual(['requested', 'finished', 'downloaded']);
    } finally {
      write.mockRestore();
      whileRead = async () => undefined;
    }
  });

  it('stops when the process stops, and is done by another', async () => {
    const ada = await make().person().create();
    const stopping = new AbortController();
    const { id } = await ask(ada);
    await finished(ada, id);
    await spec.rows(`update personal_export set state = 'pending', storage_key = null where id = $1`, [id]);
    whileRead = async () => stopping.abort(new Error('The process is stopping.'));
    const job = spec.app.get(ExportPersonalDataJob);
    const running = { id, attempt: 7, payload: { exportId: id, userId: ada.id }, workspaceId: null };
    await expect(job.run({ ...running, signal: stopping.signal })).rejects.toThrow('The process is stopping.');
    expect([await folder(`exports/${ada.id}`), (await one(ada, id)).state]).toEqual([[], 'pending']);
    whileRead = async () => undefined;
    const outcome = await job.run({ ...running, attempt: 8, signal: new AbortController().signal });
    await spec.app.get(Transactions).run(async (em) => outcome.apply?.(em));
    expect((await one(ada, id)).state).toBe('ready');
    expect(await folder(`exports/${ada.id}`)).toEqual([`exports/${ada.id}/${id}/8.zip`]);
  });

  it('leaves no file when the export is removed, or the person is gone, meanwhile', async () => {
    for (const act of ['removed', 'erased'] as const) {
      const ada = await make().person().create();
      let id = '';
      whileRead = async () => {
        if (act === 'removed') await send('DELETE', `/${id}`, ada);
        else await spec.rows('delete from user_account where id = $1', [ada.id]);
      };
      id = (await ask(ada)).id;
      await until(async () => (await spec.rows(`select from job where key = $1 and state = 'done'`, [id])).length > 0);
      expect([act, await folder(`exports/${ada.id}`)]).toEqual([act, []]);
      expect(await spec.rows(`select from personal_export where id = $1 and state <> 'expired'`, [id])).toEqual([]);
      whileRead = async () => undefined;
    }
  });

  it('is given up after some failures, which the person is told of', async () => {
    const ada = await make().person().create();
    const { id } = await ask(ada);
    await finished(ada, id);
    expect((await spec.mailTo(ada.email)).subject).toBe('Your data is ready');
    await spec.rows(`update personal_export set state = 'pending' where id = $1`, [id]);
    const job = { id, attempt: 6, payload: { exportId: id, userId: ada.id }, workspaceId: null };
    const fault = new Error('The disk is full.');
    await spec.app.get(Transactions).run((em) => spec.app.get(ExportPersonalDataJob).parked(job, fault, em));
    expect((await one(ada, id)).state).toBe('failed');
    const refused = await send('GET', `/${id}/archive`, ada);
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'export_not_ready']);
    expect((await spec.mailTo(ada.email)).subject).toBe('Your data could not be exported');
    expect((await types(id)).at(-1)).toBe('failed');
  });
});
