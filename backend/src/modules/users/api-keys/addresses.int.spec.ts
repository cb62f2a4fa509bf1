import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Permission } from '#platform/access/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../index.js';
import { KeyUses } from './key-uses.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

interface Made {
  id: string;
  key: string;
  allowedAddresses: string[];
}
const make = (team: TestWorkspace, allowedAddresses: unknown) =>
  spec.request('POST', team.url('api-keys'), {
    headers: team.owner.headers,
    payload: { name: 'Importer', scopes: ['workspace:read'], allowedAddresses },
  });
const made = async (team: TestWorkspace, allowedAddresses: string[]) =>
  (await make(team, allowedAddresses)).json<Made>();
const use = (team: TestWorkspace, { key }: { key: string }, remoteAddress: string) =>
  spec.request('GET', team.url(), { headers: { authorization: `Bearer ${key}` }, remoteAddress });
const status = async (...from: Parameters<typeof use>) => (await use(...from)).statusCode;
const change = (
  team: TestWorkspace,
  { id }: { id: string },
  payload: object,
  { as = team.owner, etag }: { as?: TestPerson; etag?: string } = {},
) =>
  spec.request('PATCH', team.url(`api-keys/${id}`), {
    headers: { ...as.headers, ...(etag ? { 'if-match': etag } : {}) },
    payload,
  });
const team = () => factory(spec.app).workspace().create();

