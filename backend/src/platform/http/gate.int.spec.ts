import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { type Actor, type Member, MembershipApi } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { bootHttp, type HttpKit, person } from '#test/http-kit.js';
import { Endpoint, Who } from './index.js';

const whoSchema = z.object({
  id: z.string().nullable(),
  address: z.string().optional(),
  requestId: z.string().optional(),
});

@Controller('doors')
class DoorsController {
  @Get('public')
  @Endpoint({ permission: 'public', summary: 'Open to all', response: whoSchema })
  open(@Who() who: Actor | null) {
    return { id: who?.id ?? null, address: who?.address, requestId: who?.requestId };
  }

  @Get('self')
  @Endpoint({ permission: 'self', summary: 'Own things', response: whoSchema })
  self(@Who() who: Actor) {
    return { id: who.id };
  }

  @Get('operator')
  @Endpoint({ permission: 'instance:operate', summary: 'Operators', response: whoSchema })
  operate(@Who() who: Actor) {
    return { id: who.id };
  }
}

const memberSchema = z.object({ role: z.string(), workspaceId: z.string(), permissions: z.array(z.string()) });

@Controller('workspaces/:workspaceId/deals')
class DealsController {
  @Get()
  @Endpoint({ permission: 'deals:read', summary: 'Read', response: memberSchema })
  read(@Who() who: Member) {
    return { role: who.role, workspaceId: who.workspaceId, permissions: [...who.permissions] };
  }

  @Post()
  @Endpoint({ permission: 'deals:write', summary: 'Write', status: 204 })
  write() {}

  @Delete()
  @Endpoint({ permission: 'workspace:write', summary: 'Administer', status: 204 })
  remove() {}
}

describe('the gate', () => {
  let kit: HttpKit;
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [DoorsController, DealsController] });
  });
  afterAll(() => kit.close());
  const deals = (workspaceId: string) => `/api/v1/workspaces/${workspaceId}/deals`;

  it('lets anybody through a public route, and knows who it is when they say so', async () => {
    const someone = person();
    expect((await kit.call('GET', '/api/v1/doors/public')).body.id).toBeNull();
    const known = await kit.call('GET', '/api/v1/doors/public', { as: someone, headers: { 'x-request-id': 'abc-1' } });
    expect(known.body).toEqual({ id: someone.id, address: '127.0.0.1', requestId: 'abc-1' });
  });

  it('does not let a stale token close a public route, and closes every other', async () => {
    const headers = { authorization: 'Bearer stale' };
    expect((await kit.call('GET', '/api/v1/doors/public', { headers })).body).toMatchObject({ id: null });
    const refused = await kit.call('GET', '/api/v1/doors/self', { headers });
    expect(refused).toMatchObject({ status: 401, body: { code: 'unauthenticated', status: 401 } });
    expect(refused.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('asks for sign-in, and for a person where own things are meant', async () => {
    expect((await kit.call('GET', '/api/v1/doors/self')).status).toBe(401);
    expect((await kit.call('GET', '/api/v1/doors/self', { as: person() })).status).toBe(200);
    expect((await kit.call('GET', '/api/v1/doors/self', { as: person({ kind: 'api_key' }) })).status).toBe(403);
  });

  it('keeps what operates the instance to operators', async () => {
    expect((await kit.call('GET', '/api/v1/doors/operator', { as: person() })).status).toBe(403);
    expect((await kit.call('GET', '/api/v1/doors/operator', { as: person({ operator: true }) })).status).toBe(200);
  });

  it.each([
    ['owner', 200, 204, 204],
    ['admin', 200, 204, 204],
    ['member', 200, 204, 403],
    ['viewer', 200, 403, 403],
  ] as const)('gives the role %s what its permissions say', async (role, read, write, administer) => {
    const { actor, workspaceId } = await kit.member(role);
    const statuses = [];
    for (const method of ['GET', 'POST', 'DELETE'])
      statuses.push((await kit.call(method, deals(workspaceId), { as: actor })).status);
    expect(statuses).toEqual([read, write, administer]);
  });

  it('names the missing permission', async () => {
    const { actor, workspaceId } = await kit.member('viewer');
    const { body } = await kit.call('POST', deals(workspaceId), { as: actor });
    expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('deals:write') as unknown });
  });

  it('answers 404 for a workspace that is not theirs, does not exist, or is no id', async () => {
    const { actor } = await kit.member('owner');
    const { workspaceId: other } = await kit.member('owner');
    for (const id of [other, uuidv7(), 'x', "'; drop table membership --"]) {
      const answer = await kit.call('GET', deals(encodeURIComponent(id)), { as: actor });
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    expect((await kit.call('GET', deals(other))).status).toBe(401);
  });

  it('does not mind how an id is written', async () => {
    const { actor, workspaceId } = await kit.member('owner');
    expect((await kit.call('GET', deals(workspaceId.toUpperCase()), { as: actor })).body).toMatchObject({
      workspaceId,
    });
  });

  it('narrows an API key to its scopes, and never beyond its role', async () => {
    const { actor, workspaceId } = await kit.member('viewer');
    const key: Actor = { ...actor, kind: 'api_key', scopes: ['deals:read', 'deals:write'] };
    const answer = await kit.call('GET', deals(workspaceId), { as: key });
    expect(answer.body).toMatchObject({ role: 'viewer', permissions: ['deals:read'] });
    expect((await kit.call('POST', deals(workspaceId), { as: key })).status).toBe(403);
  });

  it('narrows each key by its own scopes although the grant is remembered', async () => {
    const { actor, workspaceId } = await kit.member('member');
    const key: Actor = { ...actor, kind: 'api_key', scopes: ['deals:read'] };
    expect((await kit.call('POST', deals(workspaceId), { as: key })).status).toBe(403);
    expect((await kit.call('POST', deals(workspaceId), { as: { ...key, scopes: ['deals:write'] } })).status).toBe(204);
  });

  it('shows a removed member the door at once', async () => {
    const { actor, workspaceId } = await kit.member('owner');
    const { actor: second } = await kit.member('member', workspaceId);
    expect((await kit.call('GET', deals(workspaceId), { as: second })).status).toBe(200);
    await kit.app.get(Transactions).run((em) => kit.app.get(MembershipApi).remove(em, workspaceId, second.id ?? ''));
    expect((await kit.call('GET', deals(workspaceId), { as: second })).status).toBe(404);
    expect((await kit.call('GET', deals(workspaceId), { as: actor })).status).toBe(200);
  });
});
