import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { DealsModule } from '#modules/deals/index.js';
import { SubscriptionsModule } from '#modules/subscriptions/index.js';
import { DatabaseConfig, Transactions } from '#platform/database/index.js';
import { auditLog } from '#platform/event-log/index.js';
import { FiltersModule } from '#platform/filters/index.js';
import { HttpClientModule } from '#platform/http-client/index.js';
import { NotificationKindsModule } from '#platform/notifications/index.js';
import { LocalStorage, Storage } from '#platform/storage/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { dealMail, until } from '#test/deals-kit.js';
import { factory, TEST_PASSWORD, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../../index.js';
import { EraseAccountJob } from './erase-account.job.js';

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0';
const ADDRESS = '198.51.100.147';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication(
    [FiltersModule, HttpClientModule, NotificationKindsModule, UsersModule, DealsModule, SubscriptionsModule],
    {
      SIGNALBOX_DELETION_DAYS: '0',
      SIGNALBOX_JOBS_SWEEP_MS: '50',
      SIGNALBOX_LOG_POLL_MS: '50',
      SIGNALBOX_SMTP_IN_PORT: '0',
    },
  );
});
afterAll(() => spec.close());

const make = () => factory(spec.app);
const exists = async ({ id }: { id: string }, table = 'user_account') =>
  (await spec.rows(`select from ${table} where id = $1`, [id])).length > 0;
const gone = (who: TestPerson) => until(async () => !(await exists(who)));
const remove = (who: Pick<TestPerson, 'headers'>) =>
  spec.request('POST', '/api/v1/me/deletion', { headers: who.headers });
const roles = async (team: TestWorkspace) =>
  Object.fromEntries(
    (
      await spec.rows<{ user_id: string; role: string }>(
        'select user_id, role from membership where workspace_id = $1',
        [team.id],
      )
    ).map(({ user_id, role }) => [user_id, role]),
  );
async function audit() {
  const client = new pg.Client({ connectionString: spec.app.get(DatabaseConfig).url });
  await client.connect();
  try {
    return await auditLog(client);
  } finally {
    await client.end();
  }
}

