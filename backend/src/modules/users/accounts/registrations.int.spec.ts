import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import { InstanceConfig } from '#platform/config/index.js';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory } from '#test/factories.js';
import { SetupApi, UsersModule } from '../index.js';

const URL = '/api/v1/registrations';
const ada = { name: 'Ada', email: 'Ada@Example.com', password: 'a long enough password' };

describe('the first owner', () => {
  let spec: TestApplication;
  beforeEach(async () => {
    spec = await startApplication([UsersModule], { SIGNALBOX_REGISTRATION: 'open' });
  });
  afterEach(() => spec.close());

  const codeFile = () => join(spec.app.get(InstanceConfig).dataDir, 'setup-code');
  const code = async () => (await spec.app.get(SetupApi).pendingCode()) ?? '';
  const register = (payload: object) => spec.request('POST', URL, { payload });

  it('signs up with the code, becomes operator and owns a workspace', async () => {
    const answer = await register({ ...ada, setupCode: await code(), workspaceName: 'Engines', transport: 'body' });
    expect(answer.statusCode).toBe(201);
    const { session } = answer.json();
    expect(session.person).toMatchObject({ email: 'Ada@example.com', emailVerified: false, operator: true });
    const headers = { authorization: `Bearer ${session.accessToken}` };
    const mine = await spec.request('GET', '/api/v1/workspaces', { headers });
    expect(mine.json().items).toEqual([expect.objectContaining({ name: 'Engines', role: 'owner' })]);

    const person = session.person.id;
    const workspaceId = mine.json().items[0].id;
    expect((await spec.events()).map((e) => [e.type, e.workspaceId, e.subjectId, e.data])).toEqual([
      ['user.registered', SYSTEM_WORKSPACE, person, { operator: true }],
      ['workspace.created', workspaceId, workspaceId, { name: 'Engines' }],
      ['member.added', workspaceId, person, { role: 'owner' }],
      ['session.started', SYSTEM_WORKSPACE, session.sessionId, { userId: person, method: 'registration' }],
      ['device.added', SYSTEM_WORKSPACE, expect.any(String), expect.objectContaining({ userId: person, told: false })],
    ]);
    expect((await spec.mailTo('Ada@example.com')).subject).toBe('Confirm your address');
    await expect(spec.app.get(SetupApi).pendingCode()).resolves.toBeNull();
    expect(existsSync(codeFile())).toBe(false);
  });

  it('keeps the code in a file that only its owner reads, the same until it is used', async () => {
    const first = await code();
    expect(first.length).toBeGreaterThanOrEqual(20);
    expect(await code()).toBe(first);
    expect(readFileSync(codeFile(), 'utf8').trim()).toBe(first);
    expect(statSync(codeFile()).mode & 0o777).toBe(0o600);
    const [row] = await spec.rows<{ hash: Buffer }>('select hash from setup_code');
    expect(row?.hash.toString('utf8')).not.toContain(first);
  });

  it('agrees on one code when processes start together', async () => {
    const setup = spec.app.get(SetupApi);
    const codes = await Promise.all(Array.from({ length: 8 }, () => setup.pendingCode()));
    expect(new Set(codes).size).toBe(1);
  });

  it.each([
    ['without a code, even where registration is open', {}, 'setup_required'],
    ['with a wrong code', { setupCode: 'wrong' }, 'setup_code_refused'],
  ])('does not sign up %s', async (_, more, problem) => {
    const answer = await register({ ...ada, ...more });
    expect(answer.statusCode).toBe(403);
    expect(answer.json().code).toBe(problem);
    expect(await spec.rows('select from user_account')).toHaveLength(0);
    expect(await spec.events()).toEqual([]);
  });

  it('is one person, however many use the code at once', async () => {
    const setupCode = await code();
    const people = Array.from({ length: 6 }, (_, i) => ({ ...ada, email: `person${i}@example.com`, setupCode }));
    const lock = { sql: 'select from setup_code for update', until: people.length };
    const answers = await spec.race(lock, () => Promise.all(people.map(register)));
    expect(answers.map((a) => a.statusCode).sort()).toEqual([201, 403, 403, 403, 403, 403]);
    expect(await spec.rows('select from user_account')).toHaveLength(1);
    expect(await spec.rows('select from workspace')).toHaveLength(1);
    expect(await spec.events({ type: 'user.registered' })).toHaveLength(1);
  });

  it('does not sign up with the code of an instance that has an owner', async () => {
    const setupCode = await code();
    await factory(spec.app).person().create();
    const answer = await register({ ...ada, setupCode });
    expect(answer.json().code).toBe('setup_code_refused');
  });
});

