import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../../index.js';
import { EraseAccountJob } from './erase-account.job.js';

const DAY_MS = 86_400_000;

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule], { SIGNALBOX_DELETION_DAYS: '7' });
});
afterAll(() => spec.close());

const make = () => factory(spec.app);
const remove = (who: Pick<TestPerson, 'headers'>) =>
  spec.request('POST', '/api/v1/me/deletion', { headers: who.headers });
const plan = async (who: TestPerson) =>
  (await spec.request('GET', '/api/v1/me/deletion', { headers: who.headers })).json();
const signIn = (who: TestPerson) =>
  spec.request('POST', '/api/v1/sessions', { payload: { email: who.email, password: TEST_PASSWORD } });
const eraseAt = async (who: TestPerson) =>
  (await spec.rows<{ at: Date | null }>('select erase_at as at from user_account where id = $1', [who.id]))[0]?.at;
const types = async (who: TestPerson) => (await spec.events({ subjectId: who.id })).map((e) => e.type);
const status = async ({ headers }: Pick<TestPerson, 'headers'>, path = '/api/v1/me') =>
  (await spec.request('GET', path, { headers })).statusCode;
const named = ({ id, name }: TestWorkspace) => ({ id, name });
const runJob = (userId: string, at: string) =>
  spec.app.get(EraseAccountJob).run({
    id: uuidv7(),
    attempt: 1,
    payload: { userId, eraseAt: at },
    workspaceId: null,
    signal: new AbortController().signal,
  });

