import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { OperatorRecoveries, UsersModule } from '#modules/users/index.js';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type TestPerson } from '#test/factories.js';
import { authenticatorOf, firstStep } from '#test/factors.js';
import { passkeyOf } from '#test/passkeys.js';
import { ensureBuild } from '../../../scripts/lib/build.mjs';

jest.setTimeout(300_000);

const ROOT = resolve(import.meta.dirname, '../../..');
const ORIGIN = 'https://box.example.com';

let spec: TestApplication;
beforeAll(async () => {
  await ensureBuild();
  spec = await startApplication([UsersModule], { SIGNALBOX_PUBLIC_URL: ORIGIN });
});
afterAll(() => spec?.close());

/** Runs the command beside the instance. @returns how it ended and what it said, on standard output and error */
async function recover(args: string[], settings: Record<string, string> = {}) {
  const child = spawn(
    join(ROOT, 'node_modules/.bin/node'),
    [join(ROOT, 'dist/backend/src/cli/operator-recover.js'), ...args],
    {
      env: { PATH: process.env['PATH'], ...spec.instance.env, SIGNALBOX_PUBLIC_URL: ORIGIN, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [said, refused] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  child.stderr.on('data', (text: Buffer) => (refused += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said, refused };
}

/** What the command calls. */
const recoveries = () => spec.app.get(OperatorRecoveries);

const complete = (token: string, password: string) =>
  spec.request('POST', '/api/v1/password-resets/completion', { payload: { token, password } });
const tokenIn = (said: string) => new RegExp(`^${ORIGIN}/reset-password#token=([\\w-]+)$`, 'm').exec(said)?.[1] ?? '';
const HELD = `
  select (select count(*)::int from totp_factor where user_id = $1) as apps,
         (select count(*)::int from passkey where user_id = $1) as passkeys,
         (select count(*)::int from recovery_code where user_id = $1) as codes,
         (select count(*)::int from session where user_id = $1 and ended_at is null) as sessions,
         (select count(*)::int from one_time_token where user_id = $1) as links`;
const held = async ({ id }: TestPerson) => (await spec.rows(HELD, [id]))[0];
const told = async ({ id }: TestPerson) =>
  (await spec.events({ subjectId: id, workspaceId: SYSTEM_WORKSPACE })).filter(({ actor }) => actor.kind === 'system');

describe('operator:recover, while the instance runs', () => {
  it('takes every factor and session away, and shows a link that lets the operator in', async () => {
    const ada = await factory(spec.app).person().operator().create();
    const other = await factory(spec.app).person().operator().create();
    await authenticatorOf(spec, ada);
    const { id: passkey } = await passkeyOf(spec, ORIGIN, ada, { name: 'Lost laptop' });
    await spec.request('POST', '/api/v1/password-resets', { payload: { email: ada.email } });
    const mails = [];
    for (let mailed = ''; mailed === '';) {
      const { subject, token } = await spec.mailTo(ada.email);
      if (subject === 'Set a new password') mailed = token;
      mails.push(token);
    }
    expect(await held(ada)).toEqual({ apps: 1, passkeys: 1, codes: 10, sessions: 1, links: 1 });

    const { code, said, refused } = await recover([ada.email.toUpperCase()]);
    expect([code, refused]).toEqual([0, '']);
    expect(said).toContain('Removed: authenticator apps 1, passkeys 1, recovery codes 10.\nSessions ended: 1.\n');
    expect(await held(ada)).toEqual({ apps: 0, passkeys: 0, codes: 0, sessions: 0, links: 1 });

    for (let left = 100; left > 0; left--) {
      // What this process believes of a session for less than a second.
      const { statusCode } = await spec.request('GET', '/api/v1/me', { headers: ada.headers });
      if (statusCode === 401) break;
      expect([statusCode, left]).not.toEqual([200, 1]);
      await new Promise((settle) => setTimeout(settle, 50));
    }
    expect(await told(ada)).toEqual([
      expect.objectContaining({ type: 'totp.disabled' }),
      expect.objectContaining({
        type: 'second_factors.reset',
        data: { totp: true, passkeys: 1, recoveryCodes: 10, sessions: 1 },
      }),
      expect.objectContaining({ type: 'operator.recovered', data: { sessions: 1 } }),
    ]);
    expect(await spec.events({ subjectId: passkey, type: 'passkey.removed' })).toHaveLength(1);
    expect(await spec.events({ subjectId: ada.sessionId, type: 'session.ended' })).toEqual([
      expect.objectContaining({ actor: expect.objectContaining({ kind: 'system' }) }),
    ]);

    const token = tokenIn(said);
    expect(token).toHaveLength(43);
    for (const stale of mails.filter(Boolean))
      expect((await complete(stale, 'a password of a stranger')).json().code).toBe('link_expired');
    expect((await complete(token, 'the new long password')).statusCode).toBe(204);
    expect((await complete(token, 'once more a password')).json().code).toBe('link_expired');
    expect((await firstStep(spec, ada)).json().code).toBe('invalid_credentials');
    expect((await firstStep(spec, { ...ada, password: 'the new long password' })).json().state).toBe('signed_in');

    const mailsTo = async (email: string, subject: string) => {
      for (;;) {
        const mail = await spec.mailTo(email);
        if (mail.subject === subject) return mail;
      }
    };
    const own = await mailsTo(ada.email, 'You were let in again');
    expect([own.text.includes('shown on the machine'), own.token]).toEqual([true, '']);
    await mailsTo(other.email, `${ada.name} was let in again`);
    const kept = await spec.rows<{ row: string }>(
      `select row_to_json(t)::text as row from one_time_token t union all select row_to_json(j)::text from job j
       union all select row_to_json(e)::text from event e union all select row_to_json(o)::text from outbox o
       union all select row_to_json(m)::text from preview_mail m`,
    );
    expect(kept.filter(({ row }) => row.includes(token))).toEqual([]);
  });

  it('ends the sessions, and makes a link for an hour, also where there was no second factor; the last link counts', async () => {
    const ada = await factory(spec.app).person().operator().create();
    const links = [];
    for (let round = 0; round < 2; round++) links.push(tokenIn((await recoveries().recover(ada.email)).link));
    expect(await held(ada)).toMatchObject({ sessions: 0, links: 1 });
    const [link] = await spec.rows<{ minutes: number }>(
      `select round(extract(epoch from expires_at - created_at) / 60)::int as minutes from one_time_token where user_id = $1`,
      [ada.id],
    );
    expect(link?.minutes).toBe(60);
    expect((await told(ada)).map(({ type, data }) => [type, data])).toEqual([
      ['operator.recovered', { sessions: 1 }],
      ['operator.recovered', { sessions: 0 }],
    ]);
    expect((await firstStep(spec, ada)).json().state).toBe('signed_in'); // The password stays until another one is set.
    expect((await complete(links[0] ?? '', 'the new long password')).json().code).toBe('link_expired');
    expect((await complete(links[1] ?? '', 'the new long password')).statusCode).toBe(204);
  });

  it('refuses in a sentence, and does nothing, for who is unknown, no operator, erased, or not named', async () => {
    const member = await factory(spec.app).person().create();
    await authenticatorOf(spec, member);
    const erased = await factory(spec.app).person().operator().create();
    await spec.rows('update user_account set erase_at = now(), erasing = true where id = $1 returning id', [erased.id]);
    for (const [args, code, sentence] of [
      [[member.email], 1, `${member.email} is no operator: `],
      [[member.email, erased.email], 2, 'Say whom to let in again: npm run operator:recover -- ADDRESS'],
    ] as const) {
      const answer = await recover([...args]);
      expect([args, answer]).toEqual([args, { code, said: '', refused: expect.stringContaining(sentence) }]);
      expect(answer.refused.trim().split('\n')).toHaveLength(1);
    }
    for (const [address, sentence] of [
      ['nobody@example.com', 'Nobody has an account with the address nobody@example.com.'],
      [erased.email, `The account of ${erased.email} is being erased.`],
      ['no address', 'This is not an e-mail address: write name@example.com.'],
    ] as const)
      await expect(recoveries().recover(address)).rejects.toThrow(sentence);
    expect(await held(member)).toEqual({ apps: 1, passkeys: 0, codes: 10, sessions: 1, links: 0 });
    expect(await held(erased)).toMatchObject({ sessions: 1, links: 0 });
    expect([await told(member), await told(erased)]).toEqual([[], []]);
    expect((await firstStep(spec, { ...member, password: TEST_PASSWORD })).json().state).toBe('second_factor_required');
  });

  it('says so when the database is away, or was never started, and works while Redis is away', async () => {
    const ada = await factory(spec.app).person().operator().create();
    const away = await recover([ada.email], { DATABASE_URL: 'postgres://box:x@127.0.0.1:1/box' });
    expect([away.code, away.said]).toEqual([1, '']);
    expect(away.refused).toMatch(/^Nobody was let in: The database does not answer \(.+\): check DATABASE_URL/);
    const none = await recover([ada.email], { SIGNALBOX_PORT: 'none' });
    expect([none.code, none.refused]).toEqual([1, expect.stringContaining('SIGNALBOX_PORT')]);
    expect(await held(ada)).toMatchObject({ sessions: 1, links: 0 });
    const done = await recover([ada.email], { REDIS_URL: 'redis://127.0.0.1:1' });
    expect([done.code, done.refused]).toEqual([0, '']);
    expect(await held(ada)).toMatchObject({ sessions: 0, links: 1 });
    for (;;) if ((await spec.mailTo(ada.email)).subject === 'You were let in again') break;
  });
});
