import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD } from '#test/factories.js';
import { UsersModule } from '../index.js';

const NEW_PASSWORD = 'another long password';

describe('a password reset', () => {
  let spec: TestApplication;
  beforeAll(async () => {
    spec = await startApplication([UsersModule]);
  });
  afterAll(() => spec.close());

  const ask = (email: string) => spec.request('POST', '/api/v1/password-resets', { payload: { email } });
  const complete = (token: string, password = NEW_PASSWORD) =>
    spec.request('POST', '/api/v1/password-resets/completion', { payload: { token, password } });
  const signIn = (email: string, password: string) =>
    spec.request('POST', '/api/v1/sessions', { payload: { email, password, transport: 'body' } });

  it('sets the password by the mailed link, ends every session and tells the person', async () => {
    const ada = await factory(spec.app).person().create();
    const other = (await signIn(ada.email, TEST_PASSWORD)).json();
    expect((await ask(ada.email.toUpperCase())).statusCode).toBe(202);
    const { token, subject } = await spec.mailTo(ada.email);
    expect(subject).toBe('Set a new password');
    expect((await complete(token)).statusCode).toBe(204);

    expect((await signIn(ada.email, TEST_PASSWORD)).json().code).toBe('invalid_credentials');
    expect((await signIn(ada.email, NEW_PASSWORD)).statusCode).toBe(201);
    for (const accessToken of [ada.token, other.accessToken])
      expect(
        (await spec.request('GET', '/api/v1/me', { headers: { authorization: `Bearer ${accessToken}` } })).statusCode,
      ).toBe(401);
    const renewal = { payload: { refreshToken: other.refreshToken } };
    expect((await spec.request('POST', '/api/v1/sessions/current/renewal', renewal)).statusCode).toBe(401);
    expect((await spec.mailTo(ada.email)).subject).toBe('Your password was changed');

    const types = (await spec.events({ subjectId: ada.id })).map((e) => e.type);
    expect(types).toEqual(['user.password_reset_requested', 'user.password_changed', 'session.refused']);
    const ended = (await spec.events({ type: 'session.ended' })).filter((e) => e.data.userId === ada.id);
    expect(ended.map((e) => [e.subjectId, e.data.reason]).sort()).toEqual(
      [ada.sessionId, other.sessionId].sort().map((id) => [id, 'password_changed']),
    );
  });

  it('works once, and makes the other links useless', async () => {
    const ada = await factory(spec.app).person().create();
    await ask(ada.email);
    const first = await spec.mailTo(ada.email);
    await ask(ada.email);
    const second = await spec.mailTo(ada.email);
    const answers = await Promise.all([complete(first.token), complete(first.token), complete(second.token)]);
    expect(answers.map((a) => a.statusCode).sort()).toEqual([204, 400, 400]);
    expect((await spec.events({ subjectId: ada.id, type: 'user.password_changed' })).length).toBe(1);
  });

  it('keeps no token that could be read from the database', async () => {
    const ada = await factory(spec.app).person().create();
    await ask(ada.email);
    const { token } = await spec.mailTo(ada.email);
    const rows = await spec.rows<{ row: string }>(
      `select row_to_json(t)::text as row from one_time_token t union all select row_to_json(j)::text from job j`,
    );
    expect(rows.filter(({ row }) => row.includes(token))).toEqual([]);
  });

  it('is refused when the link is too old or was never sent', async () => {
    const ada = await factory(spec.app).person().create();
    await ask(ada.email);
    const { token } = await spec.mailTo(ada.email);
    await spec.rows('update one_time_token set expires_at = now() where user_id = $1', [ada.id]);
    for (const wrong of [token, 'x'.repeat(43)]) {
      const answer = await complete(wrong);
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'link_expired']);
    }
    expect((await signIn(ada.email, TEST_PASSWORD)).statusCode).toBe(201);
  });

  it('is no use for confirming an address, nor the other way round', async () => {
    const ada = await factory(spec.app).person().unverified().create();
    await spec.request('POST', '/api/v1/email-verifications', { payload: { email: ada.email } });
    const { token } = await spec.mailTo(ada.email);
    expect((await complete(token)).json().code).toBe('link_expired');
    expect(
      (await spec.request('POST', '/api/v1/email-verifications/completion', { payload: { token } })).statusCode,
    ).toBe(204);
  });

  it('confirms the address that the link was read at', async () => {
    const ada = await factory(spec.app).person().unverified().create();
    await ask(ada.email);
    await complete((await spec.mailTo(ada.email)).token);
    expect((await signIn(ada.email, NEW_PASSWORD)).json().person.emailVerified).toBe(true);
    expect((await spec.events({ subjectId: ada.id })).map((e) => e.type)).toContain('user.email_verified');
  });

  it('is answered the same for a stranger, who gets no mail', async () => {
    const ada = await factory(spec.app).person().create();
    const [known, stranger] = [await ask(ada.email), await ask('nobody@example.com')];
    expect([stranger.statusCode, stranger.json()]).toEqual([known.statusCode, known.json()]);
    await spec.mailTo(ada.email);
    while ((await spec.rows(`select from job where state in ('queued', 'running')`)).length > 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await spec.rows(`select from preview_mail where 'nobody@example.com' = any(recipients)`)).toHaveLength(0);
  });

  it('is recorded as not mailed once the hour has had its five links, and answered the same', async () => {
    const ada = await factory(spec.app).person().create();
    const answers = [];
    for (let i = 0; i < 6; i++) {
      answers.push(await ask(ada.email));
      const told = () => spec.events({ subjectId: ada.id, type: 'user.password_reset_requested' });
      while ((await told()).length <= i) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    const told = await spec.events({ subjectId: ada.id, type: 'user.password_reset_requested' });
    expect(told.map(({ data }) => data['mailed'])).toEqual([true, true, true, true, true, false]);
    const mails = await spec.rows(`select from job where queue = 'mail' and subject_id = $1`, [ada.id]);
    expect(mails).toHaveLength(5);
  });

  it('refuses a weak password and leaves the link good', async () => {
    const ada = await factory(spec.app).person().create();
    await ask(ada.email);
    const { token } = await spec.mailTo(ada.email);
    expect((await complete(token, 'short')).json().errors[0].path).toBe('/body/password');
    expect((await complete(token)).statusCode).toBe(204);
  });
});
