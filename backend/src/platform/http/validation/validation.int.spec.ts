import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, Put } from '@nestjs/common';
import { z } from 'zod';
import { bootHttp, type HttpKit, person } from '#test/http-kit.js';
import { Endpoint, Input } from '../index.js';

const thing = z.object({
  name: z.string().min(1),
  size: z.number().int().max(10).optional(),
  tags: z.array(z.object({ label: z.string() })).optional(),
  shape: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('round'), radius: z.number() }),
      z.object({ kind: z.literal('flat') }),
    ])
    .optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
});
const query = z.object({ limit: z.coerce.number().int().max(200).default(50), text: z.string().optional() });

let reached = 0;

@Controller('things')
class ThingsController {
  @Post()
  @Endpoint({ permission: 'public', summary: 'Say it back', body: thing, response: thing })
  echo(@Input.body() body: z.infer<typeof thing>) {
    reached++;
    return body;
  }

  @Get('list')
  @Endpoint({ permission: 'public', summary: 'List', query, response: query })
  list(@Input.query() asked: z.infer<typeof query>) {
    reached++;
    return asked;
  }

  @Get('plain/:id')
  @Endpoint({
    permission: 'public',
    summary: 'Takes an id',
    params: z.object({ id: z.uuid('must be an id') }),
    status: 204,
  })
  plain() {
    reached++;
  }

  @Get('named/:name')
  @Endpoint({
    permission: 'public',
    summary: 'Takes a name',
    response: z.object({ name: z.string() }),
    params: z.object({ name: z.string() }),
  })
  named(@Input.params() { name }: { name: string }) {
    reached++;
    return { name };
  }

  @Put('bare')
  @Endpoint({ permission: 'public', summary: 'Takes nothing', status: 204 })
  bare() {
    reached++;
  }
}

