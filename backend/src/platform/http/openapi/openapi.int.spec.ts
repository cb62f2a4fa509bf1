import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Patch, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Member } from '#platform/access/index.js';
import { checkApiDocument } from '#test/api-document.js';
import { bootHttp, type HttpKit, type Parsed } from '#test/http-kit.js';
import { Conflict, Endpoint, Input, listQuery, page, PreconditionFailed, Who } from '../index.js';

class DealExpired extends Conflict {
  static override code = 'deal_expired';
  static override title = 'Deal has expired';
}

const place = z
  .object({
    code: z
      .string()
      .length(3)
      .meta({ examples: ['NYC'] }),
  })
  .meta({ id: 'SpecPlace' });
const deal = z
  .object({
    id: z.uuid(),
    origin: place,
    price: z.number().int().nullable(),
    foundAt: z.iso.datetime(),
    tags: z.array(z.string()).default([]),
  })
  .meta({ id: 'SpecDeal', description: 'A deal.' });
const change = z.object({ price: z.number().int().min(0), origin: place.optional() }).meta({ id: 'SpecDealChange' });
const query = listQuery({ sort: ['foundAt'], defaultSort: '-foundAt', fields: true });
const params = z.object({ workspaceId: z.uuid(), dealId: z.uuid() });

@Controller('workspaces/:workspaceId/deals')
class SpecDealsController {
  @Get()
  @Endpoint({
    permission: 'deals:read',
    summary: 'List deals',
    query,
    params: z.object({ workspaceId: z.uuid() }),
    response: page(deal),
  })
  list(@Who() _who: Member, @Input.query() _query: z.infer<typeof query>) {
    return { items: [], nextCursor: null };
  }

  @Get(':dealId')
  @Endpoint({ permission: 'deals:read', summary: 'One deal', params, response: deal, etag: true })
  one(@Input.params() _params: z.infer<typeof params>) {
    return null;
  }

  @Post()
  @Endpoint({
    permission: 'deals:write',
    summary: 'Add a deal',
    params: z.object({ workspaceId: z.uuid() }),
    body: deal,
    response: deal,
    errors: [DealExpired],
  })
  add(@Input.body() _deal: z.infer<typeof deal>) {
    return null;
  }

  @Patch(':dealId')
  @Endpoint({
    permission: 'deals:write',
    summary: 'Change a deal',
    params,
    body: change,
    status: 204,
    errors: [PreconditionFailed],
  })
  change(@Input.body() _change: z.infer<typeof change>) {}
}

@Controller('session')
class SessionController {
  @Post()
  @Endpoint({
    permission: 'public',
    summary: 'Sign in',
    rateClass: 'auth',
    body: z.object({ email: z.email() }),
    response: z.object({ token: z.string() }),
  })
  begin(@Input.body() _body: { email: string }) {
    return null;
  }
}

describe('the API document', () => {
  let kit: HttpKit;
  let document: Parsed;
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [SpecDealsController, SessionController] });
    document = (await kit.call('GET', '/api/openapi.json')).body;
  });
  afterAll(() => kit.close());
  const at = (path: string, method: string) => document.paths[path][method];
  const DEALS = '/api/v1/workspaces/{workspaceId}/deals';

  it('is OpenAPI 3.1 and says everything of every operation', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(checkApiDocument(document)).toEqual([]);
    expect(Object.keys(document.paths)).toHaveLength(3);
  });

  it('finds what is missing', () => {
    const broken = structuredClone(document);
    delete broken.paths[DEALS].get.summary;
    delete broken.paths[DEALS].post.responses['201'].content['application/json'].example;
    broken.paths[DEALS].post.requestBody.content['application/json'].example.price = 'much';
    expect(checkApiDocument(broken)).toHaveLength(3);
  });

  it('names parameters, also those that no handler looks at', () => {
    const names = (path: string, method: string) =>
      at(path, method).parameters.map((p: Parsed) => `${p.in}:${p.name}${p.required ? '!' : ''}`);
    expect(names(DEALS, 'get')).toEqual(
      expect.arrayContaining(['path:workspaceId!', 'query:limit', 'query:sort', 'query:cursor', 'query:fields']),
    );
    expect(names(DEALS, 'post')).toEqual(expect.arrayContaining(['path:workspaceId!', 'header:Idempotency-Key']));
    expect(names(`${DEALS}/{dealId}`, 'patch')).toEqual(expect.arrayContaining(['path:dealId!', 'header:If-Match']));
    expect(at('/api/v1/session', 'post').parameters).toEqual([]);
  });

  it('names schemas once, and twice where what is sent differs from what is answered', () => {
    expect(Object.keys(document.components.schemas).sort()).toEqual([
      'Problem',
      'SpecDeal',
      'SpecDealChange',
      'SpecDealInput',
      'SpecPlace',
    ]);
    expect(at(DEALS, 'post').requestBody.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/SpecDealInput',
    });
    expect(at(DEALS, 'post').responses['201'].content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/SpecDeal',
    });
    expect(document.components.schemas.SpecDealInput.additionalProperties).toBe(false);
  });

  it('says who may, and how each is refused', () => {
    expect(at(DEALS, 'get').security).toEqual([{ bearer: [] }]);
    expect(at('/api/v1/session', 'post').security).toEqual([]);
    expect(at(DEALS, 'post')['x-permission']).toBe('deals:write');
    const codes = Object.values<Parsed>(at(DEALS, 'post').responses).flatMap((r) =>
      Object.keys(r.content?.['application/problem+json']?.examples ?? {}),
    );
    expect(codes).toEqual(
      expect.arrayContaining([
        'validation_failed',
        'unauthenticated',
        'forbidden',
        'not_found',
        'deal_expired',
        'idempotency_key_reused',
        'too_many_requests',
      ]),
    );
  });

  it('gives operations names that a client can use', () => {
    expect(at(DEALS, 'get').operationId).toBe('specDeals_list');
  });

  it('is sent once as long as it stays the same', async () => {
    const first = await kit.call('GET', '/api/openapi.json');
    const again = await kit.call('GET', '/api/openapi.json', {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  it('can be explored under the strict policy', async () => {
    const page = await kit.call('GET', '/api/docs');
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|style=/);
    for (const [, file] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const asset = await kit.call('GET', file ?? '');
      expect(asset.status).toBe(200);
      expect(asset.text.length).toBeGreaterThan(100);
    }
  });
});
