import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Permission } from '#platform/access/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../index.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

type Caller = Pick<TestPerson, 'headers'>;
const send = (method: string, url: string, { headers }: Caller, payload?: object, more: Record<string, string> = {}) =>
  spec.request(method, url, { headers: { ...headers, ...more }, ...(payload ? { payload } : {}) });
const verdict = async (answer: ReturnType<typeof send>) => {
  const { statusCode, body } = await answer;
  return [statusCode, (body ? (JSON.parse(body) as { code?: string }) : {}).code];
};
const newRole = (team: TestWorkspace, as: Caller, name: string, permissions: Permission[]) =>
  send('POST', team.url('roles'), as, { name, permissions });
const made = async (team: TestWorkspace, name: string, permissions: Permission[]): Promise<string> =>
  (await newRole(team, team.owner, name, permissions)).json<{ id: string }>().id;
const give = (team: TestWorkspace, as: Caller, { id }: { id: string }, roleId: string) =>
  send('PATCH', team.url(`members/${id}`), as, { roleId });
const team = () => factory(spec.app).workspace().create();
const member = (of: TestWorkspace, role: 'admin' | 'member' | 'viewer' = 'viewer') =>
  factory(spec.app).person().in(of, role).create();

/** Somebody with a role of the workspace's own. */
async function holder(of: TestWorkspace, permissions: Permission[]): Promise<{ roleId: string; bob: TestPerson }> {
  const bob = await member(of);
  const roleId = await made(of, `Role ${bob.id}`, permissions);
  expect((await give(of, of.owner, bob, roleId)).statusCode).toBe(200);
  return { roleId, bob };
}

