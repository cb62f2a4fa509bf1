import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { authenticatorOf, firstStep } from '#test/factors.js';
import { URI } from 'otpauth';
import type { TOTP } from 'otpauth';
import { UsersModule } from '../../index.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

const person = () => factory(spec.app).person().create();
const send = (method: string, path: string, { headers }: Pick<TestPerson, 'headers'>, payload?: object) =>
  spec.request(method, `/api/v1/${path}`, { headers, payload });
const enrol = async (ada: TestPerson) => {
  const { secret, uri } = (await send('POST', 'me/totp', ada)).json();
  return { secret, code: (later = 0) => (URI.parse(uri) as TOTP).generate({ timestamp: Date.now() + later * 30_000 }) };
};
const confirm = (ada: TestPerson, code: string) => send('POST', 'me/totp/confirmation', ada, { code });
const types = async (ada: TestPerson) => (await spec.events({ subjectId: ada.id })).map((event) => event.type);

describe('an authenticator app', () => {
  it('counts once its first code is right, and brings recovery codes', async () => {
    const ada = await person();
    const app = await enrol(ada);
    expect((await firstStep(spec, ada)).json().state).toBe('signed_in');
    const [row] = await spec.rows<{ secret: string; confirmed_at: Date | null }>(
      'select secret, confirmed_at from totp_factor where user_id = $1',
      [ada.id],
    );
    expect(row?.confirmed_at).toBeNull();
    expect(row?.secret).not.toContain(app.secret);
    expect(await types(ada)).toEqual([]);

    const confirmed = await confirm(ada, app.code());
    expect(confirmed.statusCode).toBe(200);
    expect(confirmed.json().recoveryCodes).toHaveLength(10);
    expect((await firstStep(spec, ada)).json().state).toBe('second_factor_required');
    expect((await send('GET', 'me/second-factors', ada)).json()).toEqual({
      password: true,
      required: true,
      totp: { active: true, since: expect.any(String) },
      passkeys: [],
      passkeysUsable: true,
      recoveryCodesLeft: 10,
    });
    expect(await spec.events({ subjectId: ada.id })).toEqual([
      expect.objectContaining({ type: 'totp.enabled', workspaceId: SYSTEM_WORKSPACE, data: {} }),
      expect.objectContaining({ type: 'recovery_codes.replaced', data: { codes: 10 } }),
    ]);
    expect((await spec.mailTo(ada.email)).subject).toBe('Your authenticator app is set up');
  });

  it('ends the other sessions, which no second factor was asked for', async () => {
    const ada = await person();
    const other = (await firstStep(spec, ada)).json();
    await authenticatorOf(spec, ada);
    expect((await send('GET', 'me', ada)).statusCode).toBe(200);
    const headers = { authorization: `Bearer ${other.accessToken}` };
    expect((await send('GET', 'me', { headers })).statusCode).toBe(401);
    const ended = await spec.events({ type: 'session.ended', subjectId: other.sessionId });
    expect(ended).toEqual([expect.objectContaining({ data: { userId: ada.id, reason: 'factor_added' } })]);
  });

  it('takes the codes of one step before and after, and not those further away', async () => {
    for (const [later, status] of [
      [-3, 400],
      [3, 400],
      [1, 200],
    ] as const) {
      const ada = await person();
      const app = await enrol(ada);
      expect([later, (await confirm(ada, app.code(later))).statusCode]).toEqual([later, status]);
    }
  });

  it('takes a code with the spaces that apps show', async () => {
    const ada = await person();
    const app = await enrol(ada);
    expect((await confirm(ada, app.code().replace(/^(\d{3})/, '$1 '))).statusCode).toBe(200);
  });

  it.each([
    ['a wrong code', '000000', 'code_refused'],
    ['no code', '', 'validation_failed'],
    ['five digits', '12345', 'validation_failed'],
    ['digits of another script', '１２３４５６', 'validation_failed'],
    ['an endless one', '1'.repeat(10_000), 'validation_failed'],
  ])('does not count after %s', async (_, code, problem) => {
    const ada = await person();
    await enrol(ada);
    const answer = await confirm(ada, code);
    expect([answer.statusCode, answer.json().code, answer.json().errors[0].path]).toEqual([400, problem, '/body/code']);
    expect((await firstStep(spec, ada)).json().state).toBe('signed_in');
    expect(await types(ada)).toEqual([]);
  });

  it('is of the newest secret only', async () => {
    const ada = await person();
    const first = await enrol(ada);
    const second = await enrol(ada);
    expect((await confirm(ada, first.code())).statusCode).toBe(400);
    expect((await confirm(ada, second.code())).statusCode).toBe(200);
  });

  it('is not replaced while it counts, and not confirmed twice', async () => {
    const ada = await person();
    const app = await authenticatorOf(spec, ada);
    for (const answer of [await send('POST', 'me/totp', ada), await confirm(ada, app.code(1))])
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'totp_active']);
  });

  it('cannot be confirmed before it is set up', async () => {
    const answer = await confirm(await person(), '123456');
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'totp_missing']);
  });

  it('is confirmed once, however many try at once', async () => {
    const ada = await person();
    const app = await enrol(ada);
    const lock = { sql: 'select from user_account where id = $1 for update', values: [ada.id], until: 4 };
    const code = app.code();
    const answers = await spec.race(lock, () => Promise.all(Array.from({ length: 4 }, () => confirm(ada, code))));
    expect(answers.map((a) => a.statusCode).sort()).toEqual([200, 409, 409, 409]);
    expect(await types(ada)).toEqual(['totp.enabled', 'recovery_codes.replaced']);
    expect(await spec.rows('select from recovery_code where user_id = $1', [ada.id])).toHaveLength(10);
  });

  it('is turned off, with its recovery codes, and the person is told', async () => {
    const ada = await person();
    await authenticatorOf(spec, ada);
    await spec.mailTo(ada.email);
    expect((await send('DELETE', 'me/totp', ada)).statusCode).toBe(204);
    expect((await firstStep(spec, ada)).json().state).toBe('signed_in');
    expect(await spec.rows('select from recovery_code where user_id = $1', [ada.id])).toEqual([]);
    expect(await types(ada)).toEqual(['totp.enabled', 'recovery_codes.replaced', 'totp.disabled']);
    expect((await spec.mailTo(ada.email)).subject).toBe('Your authenticator app was turned off');
    expect((await send('DELETE', 'me/totp', ada)).json().code).toBe('totp_missing');
  });

  it('that was never confirmed is forgotten without a word', async () => {
    const ada = await person();
    await enrol(ada);
    expect((await send('DELETE', 'me/totp', ada)).statusCode).toBe(204);
    expect(await spec.rows('select from totp_factor where user_id = $1', [ada.id])).toEqual([]);
    expect(await types(ada)).toEqual([]);
  });

  it('is nothing that a key can touch', async () => {
    const team = await factory(spec.app).workspace().create();
    const key = await factory(spec.app).apiKey(team, team.owner).create();
    for (const [method, path] of [
      ['POST', 'me/totp'],
      ['DELETE', 'me/totp'],
      ['POST', 'me/recovery-codes'],
      ['POST', 'me/passkeys/challenge'],
      ['GET', 'me/second-factors'],
    ] as const)
      expect([path, (await send(method, path, key)).statusCode]).toEqual([path, 403]);
  });
});

describe('recovery codes', () => {
  it('are kept as digests only, and replaced as a whole', async () => {
    const ada = await person();
    const { recoveryCodes } = await authenticatorOf(spec, ada);
    await spec.mailTo(ada.email);
    const answer = await send('POST', 'me/recovery-codes', ada);
    const replaced: string[] = answer.json().recoveryCodes;
    expect([answer.statusCode, replaced.length]).toEqual([201, 10]);
    expect(replaced.filter((code) => recoveryCodes.includes(code))).toEqual([]);
    expect((await spec.mailTo(ada.email)).subject).toBe('You have new recovery codes');
    const stored = JSON.stringify(await spec.rows('select row_to_json(c) from recovery_code c'));
    for (const code of replaced) {
      expect(stored).not.toContain(code);
      expect(stored).not.toContain(code.replaceAll('-', ''));
    }
    expect(await types(ada)).toEqual(['totp.enabled', 'recovery_codes.replaced', 'recovery_codes.replaced']);
  });

  it('are for people with a second factor', async () => {
    const answer = await send('POST', 'me/recovery-codes', await person());
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'no_second_factor']);
  });
});
