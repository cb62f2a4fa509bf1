import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { permissions, ProjectMemberships, rolePermissions } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../index.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

const access = (team: TestWorkspace, { headers }: Pick<TestPerson, 'headers'>, { id }: { id: string }) =>
  spec.request('GET', team.url(`members/${id}/access`), { headers });

describe('what a member can see and do', () => {
  it('is told with the reasons: role, projects, keys, second factor', async () => {
    const team = await factory(spec.app).workspace().create();
    const bob = await factory(spec.app).person().in(team, 'viewer').create();
    const key = await factory(spec.app).apiKey(team, bob).scopes('deals:read', 'deals:write').create();
    const projectId = uuidv7();
    const projects = spec.app.get(ProjectMemberships);
    const place = { workspaceId: team.id, projectId, userId: bob.id };
    await spec.app.get(Transactions).run((em) => projects.add(em, place, 'member'));
    const told = (await access(team, team.owner, bob)).json();
    expect(told).toMatchObject({ userId: bob.id, role: 'viewer', open: true, because: 'They are a member.' });
    expect(told.permissions).toHaveLength(rolePermissions.viewer.size);
    expect(told.permissions).toContainEqual({
      name: 'deals:read',
      sentence: permissions['deals:read'],
      because: 'The role viewer includes it.',
    });
    expect(told.projects).toEqual([
      expect.objectContaining({ projectId, role: 'member', permissions: [...rolePermissions.member] }),
    ]);
    expect(told.keys).toEqual([expect.objectContaining({ id: key.id, permissions: ['deals:read'] })]);
    expect(told.secondFactor).toMatchObject({ held: false, required: false });
  });

  it('agrees with what they are answered when they are suspended, or the workspace is', async () => {
    const team = await factory(spec.app).workspace().create();
    const bob = await factory(spec.app).person().in(team, 'admin').create();
    await factory(spec.app).apiKey(team, bob).create();
    await spec.rows(`update workspace set suspension = 'read_only', suspended_at = now() where id = $1 returning id`, [
      team.id,
    ]);
    const reading = (await access(team, bob, bob)).json();
    expect(reading).toMatchObject({ open: true, because: expect.stringContaining('read-only') });
    const names = reading.permissions.map(({ name }: { name: string }) => name);
    expect(names).toEqual(names.filter((name: string) => name.endsWith(':read')));
    expect(names).toContain('audit:read');
    await spec.rows(`update workspace set suspension = null, suspended_at = null where id = $1 returning id`, [
      team.id,
    ]);
    await spec.rows('update membership set suspended_at = now() where user_id = $1 returning role', [bob.id]);
    for (let tries = 0; tries < 300 && (await access(team, team.owner, bob)).statusCode !== 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await access(team, team.owner, bob)).json()).toMatchObject({
      open: false,
      because: 'They are suspended.',
      permissions: [],
      keys: [expect.objectContaining({ permissions: [], because: 'They are suspended.' })],
    });
  });

  it('is for those who run the workspace, about its members', async () => {
    const [team, other] = [await factory(spec.app).workspace().create(), await factory(spec.app).workspace().create()];
    const bob = await factory(spec.app).person().in(team, 'member').create();
    expect((await access(team, bob, bob)).statusCode).toBe(403);
    expect((await access(team, team.owner, other.owner)).statusCode).toBe(404);
    expect((await access(team, other.owner, bob)).statusCode).toBe(404);
  });
});

describe('the catalogue of permissions', () => {
  it('has a sentence for each, and the roles that hold it', async () => {
    const ada = await factory(spec.app).person().create();
    const { items } = (await spec.request('GET', '/api/v1/permissions', { headers: ada.headers })).json();
    expect(items.map(({ name }: { name: string }) => name)).toEqual(Object.keys(permissions));
    for (const { sentence } of items) expect(sentence).toMatch(/\.$/);
    expect(items).toContainEqual(
      expect.objectContaining({ name: 'deals:write', roles: ['owner', 'admin', 'member'], grantable: true }),
    );
    expect(items).toContainEqual(expect.objectContaining({ name: 'instance:operate', roles: [], grantable: false }));
  });
});