describe('a role of a workspace', () => {
  it('is made of permissions, listed, changed over the version that was read, removed, and recorded', async () => {
    const acme = await team();
    const answer = await newRole(acme, acme.owner, ' Curator ', ['deals:write', 'deals:read', 'deals:read']);
    expect([answer.statusCode, answer.json()]).toEqual([
      201,
      expect.objectContaining({
        name: 'Curator',
        permissions: ['deals:read', 'deals:write', 'workspace:read'],
        members: 0,
        version: 1,
      }),
    ]);
    const { id } = answer.json<{ id: string }>();
    const at = acme.url(`roles/${id}`);
    expect((await send('GET', acme.url('roles'), acme.owner)).json().items).toEqual([answer.json()]);
    const etag = String((await send('GET', at, acme.owner)).headers.etag);
    const change = (permissions: Permission[]) => send('PATCH', at, acme.owner, { permissions }, { 'if-match': etag });
    const answers = await Promise.all([change(['deals:read']), change(['deals:read'])]);
    expect(answers.map((a) => a.statusCode).sort()).toEqual([200, 412]);
    expect((await send('DELETE', at, acme.owner)).statusCode).toBe(204);
    expect(await verdict(send('GET', at, acme.owner))).toEqual([404, 'no_such_role']);
    const before = { name: 'Curator', description: '', permissions: ['deals:read', 'deals:write', 'workspace:read'] };
    const after = { ...before, permissions: ['deals:read', 'workspace:read'] };
    expect((await spec.events({ subjectId: id })).map((event) => [event.type, event.data])).toEqual([
      ['role.created', before],
      ['role.updated', { before, after }],
      ['role.deleted', after],
    ]);
    expect(await spec.rows('select from workspace_role where workspace_id = $1', [acme.id])).toEqual([]);
  });

  it('lets its holder do what it says and nothing else, at once, and their keys no more', async () => {
    const acme = await team();
    const { roleId, bob } = await holder(acme, ['members:read', 'api_keys:read', 'api_keys:write']);
    const key = await factory(spec.app).apiKey(acme, bob).scopes('members:read', 'workspace:write').create();
    const status = async (as: Caller, path: string) => (await send('GET', acme.url(path), as)).statusCode;
    expect([await status(bob, ''), await status(bob, 'members'), await status(bob, 'invitations')]).toEqual([
      200, 200, 403,
    ]);
    expect([await status(key, 'members'), await status(key, 'api-keys')]).toEqual([200, 403]);
    expect((await send('PATCH', acme.url(), key, { name: 'Taken' })).statusCode).toBe(403);
    const shownTo = async (as: Caller) => (await send('GET', acme.url(), as)).json().permissions.toSorted();
    expect(await shownTo(bob)).toEqual(['api_keys:read', 'api_keys:write', 'members:read', 'workspace:read']);
    const reader = await factory(spec.app).apiKey(acme, bob).scopes('workspace:read', 'deals:read').create();
    expect(await shownTo(reader)).toEqual(['workspace:read']);
    const beyond = { name: 'A key', scopes: ['deals:read'], expiresAt: null };
    expect((await send('POST', acme.url('api-keys'), bob, beyond)).statusCode).toBe(400);
    const shown = (await send('GET', acme.url('members'), acme.owner)).json().items;
    expect(shown).toContainEqual(
      expect.objectContaining({ userId: bob.id, role: 'custom', roleId, roleName: `Role ${bob.id}` }),
    );
    await send('PATCH', acme.url(`roles/${roleId}`), acme.owner, { permissions: ['api_keys:read'] });
    expect([await status(bob, 'members'), await status(bob, 'api-keys'), await status(key, 'members')]).toEqual([
      403, 200, 403,
    ]);
    const [changed] = await spec.events({ workspaceId: acme.id, type: 'member.role_changed' });
    expect(changed).toMatchObject({
      subjectId: bob.id,
      data: { before: 'viewer', after: 'custom', afterRoleId: roleId },
    });
  });

  it('is given by invitation', async () => {
    const acme = await team();
    const roleId = await made(acme, 'Reader', ['members:read']);
    const guest = await factory(spec.app).person().create();
    const invited = await send('POST', acme.url('invitations'), acme.owner, { email: guest.email, roleId });
    expect([invited.statusCode, invited.json()]).toEqual([201, expect.objectContaining({ role: 'custom', roleId })]);
    expect(await verdict(send('DELETE', acme.url(`roles/${roleId}`), acme.owner))).toEqual([409, 'role_in_use']);
    const { token } = await spec.mailTo(guest.email);
    const joined = await send('POST', '/api/v1/invitations/acceptance', guest, { token });
    expect([joined.statusCode, joined.json()]).toEqual([201, { workspaceId: acme.id, role: 'custom' }]);
    const rows = 'select role, role_id from membership where user_id = $1';
    expect(await spec.rows(rows, [guest.id])).toEqual([{ role: 'custom', role_id: roleId }]);
    const [added] = await spec.events({ workspaceId: acme.id, type: 'member.added' });
    expect(added?.data).toEqual({ role: 'custom', roleId });
  });

  it('is not removed while somebody has it, whoever is given it at the same moment', async () => {
    const acme = await team();
    const { roleId, bob } = await holder(acme, ['members:read']);
    const at = acme.url(`roles/${roleId}`);
    const refused = await send('DELETE', at, acme.owner);
    expect([refused.statusCode, refused.json()]).toEqual([
      409,
      expect.objectContaining({
        code: 'role_in_use',
        members: 1,
        detail: expect.stringContaining('another role first'),
      }),
    ]);
    await send('PATCH', acme.url(`members/${bob.id}`), acme.owner, { role: 'viewer' });
    const [given, removed] = await spec.race(
      { sql: 'select from workspace_role where id = $1 for update', values: [roleId], until: 2 },
      () => Promise.all([give(acme, acme.owner, bob, roleId), send('DELETE', at, acme.owner)]),
    );
    expect([
      [200, 409],
      [404, 204],
    ]).toContainEqual([given.statusCode, removed.statusCode]);
    const left = await spec.rows('select from workspace_role where id = $1', [roleId]);
    expect(left).toHaveLength(removed.statusCode === 204 ? 0 : 1);
  });

  it('has a name of its own, also of two made at once', async () => {
    const acme = await team();
    const answers = await Promise.all(['Same', 'SAME'].map((name) => newRole(acme, acme.owner, name, ['deals:read'])));
    expect(answers.map((a) => a.statusCode).sort()).toEqual([201, 409]);
    expect(await verdict(newRole(acme, acme.owner, 'Owner', ['deals:read']))).toEqual([400, 'validation_failed']);
    expect(await spec.events({ workspaceId: acme.id, type: 'role.created' })).toHaveLength(1);
    expect((await newRole(await team(), acme.owner, 'Same', ['deals:read'])).statusCode).toBe(404);
  });

  it('of another workspace cannot be given', async () => {
    const [acme, other] = [await team(), await team()];
    const roleId = await made(other, 'Theirs', ['deals:read']);
    const bob = await member(acme);
    expect(await verdict(give(acme, acme.owner, bob, roleId))).toEqual([404, 'no_such_role']);
    const both = send('PATCH', acme.url(`members/${bob.id}`), acme.owner, { role: 'admin', roleId });
    expect((await both).statusCode).toBe(400);
    expect(await spec.rows('select role from membership where user_id = $1', [bob.id])).toEqual([{ role: 'viewer' }]);
  });
});

