import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Grants, type Member } from '#platform/access/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../index.js';
import { InvitationsService } from './invitations.service.js';
import { MembersService } from './members.service.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

const as = (who: TestPerson, method: string, url: string, payload?: object) =>
  spec.request(method, url, { headers: who.headers, payload });
/** What a request carries that was let in. */
const memberOf = async (team: TestWorkspace, { id }: TestPerson): Promise<Member> => {
  const member = await spec.app.get(Grants).memberOf({ kind: 'user', id, userId: id }, team.id);
  if (!member) throw new Error('This person is not a member.');
  return member;
};
const WAITING = `
  select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
const rolesIn = async (team: TestWorkspace) =>
  Object.fromEntries(
    (
      await spec.rows<{ user_id: string; role: string }>(
        'select user_id, role from membership where workspace_id = $1',
        [team.id],
      )
    ).map((row) => [row.user_id, row.role]),
  );

describe('members', () => {
  it('are listed to everybody in the workspace', async () => {
    const make = factory(spec.app);
    const team = await make.workspace().create();
    const bob = await make.person().named('Bob').in(team, 'viewer').create();
    const list = await as(bob, 'GET', team.url('members?sort=joinedAt'));
    expect(list.json().items.map((m: { userId: string; role: string }) => [m.userId, m.role])).toEqual([
      [team.owner.id, 'owner'],
      [bob.id, 'viewer'],
    ]);
  });

  it('get another role, which holds at once and is recorded', async () => {
    const make = factory(spec.app);
    const team = await make.workspace().create();
    const bob = await make.person().in(team, 'viewer').create();
    const rename = () => as(bob, 'PATCH', team.url(), { name: 'Renamed' });
    expect((await rename()).statusCode).toBe(403);
    const change = await as(team.owner, 'PATCH', team.url(`members/${bob.id}`), { role: 'admin' });
    expect(change.json()).toMatchObject({ userId: bob.id, role: 'admin' });
    expect((await rename()).statusCode).toBe(200);
    expect(await spec.events({ subjectId: bob.id })).toEqual([
      expect.objectContaining({
        type: 'member.role_changed',
        workspaceId: team.id,
        data: { before: 'viewer', after: 'admin' },
      }),
    ]);
  });

  it('are removed, lose access at once, and their keys with them', async () => {
    const make = factory(spec.app);
    const team = await make.workspace().create();
    const bob = await make.person().in(team, 'admin').create();
    const key = await make.apiKey(team, bob).scopes('workspace:read').create();
    const read = (headers: object) => spec.request('GET', team.url(), { headers: { ...headers } });
    expect((await read(key.headers)).statusCode).toBe(200);
    expect((await as(team.owner, 'DELETE', team.url(`members/${bob.id}`))).statusCode).toBe(204);
    expect((await read(bob.headers)).statusCode).toBe(404);
    expect((await read(key.headers)).statusCode).toBe(401);
    expect(await rolesIn(team)).toEqual({ [team.owner.id]: 'owner' });
    expect(await spec.events({ subjectId: key.id })).toEqual([
      expect.objectContaining({
        type: 'api_key.revoked',
        workspaceId: team.id,
        actor: expect.objectContaining({ userId: team.owner.id }),
      }),
    ]);
    expect((await spec.events({ subjectId: bob.id })).map((e) => [e.type, e.data])).toEqual([
      ['member.removed', { role: 'admin' }],
    ]);
  });

  it('who come back find the keys of before revoked, and those elsewhere as they were', async () => {
    const make = factory(spec.app);
    const [team, other] = [await make.workspace().create(), await make.workspace().create()];
    const bob = await make.person().in(team, 'admin').in(other, 'admin').create();
    const key = await make.apiKey(team, bob).scopes('workspace:read').create();
    const elsewhere = await make.apiKey(other, bob).scopes('workspace:read').create();
    await as(bob, 'DELETE', `/api/v1/me/memberships/${team.id}`);
    await spec.rows(`insert into membership (workspace_id, user_id, role) values ($1, $2, 'admin') returning role`, [
      team.id,
      bob.id,
    ]);
    const status = async (place: TestWorkspace, { headers }: { headers: object }) =>
      (await spec.request('GET', place.url(), { headers: { ...headers } })).statusCode;
    expect([await status(team, bob), await status(team, key), await status(other, elsewhere)]).toEqual([200, 401, 200]);
    expect(await spec.events({ workspaceId: other.id })).toEqual([]);
  });

  it('include an owner always, also when two leave at once', async () => {
    const make = factory(spec.app);
    const team = await make.workspace().create();
    const alone = await as(team.owner, 'DELETE', team.url(`members/${team.owner.id}`));
    expect([alone.statusCode, alone.json().code]).toEqual([409, 'last_owner']);
    const second = await make.person().in(team, 'owner').create();
    const answers = await Promise.all([
      as(team.owner, 'PATCH', team.url(`members/${second.id}`), { role: 'member' }),
      as(second, 'PATCH', team.url(`members/${team.owner.id}`), { role: 'member' }),
    ]);
    expect(answers.filter((a) => a.statusCode === 200)).toHaveLength(1);
    expect(Object.values(await rolesIn(team)).sort()).toEqual(['member', 'owner']);
  });

  it('who are owners are for owners to change', async () => {
    const make = factory(spec.app);
    const team = await make.workspace().create();
    const [admin, member] = [
      await make.person().in(team, 'admin').create(),
      await make.person().in(team, 'member').create(),
    ];
    const before = await rolesIn(team);
    const attempts = [
      await as(admin, 'PATCH', team.url(`members/${team.owner.id}`), { role: 'admin' }),
      await as(admin, 'DELETE', team.url(`members/${team.owner.id}`)),
      await as(admin, 'PATCH', team.url(`members/${admin.id}`), { role: 'owner' }),
      await as(admin, 'PATCH', team.url(`members/${member.id}`), { role: 'owner' }),
      await as(admin, 'POST', team.url('invitations'), { email: 'new@example.com', role: 'owner' }),
    ];
    // The last owner is safe from everybody; what would make an owner is for owners.
    expect(attempts.map((a) => [a.statusCode, a.json().code])).toEqual([
      [409, 'last_owner'],
      [409, 'last_owner'],
      [403, 'owners_only'],
      [403, 'owners_only'],
      [403, 'owners_only'],
    ]);
    await make.person().in(team, 'owner').create();
    expect((await as(admin, 'DELETE', team.url(`members/${team.owner.id}`))).json().code).toBe('owners_only');
    expect(await rolesIn(team)).toMatchObject(before);
    expect(await spec.events({ workspaceId: team.id })).toEqual([]);
  });

  it('are changed by nobody who was demoted, suspended or removed since they were let in', async () => {
    const make = factory(spec.app);
    const team = await make.workspace().create();
    const bob = await make.person().in(team, 'owner').create();
    const eve = await make.person().in(team, 'viewer').create();
    const late = { ...(await memberOf(team, bob)), userId: bob.id };
    const [members, invitations] = [spec.app.get(MembersService), spec.app.get(InvitationsService)];
    const invite = (role: 'owner' | 'admin') =>
      invitations.invite(late, { email: { address: 'late@example.com', key: 'late@example.com' }, role });

    await as(team.owner, 'PATCH', team.url(`members/${bob.id}`), { role: 'admin' });
    const refused = { code: 'owners_only' };
    await expect(members.changeRole(late, bob.id, { role: 'owner' })).rejects.toMatchObject(refused);
    await expect(members.changeRole(late, eve.id, { role: 'owner' })).rejects.toMatchObject(refused);
    await expect(invite('owner')).rejects.toMatchObject(refused);

    await as(team.owner, 'POST', team.url(`members/${bob.id}/suspension`));
    const suspended = { code: 'member_suspended' };
    await expect(members.changeRole(late, eve.id, { role: 'admin' })).rejects.toMatchObject(suspended);
    await expect(members.suspend(late, eve.id, true)).rejects.toMatchObject(suspended);
    await expect(members.remove(late, eve.id)).rejects.toMatchObject(suspended);
    await expect(invite('admin')).rejects.toMatchObject(suspended);

    await as(team.owner, 'DELETE', team.url(`members/${bob.id}`));
    await expect(members.remove(late, eve.id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await rolesIn(team)).toEqual({ [team.owner.id]: 'owner', [eve.id]: 'viewer' });
    const events = await spec.events({ workspaceId: team.id });
    expect(events.filter(({ actor }) => actor.userId === bob.id)).toEqual([]);
  });

  it('cannot be made owners again by one who is being demoted at the same moment', async () => {
    const make = factory(spec.app);
    const team = await make.workspace().create();
    const bob = await make.person().in(team, 'owner').create();
    const waiting = async (count: number) => {
      while ((await spec.rows(WAITING)).length < count) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const lock = { sql: 'select from membership where workspace_id = $1 for update', values: [team.id], until: 2 };
    const [demoted, again] = await spec.race(lock, async () => {
      const first = as(team.owner, 'PATCH', team.url(`members/${bob.id}`), { role: 'viewer' });
      await waiting(1);
      return Promise.all([first, as(bob, 'PATCH', team.url(`members/${bob.id}`), { role: 'owner' })]);
    });
    expect([demoted.statusCode, again.statusCode]).toEqual([200, 403]);
    expect(await rolesIn(team)).toEqual({ [team.owner.id]: 'owner', [bob.id]: 'viewer' });
    expect(await spec.events({ workspaceId: team.id, type: 'member.role_changed' })).toHaveLength(1);
  });

  it('of another workspace do not exist', async () => {
    const make = factory(spec.app);
    const [team, other] = [await make.workspace().create(), await make.workspace().create()];
    const theirs = await make.person().in(other).create();
    expect((await as(team.owner, 'PATCH', team.url(`members/${theirs.id}`), { role: 'viewer' })).statusCode).toBe(404);
    expect((await as(team.owner, 'DELETE', team.url(`members/${theirs.id}`))).statusCode).toBe(404);
    expect((await as(team.owner, 'DELETE', other.url(`members/${theirs.id}`))).statusCode).toBe(404);
    expect(await rolesIn(other)).toMatchObject({ [theirs.id]: 'member' });
  });
});

describe('the routes of a workspace', () => {
  const forbidden = 403;
  const hidden = 404;
  const missing = '018f0000-0000-7000-8000-00000000000f';
  // Columns: owner, admin, member, viewer, a member of another workspace, nobody.
  it.each([
    ['GET', '', undefined, [200, 200, 200, 200, hidden, 401]],
    ['PATCH', '', { name: 'Name' }, [200, 200, forbidden, forbidden, hidden, 401]],
    ['GET', 'members', undefined, [200, 200, 200, 200, hidden, 401]],
    ['PATCH', `members/${missing}`, { role: 'viewer' }, [404, 404, forbidden, forbidden, hidden, 401]],
    ['DELETE', `members/${missing}`, undefined, [404, 404, forbidden, forbidden, hidden, 401]],
    ['GET', 'invitations', undefined, [200, 200, forbidden, forbidden, hidden, 401]],
    ['POST', 'invitations', { email: 'guest@example.com' }, [201, 201, forbidden, forbidden, hidden, 401]],
    ['DELETE', `invitations/${missing}`, undefined, [404, 404, forbidden, forbidden, hidden, 401]],
    ['GET', 'api-keys', undefined, [200, 200, 200, forbidden, hidden, 401]],
    ['POST', 'api-keys', { name: 'Key', scopes: ['deals:read'] }, [201, 201, forbidden, forbidden, hidden, 401]],
    ['DELETE', `api-keys/${missing}`, undefined, [404, 404, forbidden, forbidden, hidden, 401]],
  ])('%s %s answers each role as declared', async (method, path, payload, statuses) => {
    const make = factory(spec.app);
    const [team, other] = [await make.workspace().create(), await make.workspace().create()];
    const inside = await Promise.all(
      (['admin', 'member', 'viewer'] as const).map((role) => make.person().in(team, role).create()),
    );
    const callers = [team.owner, ...inside, other.owner, { headers: {} }];
    const answers: number[] = [];
    for (const { headers } of callers)
      answers.push((await spec.request(method, team.url(path), { headers: { ...headers }, payload })).statusCode);
    expect(answers).toEqual(statuses);
  });
});