describe('registration where anybody may sign up', () => {
  let spec: TestApplication;
  beforeAll(async () => {
    spec = await startApplication([UsersModule], { SIGNALBOX_REGISTRATION: 'open' });
    await factory(spec.app).person().create();
  });
  afterAll(() => spec.close());

  const register = (payload: object) => spec.request('POST', URL, { payload });
  const signIn = (email: string) =>
    spec.request('POST', '/api/v1/sessions', { payload: { email, password: ada.password } });

  it('waits for the address to be confirmed, once, by the mailed link', async () => {
    const email = 'bob@example.com';
    const answer = await register({ ...ada, email, locale: 'pt-PT', timeZone: 'Europe/Lisbon', currency: 'EUR' });
    expect([answer.statusCode, answer.json()]).toEqual([201, { state: 'verification_sent', session: null }]);
    expect(answer.headers['set-cookie']).toBeUndefined();
    const { token } = await spec.mailTo(email);
    const refused = await signIn(email);
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'email_unverified']);

    const confirm = () => spec.request('POST', '/api/v1/email-verifications/completion', { payload: { token } });
    expect((await confirm()).statusCode).toBe(204);
    const again = await confirm();
    expect([again.statusCode, again.json().code]).toEqual([400, 'link_expired']);

    const signedIn = await signIn(email);
    expect(signedIn.statusCode).toBe(201);
    const { person } = signedIn.json();
    expect(person).toMatchObject({ emailVerified: true, locale: 'pt-PT', timeZone: 'Europe/Lisbon', currency: 'EUR' });
    expect((await spec.events({ subjectId: person.id })).map((e) => e.type)).toEqual([
      'user.registered',
      'session.refused',
      'user.email_verified',
    ]);
  });

  it('answers the same for an address that has an account, and tells its owner by mail', async () => {
    const known = await factory(spec.app).person().email('known@example.com').create();
    const before = await spec.rows('select password_hash, name from user_account where id = $1', [known.id]);
    const fresh = await register({ ...ada, email: 'fresh@example.com' });
    const repeated = await register({ ...ada, email: 'KNOWN@EXAMPLE.COM' });
    expect([repeated.statusCode, repeated.json()]).toEqual([fresh.statusCode, fresh.json()]);
    expect((await spec.mailTo('known@example.com')).subject).toBe('You have an account already');
    expect(await spec.rows('select password_hash, name from user_account where id = $1', [known.id])).toEqual(before);
    expect(await spec.events({ subjectId: known.id })).toEqual([]);
  });

  it('fills nobody’s mailbox by telling them of each sign-up with their address', async () => {
    const { email } = await factory(spec.app).person().create();
    for (let i = 0; i < 7; i++) {
      expect((await register({ ...ada, email })).statusCode).toBe(201);
      await jobsDone(spec);
    }
    expect(await spec.rows('select from preview_mail where $1 = any(recipients)', [email])).toHaveLength(5);
  });

  it('lets nobody keep a password for an address that somebody else then confirms', async () => {
    const email = 'carol@example.com';
    const [strangers, carols] = ['what the stranger knows', 'what carol typed herself'];
    await register({ ...ada, email, password: strangers });
    const first = await spec.mailTo(email);
    await register({ ...ada, email, password: carols });
    const second = await spec.mailTo(email);
    expect([first.subject, second.subject]).toEqual(['Confirm your address', 'Choose your password']);

    const confirm = { payload: { token: first.token } };
    const confirmed = await spec.request('POST', '/api/v1/email-verifications/completion', confirm);
    expect([confirmed.statusCode, confirmed.json().code]).toEqual([400, 'link_expired']);
    const password = 'what whoever reads it chose';
    const chosen = { payload: { token: second.token, password } };
    expect((await spec.request('POST', '/api/v1/password-resets/completion', chosen)).statusCode).toBe(204);
    const outcomes = [];
    for (const one of [strangers, carols, password])
      outcomes.push((await spec.request('POST', '/api/v1/sessions', { payload: { email, password: one } })).statusCode);
    expect(outcomes).toEqual([401, 401, 201]);
    const [row] = await spec.rows<{ id: string }>('select id from user_account where email_key = $1', [email]);
    expect((await spec.events({ subjectId: row?.id ?? '' })).map((e) => e.type)).toEqual([
      'user.registered',
      'user.password_reset_requested',
      'user.email_verified',
      'user.password_changed',
      'session.refused',
      'session.refused',
    ]);
  });

  it('records of one that signs up again and again whether a link was mailed', async () => {
    const email = 'again@example.com';
    for (let i = 0; i < 7; i++) {
      await register({ ...ada, email });
      await jobsDone(spec);
    }
    const [row] = await spec.rows<{ id: string }>('select id from user_account where email_key = $1', [email]);
    const told = await spec.events({ subjectId: row?.id ?? '', type: 'user.password_reset_requested' });
    expect(told.map(({ data }) => data['mailed'])).toEqual([true, true, true, true, true, false]);
    expect(await spec.rows(`select from preview_mail where $1 = any(recipients)`, [email])).toHaveLength(6);
  });

  it('makes one account of many sign-ups at once', async () => {
    const spellings = [
      'Race@example.com',
      'race@example.com',
      'RACE@EXAMPLE.com',
      'ｒace@example.com',
      'raCe@example.COM',
    ];
    const answers = await Promise.all(spellings.map((email) => register({ ...ada, email })));
    expect(answers.map((a) => a.statusCode)).toEqual([201, 201, 201, 201, 201]);
    await jobsDone(spec);
    expect(await spec.rows(`select from user_account where email_key = 'race@example.com'`)).toHaveLength(1);
  });

  it('lets a link run out', async () => {
    await register({ ...ada, email: 'late@example.com' });
    const { token } = await spec.mailTo('late@example.com');
    await spec.rows(`update one_time_token set expires_at = now() where email_key = 'late@example.com'`);
    const late = await spec.request('POST', '/api/v1/email-verifications/completion', { payload: { token } });
    expect(late.json().code).toBe('link_expired');
    expect((await signIn('late@example.com')).json().code).toBe('email_unverified');
  });

  it('sends another link when asked, five within an hour at most, and answers the same for a stranger', async () => {
    await register({ ...ada, email: 'eager@example.com' });
    const ask = (email: string) => spec.request('POST', '/api/v1/email-verifications', { payload: { email } });
    await spec.mailTo('eager@example.com');
    for (let i = 0; i < 4; i++) {
      expect((await ask('eager@example.com')).statusCode).toBe(202);
      expect((await spec.mailTo('eager@example.com')).token).not.toBe('');
    }
    const [known, stranger] = [await ask('eager@example.com'), await ask('stranger@example.com')];
    expect([stranger.statusCode, stranger.json()]).toEqual([known.statusCode, known.json()]);
    await jobsDone(spec);
    expect(await spec.rows(`select from preview_mail where 'eager@example.com' = any(recipients)`)).toHaveLength(5);
    expect(await spec.rows(`select from preview_mail where 'stranger@example.com' = any(recipients)`)).toHaveLength(0);
  });

  it.each([
    ['a look-alike letter', { email: 'аda@example.com' }, '/body/email'],
    ['a line break in the address', { email: 'ada@example.com\r\nBcc: eve@example.com' }, '/body/email'],
    ['a password of 10 kB', { password: 'x1y2'.repeat(2560) }, '/body/password'],
    ['a short password', { password: 'short' }, '/body/password'],
    ['a name of two lines', { name: 'Ada\nLovelace' }, '/body/name'],
    ['a field that is not theirs to set', { operator: true }, '/body'],
  ])('refuses %s', async (_, wrong, path) => {
    const answer = await register({ ...ada, email: 'wrong@example.com', ...wrong });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].path).toContain(path);
    expect(await spec.rows(`select from user_account where name = 'Ada' and email_key like 'wrong%'`)).toHaveLength(0);
  });
});

describe('registration by invitation only', () => {
  let spec: TestApplication;
  beforeAll(async () => {
    spec = await startApplication([UsersModule]);
    await factory(spec.app).person().create();
  });
  afterAll(() => spec.close());

  it('is the default and takes nobody else', async () => {
    const answer = await spec.request('POST', URL, { payload: ada });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'registration_closed']);
  });
});

/** Waits until no job is left to run. */
async function jobsDone(spec: TestApplication): Promise<void> {
  while ((await spec.rows(`select from job where state in ('queued', 'running')`)).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
}
