import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { InstanceConfig } from '#platform/config/index.js';
import { Transactions } from '#platform/database/index.js';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { RedisConfig } from '#platform/redis/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type TestPerson } from '#test/factories.js';
import { TooBusy } from '../accounts/accounts.errors.js';
import { Passwords } from '../accounts/passwords.js';
import { UsersModule } from '../index.js';
import type { Guess } from './guess.js';
import { SignInGuard } from './sign-in-guard.js';

const GUESSES = 4;
const GUESSES_OF_NETWORK = 8;

let spec: TestApplication;
let networks = 0;
beforeAll(async () => {
  spec = await startApplication([UsersModule], {
    SIGNALBOX_GUESSES: String(GUESSES),
    SIGNALBOX_GUESSES_OF_NETWORK: String(GUESSES_OF_NETWORK),
    SIGNALBOX_GUESSES_LONGEST_WAIT: '5',
  });
});
afterAll(() => spec.close());

const person = () => factory(spec.app).person().create();
/** A network that nobody else asks from. */
const elsewhere = () => `198.51.${++networks}.7`;
const post = (url: string, payload: object, { from = elsewhere(), cookie = '' } = {}) =>
  spec.request('POST', `/api/v1/${url}`, { payload, remoteAddress: from, headers: cookie ? { cookie } : {} });
const signIn = (email: string, password = TEST_PASSWORD, how: { from?: string; cookie?: string } = {}) =>
  post('sessions', { email, password }, how);
const guess = (email: string, how?: { from?: string; cookie?: string }) => signIn(email, 'not the password', how);
type Answer = Awaited<ReturnType<typeof signIn>>;

