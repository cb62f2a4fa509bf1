import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Transactions } from '#platform/database/index.js';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { auditKit, type AuditKit } from '../spec-support.js';
import { Refusals } from './refusals.js';

let kit: AuditKit;
beforeAll(async () => {
  kit = await auditKit();
});
afterAll(() => kit.close());

const refusals = async (workspaceId: string) => kit.events({ type: 'access.refused', workspaceId });
const written = () => kit.app.get(Refusals).write();

describe('what the gate refuses to somebody signed in', () => {
  it('is recorded once a minute with its number: in the workspace for its members', async () => {
    const team = await kit.make.workspace().create();
    const viewer = await kit.make.person().in(team, 'viewer').create();
    for (let n = 0; n < 3; n++) expect((await kit.get(team.url('audit-events'), viewer)).statusCode).toBe(403);
    expect(await refusals(team.id)).toEqual([]);
    await written();
    expect(await refusals(team.id)).toEqual([
      expect.objectContaining({
        subjectId: team.id,
        actor: expect.objectContaining({ kind: 'user', id: viewer.id, sessionId: viewer.sessionId }),
        data: {
          method: 'GET',
          route: '/api/v1/workspaces/:workspaceId/audit-events',
          status: 403,
          code: 'forbidden',
          permission: 'audit:read',
          count: 3,
          firstAt: expect.any(String),
          lastAt: expect.any(String),
        },
      }),
    ]);
    await kit.sealed();
    const { items } = (await kit.get(team.url('audit-events?filter=type:access.refused'), team.owner)).json<{
      items: object[];
    }>();
    expect(items).toEqual([expect.objectContaining({ address: '127.0.0.1' })]);
  });

  it('is recorded when a handler refuses, such as more than one may hand out oneself; not when it asks for a proof', async () => {
    const team = await kit.make.workspace().create();
    const admin = await kit.make.person().in(team, 'admin').create();
    const { headers } = admin;
    const asked = [
      await kit.request('PATCH', team.url(`members/${admin.id}`), { headers, payload: { role: 'owner' } }),
      await kit.request('POST', `/api/v1/me/memberships/${team.id}/ownership-transfer`, {
        headers,
        payload: { userId: team.owner.id },
      }),
      await kit.request('PUT', '/api/v1/me/password', {
        headers,
        payload: { currentPassword: 'not the password', newPassword: 'plums in a wooden bowl' },
      }),
    ];
    expect(asked.map((answer) => answer.json<{ code: string }>().code)).toEqual([
      'owners_only',
      'not_owner',
      'wrong_password',
    ]);
    await written();
    const own = [...(await refusals(team.id)), ...(await refusals(SYSTEM_WORKSPACE))].filter(
      ({ actor }) => actor.id === admin.id,
    );
    expect(own.map(({ workspaceId, data }) => [workspaceId, data['route'], data['code'], data['count']])).toEqual([
      [team.id, '/api/v1/workspaces/:workspaceId/members/:userId', 'owners_only', 1],
      [SYSTEM_WORKSPACE, '/api/v1/me/memberships/:membershipId/ownership-transfer', 'not_owner', 1],
    ]);
  });

  it("is recorded in the instance's trail for strangers, who write into no workspace's", async () => {
    const [team, stranger] = [await kit.make.workspace().create(), await kit.make.person().create()];
    for (const id of [team.id, uuidv7(), 'nonsense'])
      expect((await kit.get(`/api/v1/workspaces/${id}/audit-events`, stranger)).statusCode).toBe(404);
    expect((await kit.get('/api/v1/audit-events', stranger)).statusCode).toBe(403);
    await written();
    expect(await refusals(team.id)).toEqual([]);
    const mine = (await refusals(SYSTEM_WORKSPACE)).filter(({ actor }) => actor.id === stranger.id);
    expect(mine.map(({ data }) => [data['route'], data['status'], data['count']])).toEqual([
      ['/api/v1/workspaces/:workspaceId/audit-events', 404, 3],
      ['/api/v1/audit-events', 403, 1],
    ]);
  });

  it('names the key that was refused, and says nothing of callers whom nobody knows or who were let in', async () => {
    const team = await kit.make.workspace().create();
    const key = await kit.make.apiKey(team, team.owner).scopes('deals:read').create();
    await kit.get(team.url('audit-events'), key);
    await kit.get(team.url('audit-events'), team.owner);
    await kit.request('GET', team.url('audit-events'));
    await kit.get(team.url(`audit-events/${uuidv7()}`), team.owner);
    await written();
    const actors = (await refusals(team.id)).map(({ actor }) => [actor.kind, actor.id, actor.userId]);
    expect(actors).toEqual([['api_key', key.id, team.owner.id]]);
  });

  it('tells of a key that came from elsewhere in the trail of its own workspace, whatever it asked for', async () => {
    const [team, other] = [await kit.make.workspace().create(), await kit.make.workspace().create()];
    const { headers } = team.owner;
    const payload = { name: 'A key', scopes: ['deals:read'], allowedAddresses: ['192.0.2.7'] };
    const made = (await kit.request('POST', team.url('api-keys'), { headers, payload })).json<{
      id: string;
      key: string;
    }>();
    const from = { headers: { authorization: `Bearer ${made.key}` }, remoteAddress: '198.51.100.9' };
    for (const path of [other.url('audit-events'), team.url('audit-events'), '/api/v1/me'])
      expect((await kit.request('GET', path, from)).json()).toMatchObject({ status: 403, code: 'address_not_allowed' });
    await written();
    expect(await refusals(other.id)).toEqual([]);
    expect((await refusals(SYSTEM_WORKSPACE)).filter(({ actor }) => actor.id === made.id)).toEqual([]);
    const told = await refusals(team.id);
    expect(told.map(({ actor, data }) => [actor.kind, actor.id, data['route'], data['code'], data['count']])).toEqual([
      ['api_key', made.id, '/api/v1/workspaces/:workspaceId/audit-events', 'address_not_allowed', 2],
      ['api_key', made.id, '/api/v1/me', 'address_not_allowed', 1],
    ]);
    expect(JSON.stringify(told)).not.toContain('192.0.2.7');
    await kit.sealed();
    const { items } = (await kit.get(team.url('audit-events?filter=type:access.refused'), team.owner)).json<{
      items: { address: string; apiKey: { id: string } }[];
    }>();
    expect(items.map(({ address, apiKey }) => [address, apiKey.id])).toEqual(Array(2).fill(['198.51.100.9', made.id]));
  });

  it('is kept while it cannot be recorded', async () => {
    const team = await kit.make.workspace().create();
    const viewer = await kit.make.person().in(team, 'viewer').create();
    await kit.get(team.url('audit-events'), viewer);
    const away = jest.spyOn(kit.app.get(Transactions), 'run').mockRejectedValueOnce(new Error('away'));
    await written();
    away.mockRestore();
    expect(await refusals(team.id)).toEqual([]);
    await written();
    expect(await refusals(team.id)).toHaveLength(1);
  });

  it('is recorded when the process shuts down', async () => {
    const team = await kit.make.workspace().create();
    const viewer = await kit.make.person().in(team, 'viewer').create();
    await kit.get(team.url('audit-events'), viewer);
    await kit.app.get(Refusals).beforeApplicationShutdown();
    expect(await refusals(team.id)).toHaveLength(1);
  });
});
