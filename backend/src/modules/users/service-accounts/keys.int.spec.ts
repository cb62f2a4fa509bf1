import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventVisible, Grants, type Permission, ProjectMemberships, scopeOf } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { KeyUses } from '../api-keys/key-uses.js';
import { UsersModule } from '../index.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

type Caller = Pick<TestPerson, 'headers'>;
const send = (method: string, url: string, { headers }: Caller, payload?: object) =>
  spec.request(method, url, { headers: { ...headers }, ...(payload ? { payload } : {}) });
const status = async (answer: ReturnType<typeof send>) => (await answer).statusCode;
const outcome = async (answer: ReturnType<typeof send>) => {
  const { statusCode, body } = await answer;
  return [statusCode, (body ? (JSON.parse(body) as { code?: string }) : {}).code];
};
const team = () => factory(spec.app).workspace().create();
const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1000));

interface Robot {
  id: string;
  keyId: string;
  key: string;
  headers: { authorization: string };
  /** The service account's address. */
  at: string;
}
/** A service account with a key. */
async function robot(
  of: TestWorkspace,
  scopes: Permission[],
  choice: object = { role: 'admin' },
  as: Caller = of.owner,
): Promise<Robot> {
  const account = await send('POST', of.url('service-accounts'), as, { name: `Robot ${uuidv7()}`, ...choice });
  expect([account.statusCode, account.body]).toEqual([201, expect.any(String)]);
  const { id } = account.json<{ id: string }>();
  const payload = { name: 'A key', scopes, serviceAccountId: id };
  const made = await send('POST', of.url('api-keys'), as, payload);
  expect([made.statusCode, made.body]).toEqual([201, expect.any(String)]);
  const { id: keyId, key } = made.json<{ id: string; key: string }>();
  return { id, keyId, key, headers: { authorization: `Bearer ${key}` }, at: of.url(`service-accounts/${id}`) };
}

