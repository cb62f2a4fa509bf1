import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Actor, Member } from '#platform/access/index.js';
import { bootHttp, type HttpKit, person } from '#test/http-kit.js';
import { Endpoint, Input, Who } from './index.js';

const thing = z.object({
  name: z.string().min(1),
  size: z.number().int().optional(),
  tags: z.array(z.object({ label: z.string() })).optional(),
});

@Controller('things')
class ThingsController {
  @Get('open')
  @Endpoint({ permission: 'public', summary: 'Open to all', response: z.object({ who: z.string().nullable() }) })
  open(@Who() who: Actor | null) {
    return { who: who?.id ?? null };
  }

  @Post()
  @Endpoint({ permission: 'self', summary: 'Say it back', body: thing, response: thing })
  echo(@Input.body() body: z.infer<typeof thing>) {
    return body;
  }
}

@Controller('workspaces/:workspaceId/deals')
class DealsController {
  @Get()
  @Endpoint({
    permission: 'deals:read',
    summary: 'Role',
    params: z.object({ workspaceId: z.uuid() }),
    response: z.object({ role: z.string() }),
  })
  read(@Who() who: Member) {
    return { role: who.role };
  }

  @Post()
  @Endpoint({ permission: 'deals:write', summary: 'Write', status: 204 })
  write() {}
}

describe('a request', () => {
  let kit: HttpKit;
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [ThingsController, DealsController] });
  });
  afterAll(() => kit.close());

  it('reaches a public route without sign-in', async () => {
    expect((await kit.call('GET', '/api/v1/things/open')).body).toEqual({ who: null });
  });

  it('is parsed and answered', async () => {
    const answer = await kit.call('POST', '/api/v1/things', { as: person(), body: { name: 'a', size: 2 } });
    expect(answer).toMatchObject({ status: 201, body: { name: 'a', size: 2 } });
  });

  it('meets 404, 403 and success by membership and permission', async () => {
    const { actor, workspaceId } = await kit.member('viewer');
    const at = `/api/v1/workspaces/${workspaceId}/deals`;
    expect((await kit.call('GET', at, { as: actor })).body).toEqual({ role: 'viewer' });
    expect((await kit.call('POST', at, { as: actor })).status).toBe(403);
    expect((await kit.call('GET', at, { as: person() })).status).toBe(404);
    expect((await kit.call('GET', at)).status).toBe(401);
  });
});
