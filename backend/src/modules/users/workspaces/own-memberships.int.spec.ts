import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../index.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

type Caller = Pick<TestPerson, 'headers'>;
const leave = (team: TestWorkspace, { headers }: Caller) =>
  spec.request('DELETE', `/api/v1/me/memberships/${team.id}`, { headers });
const handOver = (team: TestWorkspace, { headers }: Caller, to: { id: string }) =>
  spec.request('POST', `/api/v1/me/memberships/${team.id}/ownership-transfer`, { headers, payload: { userId: to.id } });
const held = async (team: TestWorkspace) =>
  Object.fromEntries(
    (
      await spec.rows<{ user_id: string; role: string }>(
        'select user_id, role from membership where workspace_id = $1',
        [team.id],
      )
    ).map((row) => [row.user_id, row.role]),
  );
const member = (team: TestWorkspace, role: 'owner' | 'admin' | 'member' | 'viewer' = 'member') =>
  factory(spec.app).person().in(team, role).create();

describe('leaving a workspace', () => {
  it('is up to each member, loses access at once, and is recorded', async () => {
    const team = await factory(spec.app).workspace().create();
    const bob = await member(team, 'viewer');
    expect((await leave(team, bob)).statusCode).toBe(204);
    expect((await spec.request('GET', team.url(), { headers: bob.headers })).statusCode).toBe(404);
    expect(await held(team)).toEqual({ [team.owner.id]: 'owner' });
    expect(await spec.events({ workspaceId: team.id })).toEqual([
      expect.objectContaining({
        type: 'member.removed',
        subjectId: bob.id,
        data: { role: 'viewer', left: true },
        actor: expect.objectContaining({ userId: bob.id }),
      }),
    ]);
    expect((await leave(team, bob)).statusCode).toBe(404);
  });

  it('is possible while one is suspended', async () => {
    const team = await factory(spec.app).workspace().create();
    const bob = await member(team);
    await spec.rows('update membership set suspended_at = now() where user_id = $1 returning role', [bob.id]);
    expect((await leave(team, bob)).statusCode).toBe(204);
  });

  it('is refused to the last owner, also when two owners leave at once', async () => {
    const team = await factory(spec.app).workspace().create();
    const alone = await leave(team, team.owner);
    expect([alone.statusCode, alone.json().code]).toEqual([409, 'last_owner']);
    const bob = await member(team, 'owner');
    const answers = await spec.race(
      { sql: 'select from membership where workspace_id = $1 for update', values: [team.id], until: 2 },
      () => Promise.all([leave(team, team.owner), leave(team, bob)]),
    );
    expect(answers.map((a) => a.statusCode).sort()).toEqual([204, 409]);
    expect(Object.values(await held(team))).toEqual(['owner']);
    expect(await spec.events({ workspaceId: team.id, type: 'member.removed' })).toHaveLength(1);
  });

  it('is nothing that a stranger or a key can do', async () => {
    const team = await factory(spec.app).workspace().create();
    const key = await factory(spec.app)
      .apiKey(team, await member(team))
      .create();
    expect((await leave(team, await factory(spec.app).person().create())).statusCode).toBe(404);
    expect((await leave(team, key)).statusCode).toBe(403);
    expect(Object.keys(await held(team))).toHaveLength(2);
  });
});