describe('the key of a service account', () => {
  it('belongs to it and to nobody, acts in its name, and is listed and counted', async () => {
    const acme = await team();
    const r2 = await robot(acme, ['workspace:write', 'workspace:read']);
    await factory(spec.app).apiKey(acme, acme.owner).create();
    const list = await send('GET', acme.url(`api-keys?serviceAccountId=${r2.id}`), acme.owner);
    expect(list.json().items).toEqual([
      expect.objectContaining({ id: r2.keyId, userId: null, serviceAccountId: r2.id }),
    ]);
    expect((await send('GET', acme.url('api-keys'), acme.owner)).json().items).toHaveLength(2);
    const [created] = await spec.events({ subjectId: r2.keyId, type: 'api_key.created' });
    expect(created).toMatchObject({ actor: { kind: 'user', id: acme.owner.id }, data: { serviceAccountId: r2.id } });
    expect(await status(send('PATCH', acme.url(), r2, { name: 'Renamed' }))).toBe(200);
    const [renamed] = await spec.events({ workspaceId: acme.id, type: 'workspace.updated' });
    const actor = { kind: 'service_account', id: r2.keyId, userId: null, serviceAccountId: r2.id };
    expect(renamed?.actor).toMatchObject(actor);
    await spec.app.get(KeyUses).flush();
    const shown = (await send('GET', r2.at, acme.owner)).json();
    expect(shown).toMatchObject({ keys: 1, lastUsedAt: expect.any(String) });
  });

  it('does what its scopes and the role of its account both allow, as the role is now', async () => {
    const acme = await team();
    const r2 = await robot(acme, ['workspace:read', 'workspace:write', 'members:read']);
    const may = async () => [
      await status(send('GET', acme.url(), r2)),
      await status(send('PATCH', acme.url(), r2, { name: 'Renamed' })),
      await status(send('GET', acme.url('api-keys'), r2)),
    ];
    expect(await may()).toEqual([200, 200, 403]);
    await send('PATCH', r2.at, acme.owner, { role: 'viewer' });
    expect(await may()).toEqual([200, 403, 403]);
    await spec.rows(`update service_account set role = 'admin' where id = $1 returning id`, [r2.id]);
    await aSecond();
    expect(await may()).toEqual([200, 200, 403]);
  });

  it('follows a role of the workspace that changes', async () => {
    const acme = await team();
    const role = { name: 'Robots', permissions: ['members:read', 'workspace:write'] };
    const { id: roleId } = (await send('POST', acme.url('roles'), acme.owner, role)).json<{ id: string }>();
    const r2 = await robot(acme, ['workspace:read', 'workspace:write', 'members:read'], { roleId });
    const may = async () => [
      await status(send('GET', acme.url('members'), r2)),
      await status(send('PATCH', acme.url(), r2, { name: 'Renamed' })),
    ];
    expect(await may()).toEqual([200, 200]);
    await send('PATCH', acme.url(`roles/${roleId}`), acme.owner, { permissions: ['members:read'] });
    expect(await may()).toEqual([200, 403]);
    const shown = (await send('GET', r2.at, acme.owner)).json();
    expect(shown).toMatchObject({ role: 'custom', roleId, roleName: 'Robots' });
  });

  it('is made only of what the account and its maker hold, by those who look after both', async () => {
    const acme = await team();
    const account = await send('POST', acme.url('service-accounts'), acme.owner, { name: 'Viewer', role: 'viewer' });
    const { id: serviceAccountId } = account.json<{ id: string }>();
    const make = (scopes: Permission[], as: Caller = acme.owner) =>
      send('POST', acme.url('api-keys'), as, { name: 'A key', scopes, serviceAccountId });
    const beyond = await make(['workspace:read', 'workspace:write']);
    expect([beyond.statusCode, beyond.json().errors[0].path]).toEqual([400, '/body/scopes/1']);
    const bob = await factory(spec.app).person().in(acme, 'viewer').create();
    const role = { name: 'Keys only', permissions: ['api_keys:write', 'deals:read'] };
    const { id: roleId } = (await send('POST', acme.url('roles'), acme.owner, role)).json<{ id: string }>();
    await send('PATCH', acme.url(`members/${bob.id}`), acme.owner, { roleId });
    expect(await outcome(make(['deals:read'], bob))).toEqual([403, 'beyond_own_permissions']);
    const r2 = await robot(acme, ['deals:read']);
    const ofKey = acme.url(`api-keys/${r2.keyId}`);
    expect([
      await outcome(send('POST', `${ofKey}/rotation`, bob, {})),
      await outcome(send('PATCH', ofKey, bob, { allowedAddresses: [] })),
    ]).toEqual(Array(2).fill([403, 'beyond_own_permissions']));
    expect(await spec.rows('select from api_key where service_account_id = $1', [serviceAccountId])).toEqual([]);
    expect(await spec.events({ subjectId: r2.keyId, type: 'api_key.rotated' })).toEqual([]);
  });

  it('is rotated by anybody who looks after its account', async () => {
    const acme = await team();
    const admin = await factory(spec.app).person().in(acme, 'admin').create();
    const r2 = await robot(acme, ['workspace:read']);
    const answer = await send('POST', acme.url(`api-keys/${r2.keyId}/rotation`), admin, { overlapSeconds: 0 });
    const { key } = answer.json<{ key: string }>();
    expect(answer.statusCode).toBe(201);
    const fresh = { headers: { authorization: `Bearer ${key}` } };
    expect([await status(send('GET', acme.url(), r2)), await status(send('GET', acme.url(), fresh))]).toEqual([
      401, 200,
    ]);
  });

  it('opens no other workspace, and nothing that is for people', async () => {
    const [acme, other] = [await team(), await team()];
    const all: Permission[] = ['workspace:read', 'members:write', 'api_keys:write', 'service_accounts:write'];
    const r2 = await robot(acme, all);
    expect(await outcome(send('GET', other.url(), r2))).toEqual([404, 'not_found']);
    const refused = [
      send('GET', '/api/v1/me', r2),
      send('POST', '/api/v1/workspaces', r2, { name: 'Mine' }),
      send('POST', acme.url('api-keys'), r2, { name: 'A key', scopes: ['workspace:read'] }),
      send('POST', acme.url('api-keys'), r2, { name: 'A key', scopes: ['workspace:read'], serviceAccountId: r2.id }),
      send('POST', acme.url(`api-keys/${r2.keyId}/rotation`), r2, {}),
      send('PATCH', acme.url(`api-keys/${r2.keyId}`), r2, { allowedAddresses: [] }),
      send('POST', acme.url('service-accounts'), r2, { name: 'Child', role: 'viewer' }),
      send('PATCH', r2.at, r2, { role: 'admin' }),
      send('POST', acme.url('invitations'), r2, { email: 'eve@example.com' }),
    ];
    for (const answer of refused) expect(await outcome(answer)).toEqual([403, 'forbidden']);
  });

  it('is kept out while its account is suspended: here at once, elsewhere within a second', async () => {
    const acme = await team();
    const r2 = await robot(acme, ['workspace:read']);
    const use = () => outcome(send('GET', acme.url(), r2));
    expect(await use()).toEqual([200, undefined]);
    const suspended = await send('POST', `${r2.at}/suspension`, acme.owner);
    expect([suspended.statusCode, suspended.json().suspendedAt]).toEqual([200, expect.any(String)]);
    await send('POST', `${r2.at}/suspension`, acme.owner);
    const refused = await send('GET', acme.url(), r2);
    expect(refused.json()).toMatchObject({ status: 403, code: 'member_suspended' });
    expect(refused.json().detail).toContain('service account');
    expect((await send('DELETE', `${r2.at}/suspension`, acme.owner)).json()).toMatchObject({ suspendedAt: null });
    expect(await use()).toEqual([200, undefined]);
    expect((await spec.events({ subjectId: r2.id })).map(({ type }) => type)).toEqual([
      'service_account.created',
      'service_account.suspended',
      'service_account.resumed',
    ]);
    await spec.rows('update service_account set suspended_at = now() where id = $1 returning id', [r2.id]);
    await aSecond();
    expect(await use()).toEqual([403, 'member_suspended']);
  });

  it('dies with its account: here at once, elsewhere within a second', async () => {
    const acme = await team();
    const [here, elsewhere] = [await robot(acme, ['workspace:read']), await robot(acme, ['workspace:read'])];
    const { key: rotated } = (await send('POST', acme.url(`api-keys/${here.keyId}/rotation`), acme.owner, {})).json<{
      key: string;
    }>();
    const fresh = { headers: { authorization: `Bearer ${rotated}` } };
    for (const key of [here, fresh, elsewhere]) expect(await status(send('GET', acme.url(), key))).toBe(200);
    expect(await status(send('DELETE', here.at, acme.owner))).toBe(204);
    for (const key of [here, fresh]) expect(await status(send('GET', acme.url(), key))).toBe(401);
    await spec.rows('delete from service_account where id = $1 returning id', [elsewhere.id]);
    await aSecond();
    expect(await status(send('GET', acme.url(), elsewhere))).toBe(401);
    expect(await status(send('DELETE', here.at, acme.owner))).toBe(404);
    const [deleted] = await spec.events({ subjectId: here.id, type: 'service_account.deleted' });
    expect(deleted?.data).toMatchObject({ role: 'admin' });
    const [revoked] = await spec.events({ subjectId: here.keyId, type: 'api_key.revoked' });
    expect(revoked?.data).toEqual({ name: 'A key', because: 'service_account_deleted' });
    expect(await spec.rows('select from api_key where service_account_id = $1', [here.id])).toEqual([]);
  });

  it('is not left over when it is made while its account is removed', async () => {
    const acme = await team();
    const r2 = await robot(acme, ['workspace:read']);
    const wanted = { name: 'Late', scopes: ['workspace:read'], serviceAccountId: r2.id };
    const lock = { sql: 'select from service_account where id = $1 for update', values: [r2.id], until: 2 };
    const [made, removed] = await spec.race(lock, () =>
      Promise.all([send('POST', acme.url('api-keys'), acme.owner, wanted), send('DELETE', r2.at, acme.owner)]),
    );
    // Made and read again before it went, made and gone before it could be read, or refused.
    expect([201, 404]).toContain(made.statusCode);
    expect(removed.statusCode).toBe(204);
    expect(await spec.rows('select from api_key where workspace_id = $1', [acme.id])).toEqual([]);
    const events = await spec.events({ workspaceId: acme.id });
    const count = (type: string) => events.filter((event) => event.type === type).length;
    expect(count('api_key.revoked')).toBe(count('api_key.created'));
  });

  it('goes on when whoever made it leaves, and is erased', async () => {
    const acme = await team();
    const admin = await factory(spec.app).person().in(acme, 'admin').create();
    const r2 = await robot(acme, ['workspace:read'], { role: 'viewer' }, admin);
    const own = await factory(spec.app).apiKey(acme, admin).scopes('workspace:read').create();
    await send('DELETE', acme.url(`members/${admin.id}`), acme.owner);
    await spec.rows('delete from user_account where id = $1 returning id', [admin.id]);
    await aSecond();
    expect([await status(send('GET', acme.url(), r2)), await status(send('GET', acme.url(), own))]).toEqual([200, 401]);
    expect((await send('GET', r2.at, acme.owner)).json()).toMatchObject({ createdBy: null, keys: 1 });
  });

  it('is not asked for a second factor, and obeys the operators', async () => {
    const acme = await team();
    const r2 = await robot(acme, ['workspace:read', 'workspace:write']);
    const rename = () => outcome(send('PATCH', acme.url(), r2, { name: `Renamed ${uuidv7()}` }));
    await spec.rows('update workspace set second_factor_required = true where id = $1 returning id', [acme.id]);
    await aSecond();
    expect([await outcome(send('GET', acme.url(), acme.owner)), await rename()]).toEqual([
      [403, 'second_factor_needed'],
      [200, undefined],
    ]);
    const suspend = `update workspace set suspension = $2, suspended_at = now() where id = $1 returning id`;
    for (const [mode, code] of [
      ['read_only', 'workspace_read_only'],
      ['closed', 'workspace_suspended'],
    ]) {
      await spec.rows(suspend, [acme.id, mode]);
      await aSecond();
      expect(await rename()).toEqual([403, code]);
    }
  });
});

