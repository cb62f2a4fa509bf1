import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../index.js';

let spec: TestApplication;
let operator: TestPerson;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
  operator = await factory(spec.app).person().operator().create();
});
afterAll(() => spec.close());

type Caller = Pick<TestPerson, 'headers'>;
const send = (method: string, url: string, { headers }: Caller, payload?: object) =>
  spec.request(method, url, { headers, ...(payload ? { payload } : {}) });
const at = ({ id }: { id: string }) => `/api/v1/instance/workspaces/${id}/suspension`;
const verdict = async (answer: ReturnType<typeof send>) => {
  const { statusCode, body } = await answer;
  const problem = (body ? JSON.parse(body) : {}) as { code?: string; detail?: string };
  return [statusCode, problem.code, problem.detail];
};
const type = (team: TestWorkspace) => async (workspaceId: string) =>
  (await spec.events({ subjectId: team.id, workspaceId })).map((event) => [event.type, event.data, event.actor.userId]);

describe('a workspace that an operator closed', () => {
  it('is closed to everybody in it, tells why, and opens again', async () => {
    const team = await factory(spec.app).workspace().create();
    const { owner } = team;
    expect((await send('GET', team.url(), owner)).statusCode).toBe(200);
    const reason = 'The invoice of March is open.';
    const answer = await send('PUT', at(team), operator, { mode: 'closed', reason });
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { workspaceId: team.id, mode: 'closed', reason, suspendedAt: expect.stringMatching(/Z$/) },
    ]);
    const shut = [403, 'workspace_suspended', expect.stringContaining(reason)];
    expect(await verdict(send('GET', team.url(), owner))).toEqual(shut);
    expect(await verdict(send('PATCH', team.url(), owner, { name: 'Mine' }))).toEqual(shut);
    const stranger = await factory(spec.app).person().create();
    expect((await send('GET', team.url(), stranger)).statusCode).toBe(404);
    expect((await send('GET', '/api/v1/workspaces', owner)).json().items).toEqual([
      expect.objectContaining({ id: team.id, closedBecause: 'workspace_suspended' }),
    ]);
    expect((await send('DELETE', at(team), operator)).statusCode).toBe(204);
    expect((await send('GET', team.url(), owner)).statusCode).toBe(200);
    const told = [
      ['workspace.suspended', { mode: 'closed', reason, state: 'closed', before: { state: 'active' } }, operator.id],
      ['workspace.resumed', { mode: 'closed', state: 'active', before: { state: 'closed' } }, operator.id],
    ];
    expect(await type(team)(SYSTEM_WORKSPACE)).toEqual(told);
    expect(await type(team)(team.id)).toEqual(told);
  });

  it('cannot be handed over by its owner meanwhile, and can be left', async () => {
    const team = await factory(spec.app).workspace().create();
    const bob = await factory(spec.app).person().in(team).create();
    await send('PUT', at(team), operator, { mode: 'closed' });
    const transfer = `/api/v1/me/memberships/${team.id}/ownership-transfer`;
    expect((await verdict(send('POST', transfer, team.owner, { userId: bob.id })))[1]).toBe('workspace_suspended');
    expect((await send('DELETE', `/api/v1/me/memberships/${team.id}`, bob)).statusCode).toBe(204);
  });
});

describe.each([
  ['closed', 'workspace_suspended'],
  ['read_only', 'workspace_read_only'],
])('a workspace that an operator made %s', (mode, code) => {
  it('is joined by nobody who was invited before; the invitation stays', async () => {
    const make = factory(spec.app);
    const [team, bob, email] = [await make.workspace().create(), await make.person().create(), `${mode}@example.com`];
    const tokens = [];
    for (const address of [bob.email, email]) {
      await send('POST', team.url('invitations'), team.owner, { email: address, role: 'member' });
      tokens.push((await spec.mailTo(address)).token);
    }
    await send('PUT', at(team), operator, { mode });
    const [own, anew] = tokens;
    const accept = () => send('POST', '/api/v1/invitations/acceptance', bob, { token: own });
    const newcomer = { name: 'Carol', email, password: 'a long enough password', invitation: anew };
    expect((await verdict(accept())).slice(0, 2)).toEqual([403, code]);
    const registered = await spec.request('POST', '/api/v1/registrations', { payload: newcomer });
    expect([registered.statusCode, registered.json().code]).toEqual([403, code]);
    expect(await spec.rows('select from user_account where email_key = $1', [email])).toEqual([]);
    expect(await spec.rows('select from membership where workspace_id = $1', [team.id])).toHaveLength(1);
    expect(await spec.events({ workspaceId: team.id, type: 'member.added' })).toEqual([]);
    await send('DELETE', at(team), operator);
    expect((await accept()).statusCode).toBe(201);
  });
});