describe('the deletion of an account', () => {
  it('closes it at once and erases it a week later', async () => {
    const ada = await make().person().prefers({ timeZone: 'Asia/Tokyo', locale: 'en-GB' }).create();
    const team = await make().workspace('Engines').ownedBy(ada).create();
    const key = await make().apiKey(team, ada).create();
    expect(await status(key, team.url())).toBe(403);
    const other = (await signIn(ada)).json();
    const answer = await remove(ada);
    expect([answer.statusCode, answer.cookies[0]?.value]).toEqual([202, '']);
    const at = new Date(answer.json().eraseAt);
    expect(Math.round((at.getTime() - Date.now()) / DAY_MS)).toBe(7);
    expect(await eraseAt(ada)).toEqual(at);
    const bearer = { headers: { authorization: `Bearer ${other.accessToken}` } };
    expect([await status(ada), await status(bearer), await status(key, team.url())]).toEqual([401, 401, 401]);

    expect((await spec.events({ subjectId: ada.id })).at(-1)).toMatchObject({
      type: 'user.deletion_scheduled',
      workspaceId: SYSTEM_WORKSPACE,
      actor: { userId: ada.id, sessionId: ada.sessionId },
      data: { eraseAt: at.toISOString() },
    });
    expect((await spec.events({ subjectId: key.id })).map((e) => [e.type, e.workspaceId])).toEqual([
      ['api_key.revoked', team.id],
    ]);
    const ended = (await spec.events({ type: 'session.ended' })).filter((e) => e.data.userId === ada.id);
    expect(ended.map((e) => e.data.reason)).toEqual(['deletion', 'deletion']);
    const [job] = await spec.rows<{ next: Date }>(
      `select next_attempt_at as next from job where name = 'erase_account' and payload->>'userId' = $1`,
      [ada.id],
    );
    expect(job?.next).toEqual(at);
    const { subject, text } = await spec.mailTo(ada.email);
    expect(subject).toBe('Your account will be erased');
    for (const part of ['GMT+9', '“Engines”', '/sign-in']) expect(text).toContain(part);
  });

  it('is called off by signing in; the keys stay revoked', async () => {
    const ada = await make().person().create();
    const team = await make().workspace().ownedBy(ada).create();
    const key = await make().apiKey(team, ada).create();
    const { eraseAt: at } = (await remove(ada)).json();
    await spec.mailTo(ada.email);
    const back = await signIn(ada);
    expect(back.statusCode).toBe(201);
    expect(await eraseAt(ada)).toBeNull();
    expect((await types(ada)).slice(-2)).toEqual(['user.deletion_scheduled', 'user.deletion_cancelled']);
    expect((await spec.mailTo(ada.email)).subject).toBe('Your account stays');
    expect(await status(key, team.url())).toBe(401);
    expect(await status({ headers: { authorization: `Bearer ${back.json().accessToken}` } }, team.url())).toBe(200);
    // The job of the earlier deletion finds that it is called off, also when the account is deleted again.
    expect(await runJob(ada.id, new Date(Date.parse(at) - 8 * DAY_MS).toISOString())).toEqual({
      result: { erased: false },
    });
    await spec.rows('update user_account set erase_at = now() where id = $1', [ada.id]);
    expect(await runJob(ada.id, new Date(Date.parse(at) - 8 * DAY_MS).toISOString())).toEqual({
      result: { erased: false },
    });
    expect(await spec.rows('select from user_account where id = $1', [ada.id])).toHaveLength(1);
  });

  it('is not carried out before its time', async () => {
    const ada = await make().person().create();
    const { eraseAt: at } = (await remove(ada)).json();
    await expect(runJob(ada.id, at)).rejects.toMatchObject({ name: 'RetryLater', afterSeconds: expect.any(Number) });
    expect(await spec.rows('select from user_account where id = $1 and not erasing', [ada.id])).toHaveLength(1);
  });

  it('is refused to the only owner of what others belong to, by name, until somebody else owns it', async () => {
    const ada = await make().person().create();
    const [one, two, alone] = [
      await make().workspace('Engines').ownedBy(ada).create(),
      await make().workspace('Looms').ownedBy(ada).create(),
      await make().workspace('Diary').ownedBy(ada).create(),
    ];
    const bob = await make().person().in(one, 'admin').in(two, 'owner').create();
    expect(await plan(ada)).toEqual({
      graceDays: 7,
      erased: [named(alone)],
      left: [named(two)],
      ownerless: [named(one)],
      lastOperator: false,
    });
    const refused = await remove(ada);
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'last_owner_of']);
    expect(refused.json().detail).toContain('only owner of “Engines”, which other people belong to');
    expect(refused.json().workspaces).toEqual([named(one)]);
    expect([await eraseAt(ada), await types(ada), await status(ada)]).toEqual([null, [], 200]);
    const promotion = { headers: ada.headers, payload: { role: 'owner' } };
    expect((await spec.request('PATCH', one.url(`members/${bob.id}`), promotion)).statusCode).toBe(200);
    expect((await remove(ada)).statusCode).toBe(202);
    // Whoever goes counts as an owner no more.
    expect(await plan(bob)).toMatchObject({ left: [], ownerless: [named(one), named(two)] });
    expect((await remove(bob)).json().code).toBe('last_owner_of');
  });

  it('leaves a workspace one owner when both delete their accounts at once', async () => {
    for (let i = 0; i < 5; i++) {
      const team = await make().workspace().create();
      const bob = await make().person().in(team, 'owner').create();
      await make().person().in(team, 'member').create();
      const lock = { sql: 'select from membership where workspace_id = $1 for update', values: [team.id], until: 2 };
      const answers = await spec.race(lock, () => Promise.all([remove(team.owner), remove(bob)]));
      expect(answers.map((a) => a.statusCode).sort()).toEqual([202, 409]);
    }
  });

  it('is refused to the last operator, also when two of them go at once', async () => {
    const [one, two] = [await make().person().operator().create(), await make().person().operator().create()];
    expect([(await plan(one)).lastOperator, (await plan(await make().person().create())).lastOperator]).toEqual([
      false,
      false,
    ]);
    const lock = { sql: 'select from user_account where operator for update', until: 2 };
    const answers = await spec.race(lock, () => Promise.all([remove(one), remove(two)]));
    expect(answers.map((a) => a.statusCode).sort()).toEqual([202, 409]);
    const last = answers[0]?.statusCode === 409 ? one : two;
    expect([(await plan(last)).lastOperator, (await remove(last)).json().code]).toEqual([true, 'only_operator']);
  });

  it('needs a proof that is minutes old', async () => {
    const ada = await make().person().create();
    await spec.rows(`update session set created_at = now() - interval '1 hour' where id = $1`, [ada.sessionId]);
    expect((await remove(ada)).json().code).toBe('reauthentication_required');
    expect([await eraseAt(ada), await types(ada), await status(ada)]).toEqual([null, [], 200]);
  });

  it('happens once when it is asked for twice at once', async () => {
    const ada = await make().person().create();
    const lock = { sql: 'select from user_account where id = $1 for update', values: [ada.id], until: 2 };
    const answers = await spec.race(lock, () => Promise.all([remove(ada), remove(ada)]));
    expect(answers.map((a) => a.statusCode).sort()).toEqual([202, 403]);
    expect((await types(ada)).filter((type) => type === 'user.deletion_scheduled')).toHaveLength(1);
  });

  it('is for people, not for keys, nor for strangers', async () => {
    const team = await make().workspace().create();
    const key = await make().apiKey(team, team.owner).create();
    expect((await remove(key)).statusCode).toBe(403);
    expect((await spec.request('POST', '/api/v1/me/deletion')).statusCode).toBe(401);
    expect(await eraseAt(team.owner)).toBeNull();
  });
});
