import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../index.js';
import { KeyUses } from './key-uses.js';

describe('an API key', () => {
  let spec: TestApplication;
  beforeAll(async () => {
    spec = await startApplication([UsersModule]);
  });
  afterAll(() => spec.close());

  const make = (team: TestWorkspace, payload: object, headers = team.owner.headers) =>
    spec.request('POST', team.url('api-keys'), {
      headers,
      payload: { name: 'A key', scopes: ['workspace:read'], ...payload },
    });
  const read = (team: TestWorkspace, headers: object) => spec.request('GET', team.url(), { headers: { ...headers } });

  it('is shown once, stored as a digest, and works by both headers', async () => {
    const team = await factory(spec.app).workspace().create();
    const made = await make(team, { name: 'Importer', scopes: ['workspace:read', 'members:read', 'workspace:read'] });
    expect(made.statusCode).toBe(201);
    const { key, id, ...shown } = made.json();
    expect(shown).toMatchObject({
      name: 'Importer',
      scopes: ['members:read', 'workspace:read'],
      hint: key.slice(-4),
      lastUsedAt: null,
    });
    for (const headers of [{ authorization: `Bearer ${key}` }, { 'x-api-key': key }])
      expect((await read(team, headers)).statusCode).toBe(200);
    const list = await spec.request('GET', team.url('api-keys'), { headers: team.owner.headers });
    expect(list.json().items).toEqual([{ id, ...shown }]);
    expect(JSON.stringify(await spec.rows('select row_to_json(k) from api_key k where id = $1', [id]))).not.toContain(
      key,
    );
    expect(await spec.events({ subjectId: id })).toEqual([
      expect.objectContaining({
        type: 'api_key.created',
        workspaceId: team.id,
        data: { name: 'Importer', scopes: ['members:read', 'workspace:read'], expiresAt: null },
      }),
    ]);
  });

  it('does what its scopes say and no more', async () => {
    const team = await factory(spec.app).workspace().create();
    const key = await factory(spec.app).apiKey(team, team.owner).scopes('workspace:read').create();
    const call = (method: string, url: string, payload?: object) =>
      spec.request(method, url, { headers: key.headers, payload });
    expect((await call('GET', team.url())).statusCode).toBe(200);
    expect((await call('GET', team.url('members'))).statusCode).toBe(403);
    expect((await call('PATCH', team.url(), { name: 'Taken' })).statusCode).toBe(403);
    expect((await call('GET', '/api/v1/me')).statusCode).toBe(403);
    expect((await call('POST', '/api/v1/workspaces', { name: 'Mine' })).statusCode).toBe(403);
  });

  it('cannot hand out access, whatever its scopes', async () => {
    const team = await factory(spec.app).workspace().create();
    const scopes = ['api_keys:write', 'members:write'] as const;
    const key = await factory(spec.app)
      .apiKey(team, team.owner)
      .scopes(...scopes)
      .create();
    const attempts = [
      await make(team, { scopes: ['members:write'] }, key.headers),
      await spec.request('POST', team.url('invitations'), {
        headers: key.headers,
        payload: { email: 'eve@example.com' },
      }),
      await spec.request('DELETE', team.url(`api-keys/${key.id}`), { headers: key.headers }),
    ];
    expect(attempts.map((a) => a.statusCode)).toEqual([403, 403, 403]);
    expect(await spec.events({ workspaceId: team.id })).toEqual([]);
  });

  it('loses with its maker what the maker loses', async () => {
    const team = await factory(spec.app).workspace().create();
    const bob = await factory(spec.app).person().in(team, 'admin').create();
    const key = await factory(spec.app).apiKey(team, bob).scopes('workspace:write', 'workspace:read').create();
    const rename = () => spec.request('PATCH', team.url(), { headers: key.headers, payload: { name: 'Renamed' } });
    expect((await rename()).statusCode).toBe(200);
    await spec.request('PATCH', team.url(`members/${bob.id}`), {
      headers: team.owner.headers,
      payload: { role: 'viewer' },
    });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await rename()).statusCode).toBe(403);
    expect((await read(team, key.headers)).statusCode).toBe(200);
  });

  it('opens no other workspace, not even another one of its maker', async () => {
    const ada = await factory(spec.app).person().create();
    const [team, other] = [
      await factory(spec.app).workspace().ownedBy(ada).create(),
      await factory(spec.app).workspace().ownedBy(ada).create(),
    ];
    const key = await factory(spec.app).apiKey(team, ada).scopes('workspace:read').create();
    expect((await read(other, key.headers)).statusCode).toBe(404);
    const theirs = await factory(spec.app).apiKey(other, ada).create();
    expect((await spec.request('DELETE', team.url(`api-keys/${theirs.id}`), { headers: ada.headers })).statusCode).toBe(
      404,
    );
    expect(await spec.rows('select revoked_at from api_key where id = $1', [theirs.id])).toEqual([
      { revoked_at: null },
    ]);
  });

  it('stops when it is revoked: here at once, elsewhere within a second', async () => {
    const team = await factory(spec.app).workspace().create();
    const [here, elsewhere] = [
      await factory(spec.app).apiKey(team, team.owner).scopes('workspace:read').create(),
      await factory(spec.app).apiKey(team, team.owner).scopes('workspace:read').create(),
    ];
    for (const key of [here, elsewhere]) expect((await read(team, key.headers)).statusCode).toBe(200);
    const revoke = () => spec.request('DELETE', team.url(`api-keys/${here.id}`), { headers: team.owner.headers });
    expect((await revoke()).statusCode).toBe(204);
    expect((await read(team, here.headers)).statusCode).toBe(401);
    expect((await revoke()).statusCode).toBe(404);
    await spec.rows('update api_key set revoked_at = now() where id = $1', [elsewhere.id]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await read(team, elsewhere.headers)).statusCode).toBe(401);
    expect((await spec.events({ subjectId: here.id })).map((e) => [e.type, e.data])).toEqual([
      ['api_key.revoked', { name: 'A key' }],
    ]);
    expect(await spec.rows('select revoked_by from api_key where id = $1', [here.id])).toEqual([
      { revoked_by: team.owner.id },
    ]);
  });

  it('stops when it expires', async () => {
    const team = await factory(spec.app).workspace().create();
    const key = await factory(spec.app)
      .apiKey(team, team.owner)
      .scopes('workspace:read')
      .expiring(new Date(Date.now() + 700))
      .create();
    expect((await read(team, key.headers)).statusCode).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1700));
    expect((await read(team, key.headers)).statusCode).toBe(401);
  });

  it('notes its last use apart from the request', async () => {
    const team = await factory(spec.app).workspace().create();
    const key = await factory(spec.app).apiKey(team, team.owner).scopes('workspace:read').create();
    const lastUse = () =>
      spec.rows<{ last_used_at: Date | null }>('select last_used_at from api_key where id = $1', [key.id]);
    await read(team, key.headers);
    expect(await lastUse()).toEqual([{ last_used_at: null }]);
    await spec.app.get(KeyUses).flush();
    expect(await lastUse()).toEqual([{ last_used_at: expect.any(Date) }]);
  });

  it.each([
    ['mistyped', (key: string) => key.replace(/.$/, (c) => (c === 'a' ? 'b' : 'a'))],
    ['cut short', (key: string) => key.slice(0, -1)],
    ['of another product', (key: string) => key.replace('sbx_', 'ghp_')],
  ])('is refused when it is %s', async (_, change) => {
    const team = await factory(spec.app).workspace().create();
    const { key } = await factory(spec.app).apiKey(team, team.owner).create();
    expect((await read(team, { 'x-api-key': change(key) })).statusCode).toBe(401);
  });

  it('is not sent beside a token', async () => {
    const team = await factory(spec.app).workspace().create();
    const { key } = await factory(spec.app).apiKey(team, team.owner).create();
    expect((await read(team, { ...team.owner.headers, 'x-api-key': key })).statusCode).toBe(401);
  });

  it.each([
    ['a scope that its maker lacks', { scopes: ['workspace:read', 'instance:operate'] }, '/body/scopes/1'],
    ['an unknown scope', { scopes: ['everything'] }, '/body/scopes/0'],
    ['no scope', { scopes: [] }, '/body/scopes'],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, '/body/expiresAt'],
    ['an expiry in a hundred years', { expiresAt: '2126-01-01T00:00:00Z' }, '/body/expiresAt'],
  ])('is not made with %s', async (_, wrong, path) => {
    const team = await factory(spec.app).workspace().create();
    const answer = await make(team, wrong);
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, path]);
    expect(await spec.rows('select from api_key where workspace_id = $1', [team.id])).toHaveLength(0);
  });
});