/** Guesses until the next attempt has to wait. */
async function lock(email: string, how?: { cookie?: string }): Promise<void> {
  for (let i = 0; i < GUESSES; i++) expect((await guess(email, how)).statusCode).toBe(401);
  expect((await guess(email, how)).statusCode).toBe(429);
}
/** Lets the waits that stand run out. */
const waitOver = () => spec.rows(`update guess_count set locked_until = now() where locked_until > now()`);
const browserOf = (answer: Answer) => {
  const found = answer.cookies.find(({ name }) => name.endsWith('signalbox-browsers'));
  return `${found?.name}=${found?.value}`;
};
const jobsDone = async () => {
  while ((await spec.rows(`select from job where state in ('queued', 'running')`)).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
};
const eventsOf = async (type: string, subjectId?: string) => {
  await jobsDone();
  return spec.events({ type, ...(subjectId ? { subjectId } : {}) });
};

describe('wrong passwords for one account', () => {
  it('make the next attempt wait, wherever it comes from, even a right one; the owner is told', async () => {
    const ada = await person();
    await lock(ada.email);
    const refused = await signIn(ada.email);
    expect([refused.statusCode, refused.json().code, refused.headers['retry-after']]).toEqual([
      429,
      'attempts_locked',
      expect.stringMatching(/^(60|5\d)$/),
    ]);
    expect(refused.json().detail).toMatch(
      /^There were too many wrong attempts, .* the next one is taken in \d+ seconds\./,
    );
    expect(refused.headers['set-cookie']).toBeUndefined();
    expect(
      (await eventsOf('account.locked', ada.id)).map(({ workspaceId, actor, data }) => ({ workspaceId, actor, data })),
    ).toEqual([
      {
        workspaceId: SYSTEM_WORKSPACE,
        actor: expect.objectContaining({ userId: null }),
        data: { guessed: 'password', familiarBrowser: false, guesses: GUESSES, until: expect.stringMatching(/Z$/) },
      },
    ]);
    const mail = await spec.mailTo(ada.email);
    expect(mail.subject).toBe('Wrong attempts to sign in to your account');
    expect(mail.token).not.toBe('');
    expect(await eventsOf('session.refused', ada.id)).toHaveLength(GUESSES);
    expect(await spec.rows('select from session where user_id = $1', [ada.id])).toHaveLength(1);
  });

  it('make it wait twice as long each time, up to the longest, and a right one ends that', async () => {
    const ada = await person();
    await lock(ada.email);
    const waits = [];
    for (let i = 0; i < 4; i++) {
      await waitOver();
      expect((await guess(ada.email)).statusCode).toBe(401);
      waits.push(Math.ceil(Number((await signIn(ada.email)).headers['retry-after']) / 60));
    }
    expect(waits).toEqual([2, 4, 5, 5]);
    await spec.rows(`update guess_count set guesses = 1000000`);
    await waitOver();
    await guess(ada.email);
    expect(Number((await signIn(ada.email)).headers['retry-after'])).toBeGreaterThan(240);
    await spec.rows(`update guess_count set guesses = 8, told = 8`);
    await waitOver();
    expect((await signIn(ada.email)).statusCode).toBe(201);
    for (let i = 0; i < GUESSES; i++) expect((await guess(ada.email)).statusCode).toBe(401);
    expect((await eventsOf('account.locked', ada.id)).map(({ data }) => data['guesses'])).toEqual([
      4, 5, 6, 7, 8, 1_000_001, 4,
    ]);
    const mails = `select from preview_mail where $1 = any(recipients) and subject like 'Wrong attempts%'`;
    expect(await spec.rows(mails, [ada.email])).toHaveLength(2);
  });

  it('are no more when they are made at once', async () => {
    const ada = await person();
    const compared = jest.spyOn(Passwords.prototype, 'matches');
    try {
      const answers = await Promise.all(Array.from({ length: 30 }, () => guess(ada.email)));
      expect(answers.filter((answer) => answer.statusCode === 401)).toHaveLength(GUESSES);
      expect(answers.filter((answer) => answer.statusCode === 429)).toHaveLength(30 - GUESSES);
      expect(compared).toHaveBeenCalledTimes(GUESSES);
    } finally {
      compared.mockRestore();
    }
    expect(await eventsOf('account.locked', ada.id)).toHaveLength(1);
  });

  it('are none when they are right, however many at once: who finds too many under way waits for seconds', async () => {
    const ada = await person();
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn(ada.email)));
    const [early, late] = [201, 429].map((status) => answers.filter((answer) => answer.statusCode === status));
    expect(early?.length).toBeGreaterThanOrEqual(GUESSES);
    expect((early?.length ?? 0) + (late?.length ?? 0)).toBe(12);
    for (const answer of late ?? []) expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(10);
    expect((await signIn(ada.email)).statusCode).toBe(201);
    expect(await eventsOf('account.locked', ada.id)).toEqual([]);
  });

  it('are remembered when Redis is wiped', async () => {
    const ada = await person();
    await lock(ada.email);
    const redis = new Redis(spec.app.get(RedisConfig).options());
    const keys = await redis.keys(`*${spec.app.get(RedisConfig).prefix}*`);
    await redis.del(keys);
    redis.disconnect();
    expect(keys.length).toBeGreaterThan(0);
    expect((await signIn(ada.email)).statusCode).toBe(429);
  });

  it('are forgotten after a day without any', async () => {
    const ada = await person();
    await lock(ada.email);
    await waitOver();
    await guess(ada.email);
    await spec.rows(`update guess_count set last_at = last_at - interval '25 hours', locked_until = null`);
    await lock(ada.email);
    expect((await eventsOf('account.locked', ada.id)).map(({ data }) => data['guesses'])).toEqual([4, 5, 4]);
  });

  it('are counted for addresses without an account too, of which nothing is kept', async () => {
    await lock('nobody.at.all@example.com');
    await jobsDone();
    expect(
      await spec.rows(`select from preview_mail where 'nobody.at.all@example.com' = any(recipients)`),
    ).toHaveLength(0);
    const kept = await spec.rows<{ row: string }>(
      `select row_to_json(g)::text as row from guess_count g union all select row_to_json(j)::text from job j
       union all select row_to_json(o)::text from outbox o union all select row_to_json(e)::text from event e`,
    );
    expect(kept.filter(({ row }) => row.includes('nobody.at.all'))).toEqual([]);
    await spec.rows(`update guess_count set last_at = last_at - interval '2 days', locked_until = null`);
    await guess((await person()).email);
    expect((await spec.rows('select from guess_count')).length).toBeLessThanOrEqual(2);
  });

  it('are not what was typed right: for an address to be confirmed, or when the server was too busy to compare', async () => {
    const unverified = await factory(spec.app).person().unverified().create();
    for (let i = 0; i < 2 * GUESSES; i++) expect((await signIn(unverified.email)).json().code).toBe('email_unverified');
    const ada = await person();
    const busy = jest.spyOn(Passwords.prototype, 'matches').mockRejectedValue(new TooBusy());
    const from = elsewhere();
    for (let i = 0; i < 2 * GUESSES_OF_NETWORK; i++)
      expect((await signIn(ada.email, TEST_PASSWORD, { from })).statusCode).toBe(503);
    busy.mockRestore();
    expect((await signIn(ada.email, TEST_PASSWORD, { from })).statusCode).toBe(201);
  });
});