describe('a workspace that an operator made read-only', () => {
  it('is read by its people and by keys, and changed by nobody', async () => {
    const team = await factory(spec.app).workspace('Engines').create();
    const key = await factory(spec.app).apiKey(team, team.owner).scopes('workspace:read', 'workspace:write').create();
    await send('PUT', at(team), operator, { mode: 'read_only' });
    const refused = [403, 'workspace_read_only', expect.stringMatching(/everything can be read/)];
    for (const as of [team.owner, key]) {
      expect((await send('GET', team.url(), as)).json()).toMatchObject({ name: 'Engines', readOnly: true });
      expect(await verdict(send('PATCH', team.url(), as, { name: 'Mine' }))).toEqual(refused);
    }
    const bob = await factory(spec.app).person().in(team).create();
    const transfer = `/api/v1/me/memberships/${team.id}/ownership-transfer`;
    expect(await verdict(send('POST', transfer, team.owner, { userId: bob.id }))).toEqual(refused);
    expect(await spec.rows('select name from workspace where id = $1', [team.id])).toEqual([{ name: 'Engines' }]);
    await send('DELETE', at(team), operator);
    expect((await send('PATCH', team.url(), team.owner, { name: 'Mine' })).statusCode).toBe(200);
  });
});

describe('suspending a workspace', () => {
  it('is recorded once a change', async () => {
    const team = await factory(spec.app).workspace().create();
    for (const mode of ['read_only', 'read_only', 'closed']) await send('PUT', at(team), operator, { mode });
    await send('DELETE', at(team), operator);
    await send('DELETE', at(team), operator);
    expect((await type(team)(SYSTEM_WORKSPACE)).map(([name, data]) => [name, (data as { mode: string }).mode])).toEqual(
      [
        ['workspace.suspended', 'read_only'],
        ['workspace.suspended', 'closed'],
        ['workspace.resumed', 'closed'],
      ],
    );
  });

  it('is for operators, and only of what there is', async () => {
    const team = await factory(spec.app).workspace().create();
    expect((await send('PUT', at(team), team.owner, { mode: 'closed' })).statusCode).toBe(403);
    expect((await send('DELETE', at(team), team.owner)).statusCode).toBe(403);
    const nowhere = at({ id: '01900000-0000-7000-8000-00000000dead' });
    expect((await send('PUT', nowhere, operator, { mode: 'closed' })).statusCode).toBe(404);
    expect((await send('PUT', at(team), operator, { mode: 'gone' })).statusCode).toBe(400);
    expect((await send('PUT', at(team), operator, { mode: 'closed', reason: 'x'.repeat(501) })).statusCode).toBe(400);
    expect(await spec.rows('select from workspace where id = $1 and suspension is null', [team.id])).toHaveLength(1);
  });
});

describe('the owners of a suspended workspace', () => {
  const mailed = async (...people: { id: string }[]) => {
    const jobs = `select from job where queue = 'mail' and subject_id = $1`;
    return Promise.all(people.map(async ({ id }) => (await spec.rows(jobs, [id])).length));
  };

  it('are told of each change with its reason, and nobody else is', async () => {
    const make = factory(spec.app);
    const team = await make.workspace('Engines').create();
    const second = await make.person().in(team, 'owner').create();
    const shutOut = await make.person().in(team, 'owner').create();
    const admin = await make.person().in(team, 'admin').create();
    await spec.rows('update membership set suspended_at = now() where user_id = $1 returning user_id', [shutOut.id]);
    const reason = 'The invoice of March is open.';
    for (let twice = 0; twice < 2; twice++) await send('PUT', at(team), operator, { mode: 'read_only' });
    for (let twice = 0; twice < 2; twice++) await send('PUT', at(team), operator, { mode: 'closed', reason });
    for (let twice = 0; twice < 2; twice++) await send('DELETE', at(team), operator);
    for (const { email } of [team.owner, second]) {
      const got = new Map<string, string>();
      while (got.size < 3) {
        const { subject, text } = await spec.mailTo(email);
        got.set(subject, text);
      }
      expect([...got.keys()].sort()).toEqual([
        'Engines is open again',
        'Engines is read-only now',
        'Engines was closed',
      ]);
      expect(got.get('Engines was closed')).toContain(reason);
      expect(got.get('Engines is read-only now')).not.toContain('Reason');
      expect(got.get('Engines is open again')).toContain(`/workspaces/${team.id}`);
    }
    expect(await mailed(team.owner, second, shutOut, admin)).toEqual([3, 3, 0, 0]);
  });

  it('are told nothing of what was refused', async () => {
    const team = await factory(spec.app).workspace().create();
    expect((await send('PUT', at(team), team.owner, { mode: 'closed' })).statusCode).toBe(403);
    expect((await send('PUT', at(team), operator, { mode: 'gone' })).statusCode).toBe(400);
    expect((await send('DELETE', at(team), operator)).statusCode).toBe(204);
    expect(await mailed(team.owner)).toEqual([0]);
  });
});