describe('nobody grants what they do not hold themselves', () => {
  const BEYOND = [403, 'beyond_own_permissions'];

  it('by a role that they make, change or give, or by an invitation', async () => {
    const acme = await team();
    const { roleId, bob } = await holder(acme, ['members:read', 'members:write', 'deals:read']);
    const strong = await made(acme, 'Strong', ['sources:write']);
    const eve = await member(acme);
    expect(await verdict(newRole(acme, bob, 'Mine', ['deals:write']))).toEqual(BEYOND);
    expect(await verdict(newRole(acme, bob, 'All', ['instance:operate']))).toEqual([400, 'validation_failed']);
    const own = send('PATCH', acme.url(`roles/${roleId}`), bob, { permissions: ['members:write', 'audit:read'] });
    expect(await verdict(own)).toEqual(BEYOND);
    expect(await verdict(send('PATCH', acme.url(`roles/${strong}`), bob, { permissions: ['deals:read'] }))).toEqual(
      BEYOND,
    );
    expect(await verdict(send('DELETE', acme.url(`roles/${strong}`), bob))).toEqual(BEYOND);
    expect(await verdict(give(acme, bob, bob, strong))).toEqual(BEYOND);
    expect(await verdict(send('PATCH', acme.url(`members/${bob.id}`), bob, { role: 'admin' }))).toEqual(BEYOND);
    const email = 'friend@example.com';
    expect(await verdict(send('POST', acme.url('invitations'), bob, { email, role: 'admin' }))).toEqual(BEYOND);
    expect(await verdict(send('POST', acme.url('invitations'), bob, { email, roleId: strong }))).toEqual(BEYOND);
    const admin = await member(acme, 'admin');
    expect(await verdict(send('DELETE', acme.url(`members/${admin.id}`), bob))).toEqual(BEYOND);
    expect(await verdict(send('POST', acme.url(`members/${admin.id}/suspension`), bob))).toEqual(BEYOND);
    expect(await verdict(newRole(acme, bob, 'Less', ['deals:read']))).toEqual([201, undefined]);
    expect(await spec.rows('select role from membership where user_id = any($1::uuid[])', [[eve.id]])).toEqual([
      { role: 'viewer' },
    ]);
    expect(await spec.rows('select from invitation where workspace_id = $1', [acme.id])).toEqual([]);
  });

  it('and their open invitations end with the permission to send them', async () => {
    const acme = await team();
    const { roleId, bob } = await holder(acme, ['members:read', 'members:write']);
    const weak = await made(acme, 'Weak', ['members:read']);
    const payload = { email: 'later@example.com', roleId: weak };
    const { id } = (await send('POST', acme.url('invitations'), bob, payload)).json<{ id: string }>();
    await send('PATCH', acme.url(`roles/${roleId}`), acme.owner, { permissions: ['members:write'] });
    expect((await send('GET', acme.url('invitations'), acme.owner)).json().items).toEqual([]);
    const [event] = await spec.events({ subjectId: id, type: 'invitation.revoked' });
    expect(event?.data).toEqual({ role: 'custom', roleId: weak, because: 'inviter' });
  });
});