describe('a browser that signed in before', () => {
  it('is not held up by the attempts of others, of the account and of its network', async () => {
    const ada = await person();
    const from = elsewhere();
    const first = await signIn(ada.email, TEST_PASSWORD, { from });
    const cookie = browserOf(first);
    expect(first.cookies.find(({ name }) => cookie.startsWith(name))).toMatchObject({
      httpOnly: true,
      sameSite: 'Strict',
      path: '/api/v1',
    });
    for (let i = 0; i < GUESSES_OF_NETWORK; i++) await guess((await person()).email, { from });
    await lock(ada.email);
    expect((await signIn(ada.email, TEST_PASSWORD, { from })).statusCode).toBe(429);
    expect((await signIn(ada.email, TEST_PASSWORD, { from, cookie })).statusCode).toBe(201);
    expect((await signIn(ada.email)).statusCode).toBe(429);
  });

  it('is held up by its own, which hold up nobody else', async () => {
    const ada = await person();
    const cookie = browserOf(await signIn(ada.email));
    await lock(ada.email, { cookie });
    expect((await signIn(ada.email, TEST_PASSWORD, { cookie })).statusCode).toBe(429);
    expect((await signIn(ada.email)).statusCode).toBe(201);
    const [locked] = await eventsOf('account.locked', ada.id);
    expect(locked?.data).toMatchObject({ familiarBrowser: true, guesses: GUESSES });
  });

  it('is known for each account that signed in there, and for no other', async () => {
    const [ada, bob, eve] = [await person(), await person(), await person()];
    const first = browserOf(await signIn(ada.email));
    const cookie = browserOf(await signIn(bob.email, TEST_PASSWORD, { cookie: first }));
    expect(cookie).not.toContain(ada.email);
    for (const { email } of [ada, bob, eve]) await lock(email);
    const answers = await Promise.all([ada, bob, eve].map(({ email }) => signIn(email, TEST_PASSWORD, { cookie })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201, 429]);
  });

  it.each([
    ['altered', (text: string) => text.replace(/=./, (start) => (start === '=A' ? '=B' : '=A'))],
    ['prolonged', (text: string) => text.replace(/\.\d+\./, '.99999999999.')],
    ['of nonsense', () => 'signalbox-browsers=~~..~%00'],
    ['as long as can be', (text: string) => `${text}${'~x'.repeat(600)}`],
  ])('is not believed when its cookie is %s', async (_, change) => {
    const ada = await person();
    const cookie = change(browserOf(await signIn(ada.email)));
    await lock(ada.email);
    expect((await signIn(ada.email, TEST_PASSWORD, { cookie })).statusCode).toBe(429);
  });

  it('is forgotten after half a year', async () => {
    const ada = await person();
    const cookie = browserOf(await signIn(ada.email));
    await lock(ada.email);
    const now = Date.now();
    const later = jest.spyOn(Date, 'now').mockReturnValue(now + 181 * 86_400_000);
    const answer = await signIn(ada.email, TEST_PASSWORD, { cookie }).finally(() => later.mockRestore());
    expect(answer.statusCode).toBe(429);
    expect((await signIn(ada.email, TEST_PASSWORD, { cookie })).statusCode).toBe(201);
  });
});

