import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type PersonBuilder, type TestPerson } from '#test/factories.js';
import { UsersModule } from '../../index.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

const person = (like: (builder: PersonBuilder) => PersonBuilder = (builder) => builder) =>
  like(factory(spec.app).person()).create();
const fresh = () => `new-${randomBytes(5).toString('hex')}@example.com`;
const ask = (who: Pick<TestPerson, 'headers'>, email: string) =>
  spec.request('POST', '/api/v1/me/email-change', { headers: who.headers, payload: { email } });
const pending = (who: TestPerson) => spec.request('GET', '/api/v1/me/email-change', { headers: who.headers });
const confirm = (token: string, cookie = '') =>
  spec.request('POST', '/api/v1/email-changes/confirmation', {
    payload: { token },
    ...(cookie ? { headers: { cookie } } : {}),
  });
const stop = (token: string) => spec.request('POST', '/api/v1/email-changes/cancellation', { payload: { token } });
const signIn = (email: string, password = TEST_PASSWORD) =>
  spec.request('POST', '/api/v1/sessions', { payload: { email, password, transport: 'body' } });
const me = (token: string) => spec.request('GET', '/api/v1/me', { headers: { authorization: `Bearer ${token}` } });
const account = async (who: Pick<TestPerson, 'id'>) => {
  const [row] = await spec.rows<{ email: string; email_key: string; email_verified_at: Date | null }>(
    'select email, email_key, email_verified_at from user_account where id = $1',
    [who.id],
  );
  return row;
};
const states = async (who: TestPerson) =>
  (
    await spec.rows<{ state: string }>('select state from email_change where user_id = $1 order by created_at, id', [
      who.id,
    ])
  ).map(({ state }) => state);
const types = async (who: TestPerson) => (await spec.events({ subjectId: who.id })).map((e) => e.type);

/** Asks for a change. @returns the tokens of both links */
async function asked(who: TestPerson, to: string) {
  expect((await ask(who, to)).statusCode).toBe(202);
  const present = await spec.mailTo(who.email);
  expect(present.subject).toBe('Your address is about to change');
  const next = await spec.mailTo(to);
  expect(next.subject).toBe('Confirm your new address');
  return { confirmation: next.token, cancellation: present.token };
}

/** Moves an account. @returns the token that undoes it */
async function moved(who: TestPerson, to: string): Promise<string> {
  const { email } = (await account(who)) ?? who;
  const { confirmation } = await asked({ ...who, email }, to);
  expect((await confirm(confirmation)).statusCode).toBe(204);
  const { subject, token } = await spec.mailTo(email);
  expect(subject).toBe('Your address was changed');
  return token;
}

