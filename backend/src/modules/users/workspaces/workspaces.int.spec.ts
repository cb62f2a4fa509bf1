import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory } from '#test/factories.js';
import { UsersModule } from '../index.js';

describe('workspaces', () => {
  let spec: TestApplication;
  beforeAll(async () => {
    spec = await startApplication([UsersModule]);
  });
  afterAll(() => spec.close());

  it('are opened by anybody who is signed in, who then owns them', async () => {
    const ada = await factory(spec.app).person().create();
    const made = await spec.request('POST', '/api/v1/workspaces', {
      headers: ada.headers,
      payload: { name: '  Engines ' },
    });
    expect(made.statusCode).toBe(201);
    const { id } = made.json();
    expect(made.json()).toMatchObject({ name: 'Engines', role: 'owner', version: 1 });
    expect((await spec.request('GET', `/api/v1/workspaces/${id}`, { headers: ada.headers })).json()).toEqual(
      made.json(),
    );
    expect((await spec.events({ workspaceId: id })).map((e) => [e.type, e.subjectId, e.data])).toEqual([
      ['workspace.created', id, { name: 'Engines' }],
      ['member.added', ada.id, { role: 'owner' }],
    ]);
  });

  it('are listed with the role that the caller has in each, page by page', async () => {
    const make = factory(spec.app);
    const ada = await make.person().create();
    await make.workspace('Alpha').ownedBy(ada).create();
    const [beta, other] = [await make.workspace('Beta').create(), await make.workspace('Other').create()];
    await spec.rows(`insert into membership (workspace_id, user_id, role) values ($1, $2, 'viewer')`, [
      beta.id,
      ada.id,
    ]);
    const list = (query: string) => spec.request('GET', `/api/v1/workspaces?${query}`, { headers: ada.headers });
    const first = (await list('sort=name&limit=1')).json();
    expect(first.items).toEqual([expect.objectContaining({ name: 'Alpha', role: 'owner' })]);
    const second = (await list(`sort=name&limit=1&cursor=${encodeURIComponent(first.nextCursor)}`)).json();
    expect(second.items).toEqual([expect.objectContaining({ name: 'Beta', role: 'viewer' })]);
    expect(first.items[0].permissions).toContain('members:write');
    expect(second.items[0].permissions).toContain('deals:read');
    expect(second.items[0].permissions).not.toContain('deals:write');
    expect(second.nextCursor).toBeNull();
    expect((await list('sort=-name')).json().items.map((w: { name: string }) => w.name)).toEqual(['Beta', 'Alpha']);
    expect(other.id).toBeDefined();
    const elsewhere = await list(`sort=-name&cursor=${encodeURIComponent(first.nextCursor)}`);
    expect(elsewhere.statusCode).toBe(400);
  });

  it('are renamed over the version that was read, and the change is recorded', async () => {
    const team = await factory(spec.app).workspace('Before').create();
    const rename = (name: string, ifMatch: string) =>
      spec.request('PATCH', team.url(), { headers: { ...team.owner.headers, 'if-match': ifMatch }, payload: { name } });
    const etag = String((await spec.request('GET', team.url(), { headers: team.owner.headers })).headers.etag);
    const answers = await Promise.all([rename('After', etag), rename('After', etag)]);
    expect(answers.map((a) => a.statusCode).sort()).toEqual([200, 412]);
    expect(await spec.rows('select name, version from workspace where id = $1', [team.id])).toEqual([
      { name: 'After', version: 2 },
    ]);
    expect(await spec.events({ workspaceId: team.id })).toEqual([
      expect.objectContaining({
        type: 'workspace.updated',
        data: { before: { name: 'Before' }, after: { name: 'After' } },
      }),
    ]);
  });

  it('do not exist for those who do not belong to them', async () => {
    const make = factory(spec.app);
    const [team, eve] = [await make.workspace().create(), await make.person().create()];
    const before = await spec.rows('select * from workspace where id = $1', [team.id]);
    const read = await spec.request('GET', team.url(), { headers: eve.headers });
    const change = await spec.request('PATCH', team.url(), { headers: eve.headers, payload: { name: 'Mine' } });
    expect([read.statusCode, change.statusCode]).toEqual([404, 404]);
    expect(await spec.rows('select * from workspace where id = $1', [team.id])).toEqual(before);
  });
});