describe('a service account in projects', () => {
  const VISIBLE = `select ${eventVisible(scopeOf('e'), '$1')} as visible
    from (select $2::uuid as workspace_id, 'project' as scope_kind, $3::uuid as scope_id) e`;

  it('belongs to those that it is added to, with the role that it has there, until it is removed', async () => {
    const acme = await team();
    const r2 = await robot(acme, ['deals:read', 'deals:write', 'workspace:read']);
    const place = { workspaceId: acme.id, projectId: uuidv7(), userId: r2.id };
    const run = spec.app.get(Transactions);
    const projects = spec.app.get(ProjectMemberships);
    const seen = async () =>
      (await spec.rows<{ visible: boolean }>(VISIBLE, [r2.keyId, acme.id, place.projectId]))[0]?.visible;
    expect(await seen()).toBe(false);
    await run.run(async (em) => projects.add(em, place, 'viewer'));
    expect(await seen()).toBe(true);
    const actor = { kind: 'service_account', id: r2.keyId, userId: null } as const;
    const grants = spec.app.get(Grants);
    const member = await grants.memberOf({ ...actor, scopes: ['deals:read', 'deals:write'] }, acme.id);
    const inside = member && (await grants.inProject(member, place.projectId));
    expect([member?.role, inside?.role, [...(inside?.permissions ?? [])]]).toEqual(['admin', 'viewer', ['deals:read']]);
    await send('DELETE', r2.at, acme.owner);
    expect(await seen()).toBe(false);
    expect(await spec.rows('select from project_membership where workspace_id = $1', [acme.id])).toEqual([]);
  });

  it('belongs to none of another workspace', async () => {
    const [acme, other] = [await team(), await team()];
    const r2 = await robot(acme, ['deals:read']);
    const place = { workspaceId: other.id, projectId: uuidv7(), userId: r2.id };
    const add = spec.app.get(Transactions).run(async (em) => spec.app.get(ProjectMemberships).add(em, place, 'viewer'));
    await expect(add).rejects.toMatchObject({ code: 'not_in_workspace' });
  });
});