describe('a change of address', () => {
  it('takes effect when the new address confirms it, not before', async () => {
    const ada = await person();
    const other = (await signIn(ada.email)).json();
    const to = fresh();
    expect((await ask(ada, to.toUpperCase())).json()).toEqual({ state: 'accepted' });
    const notice = await spec.mailTo(ada.email);
    expect([notice.subject, notice.text.includes(to.toUpperCase().split('@')[0] ?? '')]).toEqual([
      'Your address is about to change',
      true,
    ]);
    const { token, text } = await spec.mailTo(`${to.toUpperCase().split('@')[0]}@example.com`);
    expect([text.includes(ada.email), text.includes(ada.name)]).toEqual([false, false]);
    expect(await account(ada)).toMatchObject({ email: ada.email });
    expect((await signIn(ada.email)).statusCode).toBe(201);
    expect((await signIn(to)).statusCode).toBe(401);

    expect((await confirm(token)).statusCode).toBe(204);
    expect(await account(ada)).toMatchObject({ email_key: to, email_verified_at: expect.any(Date) });
    expect((await signIn(ada.email)).statusCode).toBe(401);
    expect((await signIn(to)).statusCode).toBe(201);
    expect([(await me(ada.token)).json().email, (await me(other.accessToken)).statusCode]).toEqual([
      `${to.toUpperCase().split('@')[0]}@example.com`,
      401,
    ]);
    const done = await spec.mailTo(ada.email);
    expect([done.subject, done.text.toLowerCase().includes(to)]).toEqual(['Your address was changed', true]);
    expect(await states(ada)).toEqual(['confirmed']);
    const events = (await spec.events({ subjectId: ada.id })).filter((e) => e.type.startsWith('user.email'));
    expect(events.map((e) => [e.type, e.workspaceId, e.data, e.actor.userId])).toEqual([
      ['user.email_change_requested', SYSTEM_WORKSPACE, {}, ada.id],
      ['user.email_changed', SYSTEM_WORKSPACE, {}, ada.id],
    ]);
    const ended = (await spec.events({ type: 'session.ended' })).filter((e) => e.data.userId === ada.id);
    expect(ended.map((e) => e.data.reason)).toEqual(['email_changed', 'email_changed']);
  });

  it('says nothing of an address that has an account; its owner hears of it', async () => {
    const [ada, bob] = [await person(), await person()];
    const free = fresh();
    const [taken, open] = [await ask(ada, bob.email), await ask(await person(), free)];
    expect([taken.statusCode, taken.json()]).toEqual([open.statusCode, open.json()]);
    expect((await pending(ada)).json()).toMatchObject({ email: bob.email, expiresAt: expect.any(String) });
    expect((await spec.mailTo(bob.email)).subject).toBe('Someone wanted to use your address');
    await spec.mailTo(free);
    expect(
      await spec.rows(`select from one_time_token where purpose = 'change_email' and user_id = $1`, [ada.id]),
    ).toEqual([]);
    expect(await account(bob)).toMatchObject({ email: bob.email });
  });

  it('works by the link once, also when it is opened five times at once', async () => {
    const ada = await person();
    const { confirmation } = await asked(ada, fresh());
    const lock = { sql: 'select from user_account where id = $1 for update', values: [ada.id], until: 5 };
    const answers = await spec.race(lock, () => Promise.all(Array.from({ length: 5 }, () => confirm(confirmation))));
    expect(answers.map((a) => a.statusCode).sort()).toEqual([204, 400, 400, 400, 400]);
    expect((await types(ada)).filter((type) => type === 'user.email_changed')).toHaveLength(1);
    expect((await confirm(confirmation)).json().code).toBe('link_expired');
  });

  it('gives an address to one of two people who confirm it at once', async () => {
    const [ada, bob, to] = [await person(), await person(), fresh()];
    const tokens = [(await asked(ada, to)).confirmation, (await asked(bob, to)).confirmation];
    const lock = {
      sql: 'select from user_account where id = any($1) for update',
      values: [[ada.id, bob.id]],
      until: 2,
    };
    const answers = await spec.race(lock, () => Promise.all(tokens.map((token) => confirm(token))));
    expect(answers.map((a) => a.statusCode).sort()).toEqual([204, 409]);
    expect(answers.find((a) => a.statusCode === 409)?.json().code).toBe('address_taken');
    const keys = [await account(ada), await account(bob)].map((row) => row?.email_key);
    expect(keys.filter((key) => key === to)).toHaveLength(1);
    expect([...(await types(ada)), ...(await types(bob))].filter((type) => type === 'user.email_changed')).toHaveLength(
      1,
    );
  });

  it('is made or stopped, not both, when both links are opened at once', async () => {
    const ada = await person();
    const to = fresh();
    const { confirmation, cancellation } = await asked(ada, to);
    const lock = { sql: 'select from user_account where id = $1 for update', values: [ada.id], until: 2 };
    const [made, stopped] = await spec.race(lock, () => Promise.all([confirm(confirmation), stop(cancellation)]));
    // Made first, it is undone; stopped first, it is not made.
    expect(stopped.statusCode).toBe(200);
    const outcome = stopped.json().state;
    expect([made.statusCode, outcome]).toEqual(outcome === 'undone' ? [204, 'undone'] : [400, 'cancelled']);
    expect(await account(ada)).toMatchObject({ email: ada.email });
    expect(await states(ada)).toEqual([outcome]);
  });

  it('is replaced by a later one', async () => {
    const ada = await person();
    const [first, second] = [await asked(ada, fresh()), await asked(ada, fresh())];
    expect((await confirm(first.confirmation)).json().code).toBe('link_expired');
    expect(await states(ada)).toEqual(['replaced', 'pending']);
    expect((await confirm(second.confirmation)).statusCode).toBe(204);
    expect(await states(ada)).toEqual(['replaced', 'confirmed']);
  });

  it('is taken back by the person', async () => {
    const ada = await person();
    const { confirmation } = await asked(ada, fresh());
    const cancel = () => spec.request('DELETE', '/api/v1/me/email-change', { headers: ada.headers });
    expect((await cancel()).statusCode).toBe(204);
    expect([(await cancel()).statusCode, (await pending(ada)).statusCode]).toEqual([404, 404]);
    expect((await confirm(confirmation)).json().code).toBe('link_expired');
    expect(await states(ada)).toEqual(['cancelled']);
    expect((await spec.events({ subjectId: ada.id })).at(-1)).toMatchObject({
      type: 'user.email_change_cancelled',
      data: { by: 'person' },
    });
  });

  it('is not made by a link that is too old', async () => {
    const ada = await person();
    const { confirmation } = await asked(ada, fresh());
    await spec.rows(`update email_change set expires_at = now() where user_id = $1`, [ada.id]);
    expect((await confirm(confirmation)).json().code).toBe('link_expired');
    await spec.rows(`update email_change set expires_at = now() + interval '1 day' where user_id = $1`, [ada.id]);
    await spec.rows(`update one_time_token set expires_at = now() where user_id = $1`, [ada.id]);
    for (const token of [confirmation, 'x'.repeat(43)]) expect((await confirm(token)).json().code).toBe('link_expired');
    expect(await account(ada)).toMatchObject({ email: ada.email });
  });

  it('takes an address from an account that never confirmed it, and from no other', async () => {
    const [ada, squatter, owner] = [await person(), await person((b) => b.unverified()), await person()];
    expect((await confirm((await asked(ada, squatter.email)).confirmation)).statusCode).toBe(204);
    expect(await account(squatter)).toBeUndefined();
    expect((await spec.events({ subjectId: squatter.id })).at(-1)).toMatchObject({
      type: 'user.erased',
      actor: { kind: 'system' },
      data: { reason: 'unconfirmed' },
    });
    const to = fresh();
    const { confirmation } = await asked(await person(), to);
    await spec.rows('update user_account set email = $2, email_key = $2 where id = $1', [owner.id, to]);
    const refused = await confirm(confirmation);
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'address_taken']);
    expect(await account(owner)).toMatchObject({ email: to });
  });

  it('makes the browser that confirmed it known, so that it does not count as a new device', async () => {
    const ada = await person();
    const browser = async (email: string, cookie = '') => {
      const payload = { email, password: TEST_PASSWORD };
      const answer = await spec.request('POST', '/api/v1/sessions', { payload, headers: { cookie } });
      return answer.cookies.find(({ name }) => name === 'signalbox-browsers')?.value;
    };
    const cookie = `signalbox-browsers=${await browser(ada.email)}`;
    const to = fresh();
    const answer = await confirm((await asked(ada, to)).confirmation, cookie);
    const known = answer.cookies.find(({ name }) => name === 'signalbox-browsers')?.value;
    await browser(to, `signalbox-browsers=${known}`);
    const added = (await spec.events({ type: 'device.added' })).filter((e) => e.data.userId === ada.id);
    expect(added).toHaveLength(1);
  });

  it('tells nobody at an address that was never confirmed', async () => {
    const operator = await person((b) => b.unverified().operator());
    const to = fresh();
    expect((await ask(operator, to)).statusCode).toBe(202);
    expect((await confirm((await spec.mailTo(to)).token)).statusCode).toBe(204);
    expect(await account(operator)).toMatchObject({ email: to, email_verified_at: expect.any(Date) });
    const mails = await spec.rows('select from preview_mail where $1 = any(recipients)', [operator.email]);
    const jobs = await spec.rows(`select from job where name = 'send' and subject_id = $1 and state <> 'done'`, [
      operator.id,
    ]);
    expect([mails, jobs]).toEqual([[], []]);
  });
});