describe('the mailed link', () => {
  const complete = (token: string) => post('account-unlocks/completion', { token });
  const ask = (email: string) => post('account-unlocks', { email });

  it('lets the owner in at once, once, and makes the browser known', async () => {
    const ada = await person();
    await lock(ada.email);
    const { token } = await spec.mailTo(ada.email);
    const answer = await complete(token);
    expect(answer.statusCode).toBe(204);
    const again = await complete(token);
    expect([again.statusCode, again.json().code]).toEqual([400, 'link_expired']);
    const [unlocked] = await eventsOf('account.unlocked', ada.id);
    expect(unlocked).toMatchObject({ actor: { userId: ada.id }, data: { by: 'link' } });
    expect((await signIn(ada.email)).statusCode).toBe(201);
    await lock(ada.email);
    expect((await signIn(ada.email, TEST_PASSWORD, { cookie: browserOf(answer) })).statusCode).toBe(201);
  });

  it('is sent again when asked for, and a stranger is answered the same but gets none', async () => {
    const ada = await person();
    const [known, stranger] = [await ask(ada.email.toUpperCase()), await ask('no.such.person@example.com')];
    expect([known.statusCode, known.json()]).toEqual([202, { state: 'accepted' }]);
    expect([stranger.statusCode, stranger.json()]).toEqual([202, { state: 'accepted' }]);
    const mail = await spec.mailTo(ada.email);
    expect(mail.subject).toBe('Sign in again at once');
    await jobsDone();
    expect(
      await spec.rows(`select from preview_mail where 'no.such.person@example.com' = any(recipients)`),
    ).toHaveLength(0);
    expect((await complete(mail.token)).statusCode).toBe(204);
  });

  it('is refused when it is too old, unknown, for something else, or was mailed to an address that was left', async () => {
    const [ada, bob] = [await person(), await person()];
    await lock(ada.email);
    await post('password-resets', { email: bob.email });
    const reset = await spec.mailTo(bob.email);
    const { token } = await spec.mailTo(ada.email);
    await ask(bob.email);
    const left = await spec.mailTo(bob.email);
    await spec.rows(`update one_time_token set expires_at = now() where user_id = $1`, [ada.id]);
    await spec.rows(`update user_account set email_key = 'elsewhere@example.com' where id = $1`, [bob.id]);
    for (const wrong of [token, 'x'.repeat(43), reset.token, left.token])
      expect((await complete(wrong)).json().code).toBe('link_expired');
    expect((await signIn(ada.email)).statusCode).toBe(429);
    expect(await eventsOf('account.unlocked', ada.id)).toEqual([]);
  });

  it('of a password reset does the same', async () => {
    const ada = await person();
    await lock(ada.email);
    await spec.mailTo(ada.email);
    await post('password-resets', { email: ada.email });
    const { token } = await spec.mailTo(ada.email);
    const answer = await post('password-resets/completion', { token, password: 'plums in a wooden bowl' });
    expect(answer.statusCode).toBe(204);
    const [unlocked] = await eventsOf('account.unlocked', ada.id);
    expect(unlocked?.data).toEqual({ by: 'reset' });
    await lock(ada.email);
    const cookie = browserOf(answer);
    expect((await signIn(ada.email, 'plums in a wooden bowl', { cookie })).statusCode).toBe(201);
  });
});

describe('wrong passwords from one network', () => {
  it('make the next attempt from there wait, for whatever account', async () => {
    const people: TestPerson[] = [];
    for (let i = 0; i < GUESSES_OF_NETWORK; i++) people.push(await person());
    const host = (i: number) => `2001:db8:77:1::${i.toString(16)}`;
    for (const [i, { email }] of people.entries()) expect((await guess(email, { from: host(i) })).statusCode).toBe(401);
    const ada = await person();
    const refused = await signIn(ada.email, TEST_PASSWORD, { from: host(9999) });
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'attempts_locked']);
    expect((await signIn(ada.email, TEST_PASSWORD, { from: '2001:db8:77:2::1' })).statusCode).toBe(201);
    const [locked] = await eventsOf('network.locked');
    expect(locked).toMatchObject({ workspaceId: SYSTEM_WORKSPACE, data: { guesses: GUESSES_OF_NETWORK } });
  });

  it('make it wait once, however many at once', async () => {
    const from = elsewhere();
    const people = await Promise.all(Array.from({ length: 3 * GUESSES_OF_NETWORK }, person));
    const before = (await eventsOf('network.locked')).length;
    await Promise.all(people.map(({ email }) => guess(email, { from })));
    const refused = await guess((await person()).email, { from });
    expect([refused.statusCode, Number(refused.headers['retry-after']) <= 60]).toEqual([429, true]);
    expect(await eventsOf('network.locked')).toHaveLength(before + 1);
  });

  it('are not undone by a right one for another account', async () => {
    const from = elsewhere();
    const own = await person();
    for (let i = 1; i < GUESSES_OF_NETWORK; i++) {
      expect((await guess((await person()).email, { from })).statusCode).toBe(401);
      expect((await signIn(own.email, TEST_PASSWORD, { from })).statusCode).toBe(201);
    }
    expect((await guess((await person()).email, { from })).statusCode).toBe(401);
    expect((await signIn(own.email, TEST_PASSWORD, { from })).statusCode).toBe(429);
  });
});

