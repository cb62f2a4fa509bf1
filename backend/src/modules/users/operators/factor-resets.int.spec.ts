import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { authenticatorOf, firstStep, secondStep } from '#test/factors.js';
import { passkeyOf } from '#test/passkeys.js';
import { UsersModule } from '../index.js';

const ORIGIN = 'https://box.example.com';

let spec: TestApplication;
let operator: TestPerson;
beforeAll(async () => {
  spec = await startApplication([UsersModule], { SIGNALBOX_PUBLIC_URL: ORIGIN });
  operator = await factory(spec.app).person().operator().create();
});
afterAll(() => spec.close());

type Caller = Pick<TestPerson, 'headers'>;
const send = (method: string, url: string, { headers }: Caller, payload?: object) =>
  spec.request(method, url, { headers, ...(payload ? { payload } : {}) });
const reset = (email: string, as: Caller = operator) =>
  send('POST', '/api/v1/instance/second-factor-resets', as, { email });
const verdict = async (answer: ReturnType<typeof send>) => {
  const { statusCode, json } = await answer;
  return [statusCode, json().code];
};
const signedIn = async (person: TestPerson): Promise<Caller> => {
  const answer = (await firstStep(spec, person)).json();
  expect(answer.state).toBe('signed_in');
  return { headers: { authorization: `Bearer ${answer.accessToken}` } };
};
const HELD = `
  select (select count(*)::int from totp_factor where user_id = $1) as apps,
         (select count(*)::int from passkey where user_id = $1) as passkeys,
         (select count(*)::int from recovery_code where user_id = $1) as codes,
         (select count(*)::int from session where user_id = $1 and ended_at is null) as sessions`;
const held = async ({ id }: TestPerson) => (await spec.rows(HELD, [id]))[0];
const told = async ({ id }: TestPerson) =>
  (await spec.events({ subjectId: id, workspaceId: SYSTEM_WORKSPACE })).filter(
    (e) => e.type === 'second_factors.reset',
  );
const mails = async ({ id }: TestPerson) =>
  (await spec.rows(`select from job where queue = 'mail' and subject_id = $1`, [id])).length;