/** Tables with a row that holds one of the texts. */
async function traces(...texts: string[]): Promise<string[]> {
  const tables = await spec.rows<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const like = texts.map((text) => `%${text}%`);
    const hex = texts.map((text) => `%${Buffer.from(text).toString('hex')}%`);
    const rows = await spec.rows(
      `select from (select row_to_json(t)::text as row from "${name}" t) as r where row ilike any($1) limit 1`,
      [[...like, ...hex]],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}

/** Uploads a mail with a deal. @returns the key of its bytes */
async function upload(who: TestPerson, team: TestWorkspace, subject: string): Promise<string> {
  const post = async (path: string, payload: object) => {
    const answer = await spec.request('POST', team.url(path), { headers: who.headers, payload });
    if (answer.statusCode !== 201) throw new Error(answer.body);
    return answer.json();
  };
  const { id } = await post('sources', { kind: 'upload', name: 'By hand' });
  const { messages } = await post(`sources/${id}/messages`, { text: dealMail(subject) });
  const [row] = await spec.rows<{ key: string }>('select storage_key as key from message where id = $1', [
    messages[0].id,
  ]);
  await until(async () => (await spec.rows('select from deal where workspace_id = $1', [team.id])).length > 0);
  return row?.key ?? '';
}

/** A person with everything that the rooms keep of people. */
async function somebody() {
  const mark = uuidv7().slice(-12);
  const shared = await make().workspace('Shared').create();
  const email = `byron-${mark}@example.com`;
  const ada = await make().person().named(`Ada Byron ${mark}`).email(email).in(shared, 'member').create();
  const own = await make().workspace(`Diary of ${mark}`).ownedBy(ada).create();
  const colleague = await make().person().in(shared, 'member').create();
  const as = { headers: ada.headers };
  const payload = { email, password: TEST_PASSWORD };
  await spec.request('POST', '/api/v1/sessions', { payload, headers: { 'user-agent': AGENT }, remoteAddress: ADDRESS });
  await spec.request('POST', '/api/v1/sessions', { payload, headers: { 'user-agent': AGENT }, remoteAddress: ADDRESS });
  await spec.request('PATCH', '/api/v1/me', { ...as, payload: { currency: 'EUR' }, remoteAddress: ADDRESS });
  await spec.request('POST', '/api/v1/me/email-change', { ...as, payload: { email: `new-${email}` } });
  for (const team of [own, shared]) {
    const headers = { ...ada.headers, 'idempotency-key': `key-${team.id}` };
    const wanted = { name: `Wishes of ${mark}`, filter: 'price<400USD' };
    const made = await spec.request('POST', team.url('subscriptions'), { headers, payload: wanted });
    expect(made.statusCode).toBe(201);
  }
  await make().apiKey(shared, ada).create();
  await spec.rows(
    `insert into invitation (id, workspace_id, email, email_key, role, token_hash, created_at, expires_at, accepted_at, accepted_by)
     values (gen_random_uuid(), $1, $2, $2, 'member', sha256(convert_to($2::text, 'UTF8')), now(), now(), now(), $3)`,
    [shared.id, email, ada.id],
  );
  await spec.rows(
    `insert into invitation (id, workspace_id, email, email_key, role, token_hash, created_at, expires_at, revoked_at)
     values (gen_random_uuid(), $1, $2, $2, 'admin', sha256('taken back' || convert_to($2::text, 'UTF8')), now(), now(), now())`,
    [shared.id, email],
  );
  const cells = [{ kind: 'deal.found', channel: 'push', enabled: false }];
  await spec.request('PATCH', '/api/v1/me/notification-preferences', { headers: ada.headers, payload: { cells } });
  const files = [await upload(ada, own, 'New York to Lisbon roundtrip $299')];
  const sharedFile = await upload(ada, shared, 'Boston to Paris roundtrip $310');
  await until(
    async () => (await spec.rows(`select from delivery where user_id = $1 and state = 'sent'`, [ada.id])).length === 2,
  );
  return { ada, own, shared, colleague, mark, email, files, sharedFile };
}

describe('the erasure of a person', () => {
  it('takes no mail along that went to an address of somebody else, whatever was asked for it', async () => {
    const [ada, bob] = [await make().person().create(), await make().person().create()];
    await spec.request('POST', '/api/v1/password-resets', { payload: { email: bob.email } });
    const mailed = (to: string) => spec.rows('select subject from preview_mail where $1 = any(recipients)', [to]);
    await until(async () => (await mailed(bob.email)).length === 1);
    const ask = { headers: ada.headers, payload: { email: bob.email } };
    expect((await spec.request('POST', '/api/v1/me/email-change', ask)).statusCode).toBe(202);
    await until(async () => (await mailed(ada.email)).length === 1 && (await mailed(bob.email)).length === 2);
    expect((await remove(ada)).statusCode).toBe(202);
    await gone(ada);
    expect([(await mailed(ada.email)).length, (await mailed(bob.email)).length]).toEqual([0, 2]);
  });

  it('leaves no trace of them, takes what was theirs alone, keeps what others share, and the log verifies', async () => {
    const { ada, own, shared, colleague, mark, email, files, sharedFile } = await somebody();
    expect(await traces(mark)).toEqual(
      expect.arrayContaining(['user_account', 'workspace', 'event', 'preview_mail', 'subscription', 'email_change']),
    );
    expect(await traces(ADDRESS)).toEqual(expect.arrayContaining(['event', 'session']));
    expect((await remove(ada)).statusCode).toBe(202);
    await gone(ada);

    expect(await traces(mark, email, ADDRESS, AGENT)).toEqual([]);
    for (const table of [
      'session',
      'membership',
      'api_key',
      'subscription',
      'delivery',
      'notification',
      'notification_preference',
      'known_device',
      'email_change',
    ])
      expect([table, await spec.rows(`select from ${table} where user_id = $1`, [ada.id])]).toEqual([table, []]);
    expect(await spec.rows('select from idempotency_key where actor_id = $1', [ada.id])).toEqual([]);
    expect([await exists(own, 'workspace'), await exists(shared, 'workspace')]).toEqual([false, true]);
    const storage = spec.app.get(Storage);
    for (const key of files) expect([key, await storage.exists(key)]).toEqual([key, false]);

    expect(await storage.exists(sharedFile)).toBe(true);
    expect(await spec.rows('select from deal where workspace_id = $1', [shared.id])).toHaveLength(1);
    expect(await roles(shared)).toEqual({ [shared.owner.id]: 'owner', [colleague.id]: 'member' });
    const told = (await spec.events({ subjectId: ada.id })).map((e) => [e.type, e.data, e.actor.kind]);
    expect(told.slice(-2)).toEqual([
      ['member.removed', null, 'system'],
      ['user.erased', { reason: 'deletion' }, 'system'],
    ]);
    expect((await spec.events({ subjectId: own.id })).at(-1)).toMatchObject({ type: 'workspace.erased', data: {} });
    const verdict = await until(async () => {
      const [left] = await spec.rows('select from outbox limit 1');
      return !left && (await audit());
    });
    expect(verdict.fault).toBeUndefined();
    expect(verdict.erased).toBeGreaterThan(10);
  });

  it('loses nothing when it is broken off anywhere, and lets nobody in meanwhile', async () => {
    const { ada, own, mark, files } = await somebody();
    const breaks = jest.spyOn(LocalStorage.prototype, 'delete');
    breaks.mockRejectedValueOnce(new Error('The disk is away.')).mockRejectedValueOnce(new Error('Still away.'));
    const commits = jest.spyOn(Transactions.prototype, 'run');
    try {
      await remove(ada);
      await until(async () => breaks.mock.calls.length >= 1);
      const payload = { email: ada.email, password: TEST_PASSWORD };
      const late = await spec.request('POST', '/api/v1/sessions', { payload });
      if (await exists(ada)) expect([late.statusCode, late.json().code]).toEqual([401, 'invalid_credentials']);
      await gone(ada);
    } finally {
      breaks.mockRestore();
      commits.mockRestore();
    }
    expect([await exists(own, 'workspace'), await traces(mark)]).toEqual([false, []]);
    for (const key of files) expect(await spec.app.get(Storage).exists(key)).toBe(false);
    const [job] = await spec.rows<{ state: string; failures: number }>(
      `select state, failures from job where name = 'erase_account' and payload->>'userId' = $1`,
      [ada.id],
    );
    expect(job).toEqual({ state: 'done', failures: 2 });
    expect((await spec.events({ subjectId: ada.id, type: 'user.erased' })).length).toBe(1);
  });

  /** Runs the job of a person whose days of grace are over, in this process. */
  async function erase(who: TestPerson): Promise<void> {
    const eraseAt = new Date(Date.now() - 1000);
    await spec.rows('update user_account set erase_at = $2 where id = $1', [who.id, eraseAt]);
    const { signal } = new AbortController();
    const job = { id: uuidv7(), attempt: 1, workspaceId: null, signal };
    const payload = { userId: who.id, eraseAt: eraseAt.toISOString() };
    const outcome = await spec.app.get(EraseAccountJob).run({ ...job, payload });
    await until(async () => (await spec.rows('select from outbox')).length === 0);
    await spec.app.get(Transactions).run(async (em) => outcome.apply?.(em));
  }

  it('makes somebody owner where the last other owner left in the days of grace', async () => {
    const team = await make().workspace().create();
    const viewer = await make().person().in(team, 'viewer').create();
    const [first, second] = [
      await make().person().in(team, 'admin').create(),
      await make().person().in(team, 'admin').create(),
    ];
    await spec.rows(`update membership set created_at = now() - interval '1 day' where user_id = $1`, [second.id]);
    await erase(team.owner);
    expect(await roles(team)).toEqual({ [viewer.id]: 'viewer', [first.id]: 'admin', [second.id]: 'owner' });
    const changes = await spec.events({ workspaceId: team.id, type: 'member.role_changed' });
    expect(changes.map((e) => [e.subjectId, e.data, e.actor.kind])).toEqual([
      [second.id, { before: 'admin', after: 'owner' }, 'system'],
    ]);
    expect((await audit()).fault).toBeUndefined();
  });

  it('lets somebody in who was kept out where nobody else is left to own the workspace', async () => {
    const team = await make().workspace().create();
    const [kept, later] = [await make().person().in(team, 'member').create(), await make().person().in(team).create()];
    await spec.rows(
      `update membership set suspended_at = now(), created_at = now() - case when user_id = $2 then interval '1 day' else '0' end
       where workspace_id = $1 and role <> 'owner'`,
      [team.id, kept.id],
    );
    await erase(team.owner);
    expect(await roles(team)).toEqual({ [kept.id]: 'owner', [later.id]: 'member' });
    const about = (await spec.events({ workspaceId: team.id, subjectId: kept.id })).map((e) => [e.type, e.data]);
    expect(about).toEqual([
      ['member.resumed', { role: 'member', state: 'active', before: { state: 'suspended' } }],
      ['member.role_changed', { before: 'member', after: 'owner' }],
    ]);
    const mail = await spec.mailTo(kept.email);
    expect(mail.subject).toBe(`${team.name} is open to you again`);
    expect(mail.text).toContain('You own it from now on');
    expect((await spec.request('GET', team.url(), { headers: kept.headers })).statusCode).toBe(200);
  });

  it('keeps a workspace that somebody joined at the last moment', async () => {
    const team = await make().workspace().create();
    const guest = await make().person().create();
    const invite = { headers: team.owner.headers, payload: { email: guest.email, role: 'viewer' } };
    expect((await spec.request('POST', team.url('invitations'), invite)).statusCode).toBe(201);
    const { token } = await spec.mailTo(guest.email);
    const acceptance = { headers: guest.headers, payload: { token } };
    const lock = { sql: 'select from invitation where workspace_id = $1 for update', values: [team.id], until: 2 };
    const [joined] = await spec.race(lock, () =>
      Promise.all([spec.request('POST', '/api/v1/invitations/acceptance', acceptance), erase(team.owner)]),
    );
    const stays = joined.statusCode < 300;
    expect(await exists(team, 'workspace')).toBe(stays);
    expect(await roles(team)).toEqual(stays ? { [guest.id]: 'owner' } : {});
    expect(await exists(team.owner)).toBe(false);
  });

  it('lets nobody join what is being erased', async () => {
    const team = await make().workspace().create();
    const guest = await make().person().create();
    const invite = { headers: team.owner.headers, payload: { email: guest.email, role: 'viewer' } };
    await spec.request('POST', team.url('invitations'), invite);
    const { token } = await spec.mailTo(guest.email);
    await erase(team.owner);
    const acceptance = { headers: guest.headers, payload: { token } };
    const late = await spec.request('POST', '/api/v1/invitations/acceptance', acceptance);
    expect([late.statusCode, late.json().code]).toEqual([409, 'invitation_closed']);
    expect(await exists(team, 'workspace')).toBe(false);
  });

  it('stops the alerts of an account that waits for it', async () => {
    const team = await make().workspace().create();
    const [goes, stays] = [await make().person().in(team).create(), await make().person().in(team).create()];
    for (const { headers } of [goes, stays])
      await spec.request('POST', team.url('subscriptions'), { headers, payload: { name: 'All', filter: 'price>0' } });
    await spec.rows(`update user_account set erase_at = now() + interval '7 days' where id = $1`, [goes.id]);
    await upload(team.owner, team, 'Boston to Paris roundtrip $310');
    const deliveries = () =>
      spec.rows<{ user_id: string }>('select user_id from delivery where workspace_id = $1', [team.id]);
    await until(async () => (await deliveries()).length > 0);
    expect(await deliveries()).toEqual([{ user_id: stays.id }]);
  });
});