describe('the addresses that a key may be used from', () => {
  it('are written in one way, each once, shown to the workspace, and recorded', async () => {
    const acme = await team();
    const entries = ['192.0.2.77/24', '2001:DB8::1', '::ffff:192.0.2.7', '192.0.2.0/24'];
    const { id, allowedAddresses } = await made(acme, entries);
    expect(allowedAddresses).toEqual(['192.0.2.0/24', '192.0.2.7', '2001:db8::1']);
    const one = await spec.request('GET', acme.url(`api-keys/${id}`), { headers: acme.owner.headers });
    expect([one.statusCode, one.json()]).toEqual([200, expect.objectContaining({ id, allowedAddresses })]);
    const [created] = await spec.events({ subjectId: id });
    expect([created?.type, created?.data]).toEqual(['api_key.created', expect.objectContaining({ allowedAddresses })]);
  });

  it.each([
    ['192.0.2.64/26', ['192.0.2.64', '192.0.2.127', '::ffff:192.0.2.100'], ['192.0.2.63', '192.0.2.128', '::1']],
    ['192.0.2.7', ['192.0.2.7', '::ffff:192.0.2.7'], ['192.0.2.6', '::ffff:192.0.2.6', '::192.0.2.7']],
    ['::ffff:192.0.2.7', ['192.0.2.7'], ['192.0.2.8']],
    ['2001:db8::/33', ['2001:db8:7fff::1'], ['2001:db8:8000::1', '192.0.2.7']],
  ])('let in what is in %s, to its last address, and nothing else', async (entry, inside, outside) => {
    const acme = await team();
    const key = await made(acme, [entry]);
    for (const address of inside) expect([address, await status(acme, key, address)]).toEqual([address, 200]);
    for (const address of outside) expect([address, await status(acme, key, address)]).toEqual([address, 403]);
  });

  it('are not told to whoever is refused, who uses nothing', async () => {
    const acme = await team();
    const key = await made(acme, ['192.0.2.0/24']);
    const answer = await use(acme, key, '198.51.100.9');
    expect([answer.statusCode, answer.headers['content-type'], answer.json()]).toEqual([
      403,
      expect.stringContaining('application/problem+json'),
      expect.objectContaining({ code: 'address_not_allowed', status: 403 }),
    ]);
    expect(answer.body).not.toMatch(/192\.0|198\.51/);
    await spec.app.get(KeyUses).flush();
    expect(await spec.rows('select last_used_at from api_key where id = $1', [key.id])).toEqual([
      { last_used_at: null },
    ]);
  });

  it('close no route that is open to everybody', async () => {
    const acme = await team();
    const { key } = await made(acme, ['192.0.2.0/24']);
    const answer = await spec.request('POST', '/api/v1/password-strength', {
      headers: { 'x-api-key': key },
      remoteAddress: '198.51.100.9',
      payload: { password: 'plums in a wooden bowl' },
    });
    expect(answer.statusCode).toBeLessThan(300);
  });

  it('are changed over the version that was read: here at once, and recorded', async () => {
    const acme = await team();
    const key = await made(acme, []);
    expect(await status(acme, key, '198.51.100.9')).toBe(200);
    const one = await spec.request('GET', acme.url(`api-keys/${key.id}`), { headers: acme.owner.headers });
    const etag = String(one.headers.etag);
    const wanted = { allowedAddresses: ['192.0.2.0/24'] };
    const answers = await Promise.all([change(acme, key, wanted, { etag }), change(acme, key, wanted, { etag })]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 412]);
    expect([await status(acme, key, '198.51.100.9'), await status(acme, key, '192.0.2.1')]).toEqual([403, 200]);
    expect((await change(acme, key, { allowedAddresses: ['192.0.2.99/24'] })).json()).toMatchObject({ version: 2 });
    const renamed = await change(acme, key, { name: 'Exporter', allowedAddresses: [] });
    expect(renamed.json()).toMatchObject({ name: 'Exporter', allowedAddresses: [], version: 3 });
    expect(await status(acme, key, '198.51.100.9')).toBe(200);
    expect((await spec.events({ subjectId: key.id, type: 'api_key.updated' })).map(({ data }) => data)).toEqual([
      { before: { name: 'Importer', allowedAddresses: [] }, after: { name: 'Importer', ...wanted } },
      { before: { name: 'Importer', ...wanted }, after: { name: 'Exporter', allowedAddresses: [] } },
    ]);
  });

  it('hold within a second when another process changed them', async () => {
    const acme = await team();
    const key = await made(acme, []);
    expect(await status(acme, key, '198.51.100.9')).toBe(200);
    await spec.rows(`update api_key set allowed_addresses = '{192.0.2.7}' where id = $1 returning id`, [key.id]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await status(acme, key, '198.51.100.9')).toBe(403);
  });

  it.each([
    ['a name', ['example.com'], '/body/allowedAddresses/0'],
    ['a range that is none', ['192.0.2.7', '192.0.2.0/33'], '/body/allowedAddresses/1'],
    ['an octal address', ['010.0.0.1'], '/body/allowedAddresses/0'],
    ['too many', Array.from({ length: 101 }, (_, n) => `192.0.2.${n}`), '/body/allowedAddresses'],
    ['no list', '192.0.2.7', '/body/allowedAddresses'],
  ])('are not %s', async (_, wrong, path) => {
    const acme = await team();
    const answer = await make(acme, wrong);
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, path]);
    expect(await spec.rows('select from api_key where workspace_id = $1', [acme.id])).toEqual([]);
  });

  it('of a key that may do more than oneself are left to others', async () => {
    const acme = await team();
    const key = await made(acme, ['192.0.2.7']);
    const bob = await factory(spec.app).person().in(acme, 'viewer').create();
    const admin = await factory(spec.app).person().in(acme, 'admin').create();
    const stranger = (await team()).owner;
    const permissions: Permission[] = ['api_keys:write', 'deals:read'];
    const role = await spec.request('POST', acme.url('roles'), {
      headers: acme.owner.headers,
      payload: { name: 'Keeper', permissions },
    });
    await spec.request('PATCH', acme.url(`members/${bob.id}`), {
      headers: acme.owner.headers,
      payload: { roleId: role.json().id },
    });
    const whole = await spec.request('POST', acme.url('api-keys'), {
      headers: acme.owner.headers,
      payload: { name: 'Whole', scopes: ['members:write'] },
    });
    const outcome = async (of: { id: string }, as: TestPerson) => {
      const answer = await change(acme, of, { allowedAddresses: [] }, { as });
      return [answer.statusCode, answer.json().code];
    };
    expect(await outcome(whole.json(), bob)).toEqual([403, 'beyond_own_permissions']);
    expect(await outcome(key, stranger)).toEqual([404, 'not_found']);
    expect(await outcome(key, admin)).toEqual([200, undefined]);
  });
});