describe('handing a workspace over', () => {
  it('makes a member the owner and the owner an admin, tells both, and is recorded', async () => {
    const team = await factory(spec.app).workspace('Engines').create();
    const bob = await factory(spec.app).person().named('Bob').in(team, 'viewer').create();
    const answer = await handOver(team, team.owner, bob);
    expect([answer.statusCode, answer.json()]).toEqual([200, { workspaceId: team.id, ownerId: bob.id, role: 'admin' }]);
    expect(await held(team)).toEqual({ [team.owner.id]: 'admin', [bob.id]: 'owner' });
    const seen = async (who: Caller) => (await spec.request('GET', team.url(), { headers: who.headers })).json().role;
    expect([await seen(team.owner), await seen(bob)]).toEqual(['admin', 'owner']);
    expect((await spec.events({ workspaceId: team.id })).map((e) => [e.type, e.subjectId, e.data])).toEqual([
      ['workspace.handed_over', team.id, { userId: bob.id }],
      ['member.role_changed', bob.id, { before: 'viewer', after: 'owner' }],
      ['member.role_changed', team.owner.id, { before: 'owner', after: 'admin' }],
    ]);
    expect((await spec.mailTo(bob.email)).subject).toBe('Engines is yours');
    const mail = await spec.mailTo(team.owner.email);
    expect([mail.subject, mail.text]).toEqual(['You handed Engines over', expect.stringContaining('Bob owns')]);
  });

  it('ends what the former owner invited others to own, and nothing else', async () => {
    const team = await factory(spec.app).workspace().create();
    const bob = await member(team);
    const invite = async (email: string, role: string) => {
      const { headers } = team.owner;
      const answer = await spec.request('POST', team.url('invitations'), { headers, payload: { email, role } });
      const { token } = await spec.mailTo(email);
      return { id: answer.json<{ id: string }>().id, token };
    };
    const [owner, admin] = [await invite('heir@example.com', 'owner'), await invite('help@example.com', 'admin')];
    expect((await handOver(team, team.owner, bob)).statusCode).toBe(200);
    const offer = async ({ token }: { token: string }) =>
      (await spec.request('POST', '/api/v1/invitations/preview', { payload: { token } })).statusCode;
    expect([await offer(owner), await offer(admin)]).toEqual([409, 200]);
    expect(await spec.events({ workspaceId: team.id, type: 'invitation.revoked' })).toEqual([
      expect.objectContaining({ subjectId: owner.id, data: { role: 'owner', because: 'inviter' } }),
    ]);
  });

  it('is nothing that an owner does who is being suspended', async () => {
    const team = await factory(spec.app).workspace().create();
    const [bob, eve] = [await member(team, 'owner'), await member(team)];
    // Let in by what is remembered of them.
    expect((await spec.request('GET', team.url(), { headers: bob.headers })).statusCode).toBe(200);
    await spec.rows('update membership set suspended_at = now() where user_id = $1 returning role', [bob.id]);
    const answer = await handOver(team, bob, eve);
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'member_suspended']);
    expect((await held(team))[eve.id]).toBe('member');
    expect(await spec.events({ workspaceId: team.id })).toEqual([]);
  });

  it('happens once, of two at once', async () => {
    const team = await factory(spec.app).workspace().create();
    const [bob, eve] = [await member(team), await member(team)];
    const answers = await spec.race(
      { sql: 'select from membership where workspace_id = $1 for update', values: [team.id], until: 2 },
      () => Promise.all([handOver(team, team.owner, bob), handOver(team, team.owner, eve)]),
    );
    expect(answers.map((a) => [a.statusCode, a.json().code]).sort()).toEqual([
      [200, undefined],
      [403, 'not_owner'],
    ]);
    expect(Object.values(await held(team)).sort()).toEqual(['admin', 'member', 'owner']);
    expect(await spec.events({ workspaceId: team.id, type: 'workspace.handed_over' })).toHaveLength(1);
  });

  it('asks who did not prove lately that it is them, and changes nothing before', async () => {
    const team = await factory(spec.app).workspace().create();
    const bob = await member(team);
    await spec.rows(`update session set created_at = now() - interval '1 hour' where id = $1 returning id`, [
      team.owner.sessionId,
    ]);
    expect((await handOver(team, team.owner, bob)).json().code).toBe('reauthentication_required');
    expect(await held(team)).toEqual({ [team.owner.id]: 'owner', [bob.id]: 'member' });
    expect(await spec.events({ workspaceId: team.id })).toEqual([]);
  });

  it.each([
    ['an admin', 403, 'not_owner'],
    ['a stranger', 404, 'not_found'],
  ])('is refused to %s', async (who, status, code) => {
    const team = await factory(spec.app).workspace().create();
    const bob = await member(team, 'admin');
    const as = who === 'an admin' ? bob : await factory(spec.app).person().create();
    const answer = await handOver(team, as, bob);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect((await held(team))[team.owner.id]).toBe('owner');
  });

  it('goes to a member who can own it, and to nobody else', async () => {
    const team = await factory(spec.app).workspace().create();
    const [suspended, going] = [await member(team), await member(team)];
    await spec.rows('update membership set suspended_at = now() where user_id = $1 returning role', [suspended.id]);
    await spec.rows('update user_account set erase_at = now() where id = $1 returning id', [going.id]);
    const stranger = await factory(spec.app).person().create();
    const verdict = async (to: { id: string }) => {
      const answer = await handOver(team, team.owner, to);
      return [answer.statusCode, answer.json().code];
    };
    expect(await verdict(suspended)).toEqual([409, 'cannot_own']);
    expect(await verdict(going)).toEqual([409, 'cannot_own']);
    expect(await verdict(stranger)).toEqual([404, 'not_found']);
    expect(await verdict(team.owner)).toEqual([400, 'validation_failed']);
    expect((await held(team))[team.owner.id]).toBe('owner');
    expect(await spec.events({ workspaceId: team.id })).toEqual([]);
  });
});