describe('the link to the earlier address', () => {
  it('stops a change that waits', async () => {
    const ada = await person();
    const { confirmation, cancellation } = await asked(ada, fresh());
    expect((await stop(cancellation)).json()).toEqual({ state: 'cancelled' });
    expect((await stop(cancellation)).json().code).toBe('link_expired');
    expect((await confirm(confirmation)).json().code).toBe('link_expired');
    expect([await states(ada), (await me(ada.token)).statusCode]).toEqual([['cancelled'], 200]);
    expect((await spec.events({ subjectId: ada.id })).at(-1)).toMatchObject({
      type: 'user.email_change_cancelled',
      data: { by: 'link' },
    });
  });

  it.each(['the first mail', 'the second mail'])(
    'of %s undoes a change and puts whoever is inside out',
    async (which) => {
      const ada = await person();
      const to = fresh();
      const { confirmation, cancellation } = await asked(ada, to);
      await confirm(confirmation);
      const second = await spec.mailTo(ada.email);
      const answer = await stop(which === 'the first mail' ? cancellation : second.token);
      expect([answer.statusCode, answer.json()]).toEqual([200, { state: 'undone' }]);
      expect(await account(ada)).toMatchObject({ email: ada.email, email_verified_at: expect.any(Date) });
      expect((await me(ada.token)).statusCode).toBe(401);
      for (const address of [ada.email, to]) expect((await signIn(address)).json().code).toBe('invalid_credentials');
      expect((await spec.events({ subjectId: ada.id })).map((e) => e.type)).toContain('user.email_change_undone');
      const reset = await spec.mailTo(ada.email);
      expect(reset.subject).toBe('Set a new password');
      const payload = { token: reset.token, password: 'known to the owner only' };
      expect((await spec.request('POST', '/api/v1/password-resets/completion', { payload })).statusCode).toBe(204);
      expect((await signIn(ada.email, 'known to the owner only')).statusCode).toBe(201);
    },
  );

  it('undoes what came after it too: the links of a thief who moved on are dead', async () => {
    const ada = await person();
    const [b, c, d] = [fresh(), fresh(), fresh()];
    const first = await moved(ada, b);
    const second = await moved(ada, c);
    expect((await ask(ada, d)).statusCode).toBe(202);
    const third = await spec.mailTo(d);
    const payload = { email: c };
    await spec.request('POST', '/api/v1/password-resets', { payload });
    await spec.mailTo(c);
    const reset = await spec.mailTo(c);
    expect((await stop(first)).json()).toEqual({ state: 'undone' });
    expect(await account(ada)).toMatchObject({ email: ada.email });
    expect(await states(ada)).toEqual(['undone', 'undone', 'undone']);
    for (const answer of [await stop(second), await confirm(third.token)])
      expect(answer.json().code).toBe('link_expired');
    const taken = { token: reset.token, password: 'what the thief would set' };
    const late = await spec.request('POST', '/api/v1/password-resets/completion', { payload: taken });
    expect(late.json().code).toBe('link_expired');
  });

  it('undoes a change in the middle of a row, and keeps those before', async () => {
    const ada = await person();
    const [b, c] = [fresh(), fresh()];
    await moved(ada, b);
    const second = await moved(ada, c);
    expect((await stop(second)).json()).toEqual({ state: 'undone' });
    expect([(await account(ada))?.email, await states(ada)]).toEqual([b, ['confirmed', 'undone']]);
  });

  it('gets the address back from somebody who signed up with it and did not confirm', async () => {
    const ada = await person();
    const undo = await moved(ada, fresh());
    const squatter = await person((builder) => builder.email(ada.email).unverified());
    expect((await stop(undo)).json()).toEqual({ state: 'undone' });
    expect([(await account(ada))?.email, await account(squatter)]).toEqual([ada.email, undefined]);
  });

  it('does not take it from somebody who did', async () => {
    const ada = await person();
    const to = fresh();
    const undo = await moved(ada, to);
    const owner = await person((builder) => builder.email(ada.email));
    const answer = await stop(undo);
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'address_taken']);
    expect([(await account(ada))?.email, (await account(owner))?.email]).toEqual([to, ada.email]);
    expect((await me(ada.token)).statusCode).toBe(200);
  });

  it('leaves a thief no way back, and the owner what was theirs before', async () => {
    const ada = await person();
    const team = await factory(spec.app).workspace().ownedBy(ada).create();
    const ways = async (age: string) => {
      const values = [ada.id, age];
      await spec.rows(
        `insert into passkey (id, user_id, credential_id, public_key, counter, transports, synced, name, created_at)
         values (gen_random_uuid(), $1, gen_random_uuid()::text, '', 0, '{}', false, $2::text, now() - $2::interval)`,
        values,
      );
      await spec.rows(
        `insert into identity (id, user_id, provider, issuer, subject, created_at)
         values (gen_random_uuid(), $1, $2::text, 'https://id.example', gen_random_uuid()::text, now() - $2::interval)`,
        values,
      );
      const key = await factory(spec.app).apiKey(team, ada).create();
      const aged =
        'update api_key set created_at = now() - $2::interval, issued_at = now() - $2::interval where id = $1';
      await spec.rows(aged, [key.id, age]);
      return key;
    };
    const [older, newer] = [await ways('20 days'), await ways('2 days')];
    // One that got a new secret, and one of a service account whose secret ada was shown.
    const rotated = await factory(spec.app).apiKey(team, ada).create();
    await spec.rows(`update api_key set created_at = now() - interval '20 days' where id = $1`, [rotated.id]);
    const robot = await factory(spec.app).apiKey(team, ada).create();
    await spec.rows(
      `with made as (
         insert into service_account (id, workspace_id, name, role, created_at, updated_at)
         values (gen_random_uuid(), $1, 'Importer', 'viewer', now(), now()) returning id)
       update api_key set user_id = null, service_account_id = made.id, issued_by = $2 from made where api_key.id = $3`,
      [team.id, ada.id, robot.id],
    );
    await spec.rows(
      `insert into totp_factor (user_id, secret, created_at, confirmed_at) values ($1, 'sealed', now(), now())`,
      [ada.id],
    );
    const undo = await moved(ada, fresh());
    await spec.rows(`update user_account set erase_at = now() + interval '7 days' where id = $1`, [ada.id]);
    expect((await stop(undo)).json()).toEqual({ state: 'undone' });

    const left = async (table: string, column: string) =>
      (await spec.rows<{ of: string }>(`select ${column} as of from ${table} where user_id = $1`, [ada.id])).map(
        ({ of }) => of,
      );
    expect([await left('passkey', 'name'), await left('identity', 'provider')]).toEqual([['20 days'], ['20 days']]);
    expect(await left('totp_factor', 'user_id')).toEqual([]);
    expect(await spec.rows('select from user_account where id = $1 and erase_at is null', [ada.id])).toHaveLength(1);
    const works = async ({ headers }: typeof older) => (await spec.request('GET', team.url(), { headers })).statusCode;
    const keys = [older, newer, rotated, robot];
    expect(await Promise.all(keys.map(works))).toEqual([403, 401, 401, 401]);
    const events = (await spec.events()).filter((e) => e.actor.userId === ada.id).map((e) => e.type);
    for (const type of ['passkey.removed', 'identity.unlinked', 'totp.disabled', 'user.deletion_cancelled'])
      expect(events.filter((other) => other === type)).toEqual([type]);
    for (const { id } of [newer, rotated, robot])
      expect((await spec.events({ subjectId: id })).map((e) => e.type)).toEqual(['api_key.revoked']);
    expect(await spec.events({ subjectId: older.id })).toEqual([]);
  });

  it('works for a week', async () => {
    const ada = await person();
    const to = fresh();
    const undo = await moved(ada, to);
    const [row] = await spec.rows<{ left: number }>(
      `select extract(epoch from expires_at - now())::float8 / 86400 as left from one_time_token
       where user_id = $1 and purpose = 'undo_email_change'`,
      [ada.id],
    );
    expect(Math.round(row?.left ?? 0)).toBe(7);
    await spec.rows('update one_time_token set expires_at = now() where user_id = $1', [ada.id]);
    expect((await stop(undo)).json().code).toBe('link_expired');
    expect((await account(ada))?.email).toBe(to);
  });
});

