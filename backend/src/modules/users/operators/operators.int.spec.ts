import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { WorkspaceSigns } from '#platform/workspace-signs/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { UsersModule } from '../index.js';

let spec: TestApplication;
let ada: TestPerson;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
beforeEach(async () => {
  // Each test has its own operator, who is the only one.
  await spec.rows('update user_account set operator = false where operator returning id');
  ada = await factory(spec.app).person().operator().create();
});
afterAll(() => spec.close());

const URL = '/api/v1/instance/operators';
type Caller = Pick<TestPerson, 'headers'>;
const add = ({ headers }: Caller, email: string) => spec.request('POST', URL, { headers, payload: { email } });
const remove = ({ headers }: Caller, { id }: { id: string }) => spec.request('DELETE', `${URL}/${id}`, { headers });
const ids = async () =>
  (await spec.rows<{ id: string }>('select id from user_account where operator order by id')).map(({ id }) => id);
const told = async (subjectId: string) =>
  (await spec.events({ subjectId, workspaceId: SYSTEM_WORKSPACE })).map((e) => [e.type, e.actor.userId]);
const mailed = (...people: { id: string }[]) =>
  Promise.all(
    people.map(
      async ({ id }) => (await spec.rows(`select from job where queue = 'mail' and subject_id = $1`, [id])).length,
    ),
  );

describe('operators', () => {
  it('make another one and unmake them, which is recorded in the system workspace', async () => {
    const bob = await factory(spec.app).person().create();
    const list = (who: Caller) => spec.request('GET', URL, { headers: who.headers });
    expect((await list(bob)).statusCode).toBe(403);
    for (let twice = 0; twice < 2; twice++) {
      const made = await add(ada, bob.email.toUpperCase());
      expect([made.statusCode, made.json()]).toEqual([
        201,
        expect.objectContaining({ userId: bob.id, email: bob.email, secondFactor: false }),
      ]);
    }
    expect(await ids()).toEqual([ada.id, bob.id].sort());
    expect((await remove(ada, bob)).statusCode).toBe(204);
    expect((await remove(ada, bob)).statusCode).toBe(404);
    expect((await list(ada)).json().items.map(({ userId }: { userId: string }) => userId)).toEqual([ada.id]);
    expect(await told(bob.id)).toEqual([
      ['operator.added', ada.id],
      ['operator.removed', ada.id],
    ]);
  });

  it('are at least one, also when two unmake each other, or themselves, at once', async () => {
    const alone = await remove(ada, ada);
    expect([alone.statusCode, alone.json().code]).toEqual([409, 'only_operator']);
    const bob = await factory(spec.app).person().operator().create();
    const answers = await spec.race(
      { sql: 'select from user_account where operator order by id for update', until: 2 },
      () => Promise.all([remove(ada, bob), remove(bob, ada)]),
    );
    expect(answers.map((a) => a.statusCode).sort()).toEqual([204, 403]);
    expect(await ids()).toHaveLength(1);
    expect(await spec.events({ type: 'operator.removed', subjectId: (await ids())[0] })).toEqual([]);
  });

  it('do not count one who deleted their account', async () => {
    const bob = await factory(spec.app).person().operator().create();
    await spec.rows('update user_account set erase_at = now() where id = $1 returning id', [bob.id]);
    expect((await remove(ada, ada)).json().code).toBe('only_operator');
    expect(await ids()).toContain(ada.id);
  });

  it('are made of accounts whose address was confirmed, after a recent proof', async () => {
    const unsure = await factory(spec.app).person().unverified().create();
    const verdict = async (email: string) => {
      const answer = await add(ada, email);
      return [answer.statusCode, answer.json().code];
    };
    expect(await verdict(unsure.email)).toEqual([409, 'cannot_operate']);
    expect(await verdict('nobody@example.com')).toEqual([404, 'not_found']);
    await spec.rows(`update session set created_at = now() - interval '1 hour' where id = $1 returning id`, [
      ada.sessionId,
    ]);
    const bob = await factory(spec.app).person().create();
    expect(await verdict(bob.email)).toEqual([403, 'reauthentication_required']);
    expect((await remove(ada, ada)).json().code).toBe('reauthentication_required');
    expect(await ids()).toEqual([ada.id]);
    expect(await told(bob.id)).toEqual([]);
  });

  it('are told of each other, and so is the person concerned, once a change', async () => {
    const [bob, carol] = [
      await factory(spec.app).person().create(),
      await factory(spec.app).person().operator().create(),
    ];
    for (let twice = 0; twice < 2; twice++) await add(ada, bob.email);
    const name = async ({ id }: { id: string }) =>
      (await spec.rows<{ name: string }>('select name from user_account where id = $1', [id]))[0]?.name;
    const [bobs, adas] = [await name(bob), await name(ada)];
    const toBob = await spec.mailTo(bob.email);
    expect(toBob.subject).toBe('You are an operator now');
    expect(toBob.text).toContain(`${adas} (${ada.email})`);
    for (const { email } of [ada, carol]) {
      const mail = await spec.mailTo(email);
      expect(mail.subject).toBe(`${bobs} is an operator now`);
      expect(mail.text).toContain(`${bobs} (${bob.email})`);
      expect(mail.text).toContain('sign in at once, take it back');
    }
    for (let twice = 0; twice < 2; twice++) await remove(ada, bob);
    expect((await spec.mailTo(bob.email)).subject).toBe('You are no operator any more');
    for (const { email } of [ada, carol])
      expect((await spec.mailTo(email)).subject).toBe(`${bobs} is no operator any more`);
    expect(await mailed(ada, bob, carol)).toEqual([2, 2, 2]);
  });

  it('are told nothing of what was refused', async () => {
    const bob = await factory(spec.app).person().unverified().create();
    const before = await mailed(ada, bob);
    expect((await add(ada, bob.email)).statusCode).toBe(409);
    expect((await remove(ada, bob)).statusCode).toBe(404);
    expect((await remove(ada, ada)).statusCode).toBe(409);
    expect(await mailed(ada, bob)).toEqual(before);
  });

  it('see how workspaces fare, and nothing of what is in them', async () => {
    const team = await factory(spec.app).workspace('Engines').create();
    const bob = await factory(spec.app).person().in(team).create();
    await spec.request('POST', team.url(`members/${bob.id}/suspension`), { headers: team.owner.headers });
    await spec.rows(
      `insert into job (id, queue, name, payload, state, workspace_id) values ($1, 'none', 'none', '{}', 'parked', $2) returning id`,
      [uuidv7(), team.id],
    );
    spec.app.get(WorkspaceSigns).register({ name: 'ofSpec', count: async () => new Map([[team.id, 3]]) });
    const answer = await spec.request('GET', '/api/v1/instance/workspaces?sort=-createdAt', { headers: ada.headers });
    const mine = answer.json().items.find(({ id }: { id: string }) => id === team.id);
    expect(mine).toMatchObject({ name: 'Engines', members: 2, suspendedMembers: 1, parkedJobs: 1, suspension: null });
    expect(mine.signs).toEqual({ ofSpec: 3 });
    expect((await spec.request('GET', team.url(), { headers: ada.headers })).statusCode).toBe(404);
    const owner = await spec.request('GET', '/api/v1/instance/workspaces', { headers: team.owner.headers });
    expect(owner.statusCode).toBe(403);
  });
});