describe('resetting the second factors of somebody', () => {
  it('removes them all, ends the sessions, leaves the password, and is recorded and told', async () => {
    const ada = await factory(spec.app).person().create();
    const bob = await factory(spec.app).person().create();
    await authenticatorOf(spec, bob);
    const app = await authenticatorOf(spec, ada);
    const { id: passkey } = await passkeyOf(spec, ORIGIN, ada, { name: 'Lost laptop' });
    const asked = (await firstStep(spec, ada)).json();
    expect(asked.state).toBe('second_factor_required');
    expect(await held(ada)).toEqual({ apps: 1, passkeys: 1, codes: 10, sessions: 1 });

    const answer = await reset(ada.email.toUpperCase());
    const removed = { totp: true, passkeys: 1, recoveryCodes: 10, sessions: 1 };
    expect([answer.statusCode, answer.json()]).toEqual([200, removed]);
    expect(await held(ada)).toEqual({ apps: 0, passkeys: 0, codes: 0, sessions: 0 });
    expect(await held(bob)).toEqual({ apps: 1, passkeys: 0, codes: 10, sessions: 1 });
    expect((await send('GET', '/api/v1/me', ada)).statusCode).toBe(401);
    const late = await secondStep(spec, asked.challenge, { method: 'totp', code: app.code() });
    expect([late.statusCode, late.json().code]).toEqual([401, 'challenge_over']);

    const actor = expect.objectContaining({ userId: operator.id });
    expect(await told(ada)).toEqual([expect.objectContaining({ actor, data: removed })]);
    expect(await spec.events({ subjectId: passkey, type: 'passkey.removed' })).toEqual([
      expect.objectContaining({ actor, data: { userId: ada.id, name: 'Lost laptop' } }),
    ]);
    expect(await spec.events({ subjectId: ada.id, type: 'totp.disabled' })).toEqual([
      expect.objectContaining({ actor }),
    ]);
    expect((await spec.events({ subjectId: ada.sessionId, type: 'session.ended' })).map((e) => e.data)).toEqual([
      { userId: ada.id, reason: 'revoked' },
    ]);

    await signedIn(ada);
    expect((await firstStep(spec, bob)).json().state).toBe('second_factor_required');
  });

  it('tells the person what happened and what to do, and of the sign-in that follows', async () => {
    const ada = await factory(spec.app).person().create();
    await signedIn(ada);
    await passkeyOf(spec, ORIGIN, ada);
    await passkeyOf(spec, ORIGIN, ada);
    await reset(ada.email);
    await signedIn(ada);
    const caught: { subject: string; text: string }[] = [];
    while (caught.length < 4) caught.push(await spec.mailTo(ada.email));
    const mail = caught.find(({ subject }) => subject === 'Your second factors were removed');
    expect(mail?.text).toMatch(/2 passkeys and the recovery codes\. You were signed out everywhere/);
    expect(mail?.text).toContain('set up a new second factor');
    expect(mail?.text).toContain(`${ORIGIN}/sign-in`);
    expect(mail?.text).toContain('If you did not ask for this');
    expect(caught.map(({ subject }) => subject)).toContainEqual(expect.stringMatching(/^New sign-in/));
  });

  it('leads to a new one where a workspace asks for it', async () => {
    const team = await factory(spec.app).workspace().create();
    const bob = await factory(spec.app).person().in(team).create();
    await authenticatorOf(spec, team.owner);
    await authenticatorOf(spec, bob);
    await send('PUT', team.url('second-factor-policy'), team.owner, { required: true });
    expect((await send('GET', team.url(), bob)).statusCode).toBe(200);
    expect((await reset(bob.email)).statusCode).toBe(200);
    const now = await signedIn(bob);
    expect(await verdict(send('GET', team.url(), now))).toEqual([403, 'second_factor_needed']);
    await authenticatorOf(spec, { ...bob, ...now });
    expect((await send('GET', team.url(), now)).statusCode).toBe(200);
  });

  it('does nothing where there is nothing, and nothing twice', async () => {
    const [ada, bob] = [await factory(spec.app).person().create(), await factory(spec.app).person().create()];
    await authenticatorOf(spec, bob);
    await reset(bob.email);
    const before = [await mails(ada), await mails(bob)];
    for (const { email } of [ada, bob]) {
      const answer = await reset(email);
      expect([answer.statusCode, answer.json()]).toEqual([
        200,
        { totp: false, passkeys: 0, recoveryCodes: 0, sessions: 0 },
      ]);
    }
    expect((await send('GET', '/api/v1/me', ada)).statusCode).toBe(200);
    expect([(await told(ada)).length, (await told(bob)).length]).toEqual([0, 1]);
    expect([await mails(ada), await mails(bob)]).toEqual(before);
  });

  it('happens once when two operators do it at once', async () => {
    const ada = await factory(spec.app).person().create();
    const other = await factory(spec.app).person().operator().create();
    await authenticatorOf(spec, ada);
    const lock = { sql: 'select from user_account where id = $1 for update', values: [ada.id], until: 2 };
    const answers = await spec.race(lock, () => Promise.all([reset(ada.email), reset(ada.email, other)]));
    expect(answers.map((a) => [a.statusCode, a.json().totp]).sort()).toEqual([
      [200, false],
      [200, true],
    ]);
    expect(await told(ada)).toHaveLength(1);
  });

  it('is refused to oneself, to others than operators, without a recent proof, and for nobody', async () => {
    const ada = await factory(spec.app).person().create();
    await authenticatorOf(spec, ada);
    const late = await factory(spec.app).person().operator().create();
    await authenticatorOf(spec, late);
    expect(await verdict(reset(late.email, late))).toEqual([409, 'own_second_factors']);
    expect(await verdict(reset('nobody@example.com'))).toEqual([404, 'not_found']);
    expect(await verdict(reset(ada.email, await factory(spec.app).person().create()))).toEqual([403, 'forbidden']);
    expect(await verdict(reset('no address'))).toEqual([400, 'validation_failed']);
    await spec.rows(`update session set created_at = now() - interval '1 hour' where id = $1 returning id`, [
      late.sessionId,
    ]);
    expect(await verdict(reset(ada.email, late))).toEqual([403, 'reauthentication_required']);
    for (const person of [ada, late]) {
      expect(await held(person)).toEqual({ apps: 1, passkeys: 0, codes: 10, sessions: 1 });
      expect(await told(person)).toEqual([]);
    }
  });
});