describe('asking for a change of address', () => {
  it('needs a proof that is minutes old', async () => {
    const ada = await person();
    await spec.rows(`update session set created_at = now() - interval '1 hour' where id = $1`, [ada.sessionId]);
    const refused = await ask(ada, fresh());
    expect([refused.statusCode, refused.json().code, refused.json().methods]).toEqual([
      403,
      'reauthentication_required',
      ['password'],
    ]);
    expect([await states(ada), await types(ada)]).toEqual([[], []]);
    const payload = { password: TEST_PASSWORD };
    await spec.request('POST', '/api/v1/sessions/current/reauthentication', { headers: ada.headers, payload });
    expect((await ask(ada, fresh())).statusCode).toBe(202);
  });

  it.each([
    ['the address that it is', (ada: TestPerson) => ada.email.toUpperCase(), 409],
    ['a look-alike domain', () => 'ada@exаmple.com', 400],
    ['an address with an invisible character', () => 'ada@exam\u200bple.com', 400],
    ['an address of 10 kB', () => `${'a'.repeat(10_240)}@example.com`, 400],
    ['a header in the address', () => 'ada@example.com\r\nBcc: eve@example.com', 400],
    ['no address at all', () => 'ada', 400],
  ])('refuses %s', async (_, email, status) => {
    const ada = await person();
    expect((await ask(ada, email(ada))).statusCode).toBe(status);
    expect([await states(ada), await types(ada)]).toEqual([[], []]);
  });

  it('is borne three times an hour', async () => {
    const ada = await person();
    for (let i = 0; i < 3; i++) expect((await ask(ada, fresh())).statusCode).toBe(202);
    const refused = await ask(ada, fresh());
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'too_many_changes']);
    expect(await states(ada)).toEqual(['replaced', 'replaced', 'pending']);
  });

  it('leaves one change waiting when asked twice at once', async () => {
    const ada = await person();
    const lock = { sql: 'select from user_account where id = $1 for update', values: [ada.id], until: 2 };
    const answers = await spec.race(lock, () => Promise.all([ask(ada, fresh()), ask(ada, fresh())]));
    expect(answers.map((a) => a.statusCode)).toEqual([202, 202]);
    expect(await states(ada)).toEqual(['replaced', 'pending']);
  });

  it('keeps no token that could be read from the database', async () => {
    const ada = await person();
    const { confirmation, cancellation } = await asked(ada, fresh());
    const rows = await spec.rows<{ row: string }>(
      `select row_to_json(t)::text as row from one_time_token t union all select row_to_json(j)::text from job j
       union all select row_to_json(c)::text from email_change c`,
    );
    expect(rows.filter(({ row }) => row.includes(confirmation) || row.includes(cancellation))).toEqual([]);
  });

  it('is for people, not for keys, nor for strangers', async () => {
    const team = await factory(spec.app).workspace().create();
    const key = await factory(spec.app).apiKey(team, team.owner).create();
    expect((await ask(key, fresh())).statusCode).toBe(403);
    expect((await spec.request('POST', '/api/v1/me/email-change', { payload: { email: fresh() } })).statusCode).toBe(
      401,
    );
    expect(await states(team.owner)).toEqual([]);
  });
});