describe('the guard, for second factors and confirmations', () => {
  const guard = () => spec.app.get(SignInGuard);
  const attempt = async (of: Guess, right: boolean) => {
    await guard().check(of);
    await spec.app.get(Transactions).run((em) => (right ? guard().succeeded(em, of) : guard().failed(em, of)));
  };
  const code = async (): Promise<Guess & { person: TestPerson }> => {
    const ada = await person();
    return { kind: 'second_factor', emailKey: ada.email, visitor: { address: elsewhere() }, person: ada };
  };

  it('bears half as many wrong codes as passwords, apart from those, and advises another password', async () => {
    const of = await code();
    for (let i = 0; i < GUESSES / 2; i++) await attempt(of, false);
    await expect(attempt(of, true)).rejects.toMatchObject({ code: 'attempts_locked' });
    await expect(attempt({ ...of, visitor: { address: elsewhere() } }, true)).rejects.toMatchObject({ status: 429 });
    expect((await signIn(of.person.email)).statusCode).toBe(201);
    const [locked] = await eventsOf('account.locked', of.person.id);
    expect(locked?.data).toMatchObject({ guessed: 'second_factor', guesses: GUESSES / 2 });
    const mail = await spec.mailTo(of.person.email);
    expect([mail.token, mail.text]).toEqual(['', expect.stringContaining('somebody knows the present one')]);
  });

  it('gives no further codes to who reads the mails', async () => {
    const of = await code();
    for (let i = 0; i < GUESSES / 2; i++) await attempt(of, false);
    await post('account-unlocks', { email: of.person.email });
    const mail = async (): Promise<string> => (await spec.mailTo(of.person.email)).token || mail();
    const answer = await post('account-unlocks/completion', { token: await mail() });
    const [, browsers] = browserOf(answer).split('=');
    await expect(attempt({ ...of, visitor: { ...of.visitor, browsers } }, true)).rejects.toMatchObject({ status: 429 });
  });

  it('starts anew after a right one', async () => {
    const of = await code();
    for (let round = 0; round < 3; round++) {
      for (let i = 1; i < GUESSES / 2; i++) await attempt(of, false);
      await attempt(of, true);
    }
    expect(await eventsOf('account.locked', of.person.id)).toEqual([]);
  });

  it('counts confirmations by session: the person goes on in another one', async () => {
    const ada = await person();
    const confirming = (sessionId: string): Guess => ({
      kind: 'confirmation',
      emailKey: ada.email,
      visitor: { address: elsewhere() },
      sessionId,
    });
    for (let i = 0; i < GUESSES; i++) await attempt(confirming(ada.sessionId), false);
    await expect(attempt(confirming(ada.sessionId), true)).rejects.toMatchObject({ status: 429 });
    await attempt(confirming(SYSTEM_WORKSPACE), true);
    expect((await signIn(ada.email)).statusCode).toBe(201);
    const [locked] = await eventsOf('account.locked', ada.id);
    expect(locked?.data).toMatchObject({ guessed: 'confirmation', guesses: GUESSES });
  });

  it('counts an attempt that nobody told the end of as wrong', async () => {
    const of = await code();
    for (let i = 0; i < GUESSES / 2; i++) await guard().check(of);
    await expect(guard().check(of)).rejects.toMatchObject({ status: 429 });
  });
});

describe('the origin of the links', () => {
  it('is the console’s own, with the token behind the mark that servers never see', async () => {
    const ada = await person();
    await lock(ada.email);
    const { text, token } = await spec.mailTo(ada.email);
    expect(text).toContain(`${spec.app.get(InstanceConfig).origin}/unlock-sign-in#token=${token}`);
  });
});