describe('what a request says', () => {
  let kit: HttpKit;
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [ThingsController] });
  });
  afterAll(() => kit.close());

  const post = (raw: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
    kit.call('POST', '/api/v1/things', { raw, headers: { 'content-type': type } });
  const paths = (answer: { body: { errors?: { path: string }[] } }) => answer.body.errors?.map((e) => e.path);

  it('is parsed and given to the handler', async () => {
    const body = {
      name: 'a',
      size: 2,
      tags: [{ label: 'x' }],
      shape: { kind: 'round', radius: 1 },
      extra: { any: [1] },
    };
    expect(await kit.call('POST', '/api/v1/things', { body })).toMatchObject({ status: 201, body });
    expect((await kit.call('GET', '/api/v1/things/list?text=%C3%A4+b')).body).toEqual({ limit: 50, text: 'ä b' });
    expect((await kit.call('GET', '/api/v1/things/named/a%2Fb%20%C3%A9')).body).toEqual({ name: 'a/b é' });
  });

  it('names every failing field', async () => {
    const answer = await kit.call('POST', '/api/v1/things', { body: { name: '', size: 11.5, tags: [{ label: 1 }] } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(new Set(paths(answer))).toEqual(new Set(['/body/name', '/body/size', '/body/tags/0/label']));
  });

  it.each([
    ['at the top', { name: 'a', wrong: 1 }, '/body/wrong'],
    ['inside an array', { name: 'a', tags: [{ label: 'x', 'wr/ong': 1 }] }, '/body/tags/0/wr~1ong'],
    ['inside a union', { name: 'a', shape: { kind: 'flat', wrong: 1 } }, '/body/shape/wrong'],
  ])('refuses a field it does not know %s', async (_where, body, path) => {
    const answer = await kit.call('POST', '/api/v1/things', { body });
    expect(answer.status).toBe(400);
    expect(paths(answer)).toEqual([path]);
  });

  it.each([
    ['__proto__', '{"name":"a","__proto__":{"admin":true}}', '/body/__proto__'],
    ['an escaped __proto__', '{"name":"a","\\u005f_proto__":1}', '/body/__proto__'],
    ['constructor', '{"name":"a","extra":{"constructor":{"prototype":1}}}', '/body/extra/constructor'],
    ['a null character', '{"name":"a\\u0000b"}', '/body/name'],
    ['a null character in a key', '{"name":"a","extra":{"k\\u0000":1}}', '/body/extra/k\\u0000'],
    ['half a surrogate pair', '{"name":"\\ud83d"}', '/body/name'],
    ['the other half', '{"name":"a","tags":[{"label":"\\ude00!"}]}', '/body/tags/0/label'],
  ])('refuses %s and names the field', async (_what, raw, path) => {
    const before = reached;
    const answer = await post(raw);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(paths(answer)).toEqual([path]);
    expect(reached).toBe(before);
  });

  it('takes a whole surrogate pair', async () => {
    expect((await post('{"name":"\\ud83d\\ude00"}')).body).toEqual({ name: '😀' });
  });

  it('refuses nesting without end', async () => {
    const deep = 20_000;
    const answer = await post(`{"name":"a","extra":{"x":${'['.repeat(deep)}${']'.repeat(deep)}}}`);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain('nested deeper');
  });

  it.each([
    ['broken JSON', '{"name": }', 'is not valid JSON'],
    ['JSON that ends early', '{"name": "a"', 'is not valid JSON'],
    ['a text', 'hello', 'is not valid JSON'],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'is not valid UTF-8'],
  ])('refuses %s', async (_what, raw, message) => {
    const answer = await post(raw);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(JSON.stringify(answer.body.errors)).toContain(message);
  });

  it('does not quote a broken body back', async () => {
    const answer = await post('{"password":"hunter2');
    expect(answer.text).not.toContain('hunter2');
  });

  it('needs a body where one is declared', async () => {
    expect((await kit.call('POST', '/api/v1/things')).status).toBe(400);
    expect((await post('')).status).toBe(400);
  });

  it.each([
    ['an unknown parameter', '?wrong=1', '/query/wrong'],
    ['a wrong value', '?limit=900', '/query/limit'],
    ['a repeated parameter', '?text=a&text=b', '/query/text'],
    ['a null character', '?text=a%00b', '/query/text'],
    ['broken encoding', '?text=%zz', '/query/text'],
    ['a surrogate in UTF-8', '?text=%ED%A0%80', '/query/text'],
    ['__proto__', '?__proto__=1', '/query/__proto__'],
    ['constructor', '?constructor=1', '/query/constructor'],
  ])('refuses %s in the query', async (_what, search, path) => {
    const before = reached;
    const answer = await kit.call('GET', `/api/v1/things/list${search}`);
    expect(answer.status).toBe(400);
    expect(paths(answer)).toEqual([path]);
    expect(reached).toBe(before);
  });

  it('refuses what an endpoint without schemas does not take', async () => {
    expect(paths(await kit.call('PUT', '/api/v1/things/bare?x=1'))).toEqual(['/query/x']);
    expect(paths(await kit.call('PUT', '/api/v1/things/bare', { body: { y: 1 } }))).toEqual(['/body/y']);
    expect((await kit.call('PUT', '/api/v1/things/bare', { body: {} })).status).toBe(204);
  });

  it('checks parameters that no handler looks at', async () => {
    expect(paths(await kit.call('GET', '/api/v1/things/plain/nonsense'))).toEqual(['/params/id']);
    expect((await kit.call('GET', `/api/v1/things/plain/${person().id}`)).status).toBe(204);
  });

  it('refuses a path with a null character or broken encoding', async () => {
    expect(paths(await kit.call('GET', '/api/v1/things/named/a%00b'))).toEqual(['/params/name']);
    const broken = await kit.call('GET', '/api/v1/things/named/%E0%A4%A');
    expect(broken).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(broken.headers.get('content-type')).toContain('application/problem+json');
  });

  it('takes forms where a form is what clients send', async () => {
    expect((await post('name=a+b', 'application/x-www-form-urlencoded')).body).toEqual({ name: 'a b' });
    expect(paths(await post('name=a&__proto__=1', 'application/x-www-form-urlencoded'))).toEqual(['/body/__proto__']);
  });

  it.each(['text/plain', 'application/xml', 'application/jsonx'])('answers 415 to %s', async (type) => {
    expect(await post('{"name":"a"}', type)).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  it('answers 415 to a compressed body', async () => {
    const answer = await kit.call('POST', '/api/v1/things', {
      raw: new Uint8Array([31, 139, 8]),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });
});
