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
const outcome = async (answer: ReturnType<typeof send>) => {
  const { statusCode, body } = await answer;
  return [statusCode, (body ? (JSON.parse(body) as { code?: string }) : {}).code];
};
const team = () => factory(spec.app).workspace().create();
const make = (of: TestWorkspace, payload: object, as: Caller = of.owner) =>
  send('POST', of.url('service-accounts'), as, payload);
const made = async (of: TestWorkspace, payload: object = {}): Promise<string> => {
  const answer = await make(of, { name: 'Importer', role: 'admin', ...payload });
  expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
  return answer.json<{ id: string }>().id;
};
/** Somebody with a role of exactly these permissions. */
async function holder(of: TestWorkspace, permissions: Permission[]): Promise<{ bob: TestPerson; roleId: string }> {
  const bob = await factory(spec.app).person().in(of, 'viewer').create();
  const role = await send('POST', of.url('roles'), of.owner, { name: `Role ${bob.id}`, permissions });
  const { id: roleId } = role.json<{ id: string }>();
  await send('PATCH', of.url(`members/${bob.id}`), of.owner, { roleId });
  return { bob, roleId };
}
const told = async (subjectId: string) => (await spec.events({ subjectId })).map(({ type, data }) => [type, data]);

describe('a service account', () => {
  it('is made, listed, changed over the version that was read, and recorded', async () => {
    const acme = await team();
    const answer = await make(acme, { name: ' Importer ', description: 'Brings deals in.', role: 'member' });
    expect([answer.statusCode, answer.json()]).toEqual([
      201,
      expect.objectContaining({
        ...{ name: 'Importer', description: 'Brings deals in.', role: 'member', roleId: null, roleName: null },
        ...{ suspendedAt: null, keys: 0, lastUsedAt: null, createdBy: acme.owner.id, version: 1 },
      }),
    ]);
    const { id } = answer.json<{ id: string }>();
    const at = acme.url(`service-accounts/${id}`);
    expect((await send('GET', acme.url('service-accounts'), acme.owner)).json().items).toEqual([answer.json()]);
    const etag = String((await send('GET', at, acme.owner)).headers.etag);
    const change = () => send('PATCH', at, acme.owner, { role: 'viewer', name: 'Exporter' }, { 'if-match': etag });
    const answers = await Promise.all([change(), change()]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    expect((await send('PATCH', at, acme.owner, { name: 'Exporter' })).json()).toMatchObject({ version: 2 });
    const before = { name: 'Importer', description: 'Brings deals in.', role: 'member' };
    const after = { ...before, name: 'Exporter', role: 'viewer' };
    expect(await told(id)).toEqual([
      ['service_account.created', before],
      ['service_account.updated', { before, after }],
    ]);
    expect(await spec.rows('select name, role from service_account where id = $1', [id])).toEqual([
      { name: 'Exporter', role: 'viewer' },
    ]);
  });

  it('is no member, takes no seat, and cannot be handled as one', async () => {
    const acme = await team();
    const id = await made(acme);
    const members = await send('GET', acme.url('members'), acme.owner);
    expect(members.json().items).toHaveLength(1);
    const outcomes = [
      await outcome(send('PATCH', acme.url(`members/${id}`), acme.owner, { role: 'viewer' })),
      await outcome(send('DELETE', acme.url(`members/${id}`), acme.owner)),
      await outcome(send('GET', acme.url(`members/${id}/access`), acme.owner)),
    ];
    expect(outcomes).toEqual(Array(3).fill([404, 'not_found']));
  });

  it.each([
    ['an owner', { role: 'owner' }, '/body/role'],
    ['nothing at all', { role: undefined }, '/body'],
    ['two roles', { roleId: '01900000-0000-7000-8000-00000000dead' }, '/body'],
    ['no name', { name: ' ' }, '/body/name'],
  ])('is not made to be %s', async (_, wrong, path) => {
    const acme = await team();
    const answer = await make(acme, { name: 'Importer', role: 'member', ...wrong });
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, path]);
    expect(await spec.rows('select from service_account where workspace_id = $1', [acme.id])).toEqual([]);
  });

  it('has a name of its own in its workspace, also when two are made at once', async () => {
    const [acme, other] = [await team(), await team()];
    const lock = { sql: 'select from workspace where id = $1 for update', values: [acme.id], until: 2 };
    const answers = await spec.race(lock, () =>
      Promise.all(['Importer', 'importer'].map((name) => make(acme, { name, role: 'viewer' }))),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
    await made(other);
    expect(await spec.events({ workspaceId: acme.id, type: 'service_account.created' })).toHaveLength(1);
  });

  it('gets no role that its maker does not hold, and is left alone by whoever holds less than it', async () => {
    const acme = await team();
    const { bob } = await holder(acme, ['service_accounts:write', 'service_accounts:read', 'deals:read']);
    expect(await outcome(make(acme, { name: 'Mighty', role: 'member' }, bob))).toEqual([403, 'beyond_own_permissions']);
    const { roleId } = await holder(acme, ['deals:write']);
    expect(await outcome(make(acme, { name: 'Mighty', roleId }, bob))).toEqual([403, 'beyond_own_permissions']);
    const id = await made(acme, { role: 'member' });
    const at = acme.url(`service-accounts/${id}`);
    const outcomes = [
      await outcome(send('PATCH', at, bob, { description: 'Mine' })),
      await outcome(send('POST', `${at}/suspension`, bob)),
      await outcome(send('DELETE', at, bob)),
    ];
    expect(outcomes).toEqual(Array(3).fill([403, 'beyond_own_permissions']));
    const within = await holder(acme, ['deals:read']);
    expect((await make(acme, { name: 'Reader', roleId: within.roleId }, bob)).statusCode).toBe(201);
    expect((await told(id)).map(([type]) => type)).toEqual(['service_account.created']);
  });

  it('keeps its role from being removed', async () => {
    const acme = await team();
    const role = await send('POST', acme.url('roles'), acme.owner, { name: 'Robots', permissions: ['deals:read'] });
    const { id: roleId } = role.json<{ id: string }>();
    const id = await made(acme, { role: undefined, roleId });
    const remove = () => outcome(send('DELETE', acme.url(`roles/${roleId}`), acme.owner));
    expect(await remove()).toEqual([409, 'role_in_use']);
    await send('DELETE', acme.url(`service-accounts/${id}`), acme.owner);
    expect(await remove()).toEqual([204, undefined]);
  });

  it('is unknown to other workspaces', async () => {
    const [acme, other] = [await team(), await team()];
    const id = await made(acme);
    const at = other.url(`service-accounts/${id}`);
    const payload = { name: 'A key', scopes: ['workspace:read'], serviceAccountId: id };
    const outcomes = [
      await outcome(send('GET', at, other.owner)),
      await outcome(send('PATCH', at, other.owner, { name: 'Taken' })),
      await outcome(send('POST', `${at}/suspension`, other.owner)),
      await outcome(send('DELETE', at, other.owner)),
      await outcome(send('POST', other.url('api-keys'), other.owner, payload)),
    ];
    expect(outcomes).toEqual(Array(5).fill([404, 'no_such_service_account']));
    expect(await outcome(send('GET', acme.url(`service-accounts/${id}`), other.owner))).toEqual([404, 'not_found']);
    expect((await told(id)).map(([type]) => type)).toEqual(['service_account.created']);
    expect(await spec.rows('select from api_key where service_account_id = $1', [id])).toEqual([]);
  });
});
