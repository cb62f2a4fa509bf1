import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, HttpException, Inject, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Reads, Transactions, affected } from '#platform/database/index.js';
import { bootHttp, type HttpKit } from '#test/http-kit.js';
import { Conflict, Endpoint, Input } from '../index.js';

class SourcePaused extends Conflict {
  static override code = 'source_paused';
  static override title = 'Source is paused';
}

@Controller('faults')
class FaultsController {
  constructor(
    @Inject(Transactions) private readonly transactions: Transactions,
    @Inject(Reads) private readonly reads: Reads,
  ) {}

  @Get('domain')
  @Endpoint({ permission: 'public', summary: 'Refuses', errors: [SourcePaused] })
  domain() {
    throw new SourcePaused('The source is paused: resume it first.', {
      members: { sourceId: 's1' },
      headers: { 'Retry-After': '7' },
    });
  }

  @Get('bug')
  @Endpoint({ permission: 'public', summary: 'Breaks' })
  bug() {
    throw new TypeError('password=hunter2 at /srv/app');
  }

  @Get('nest')
  @Endpoint({ permission: 'public', summary: 'Refuses as Nest does' })
  nest() {
    throw new HttpException('This is a teapot.', 418);
  }

  @Get('text')
  @Endpoint({ permission: 'public', summary: 'Throws what is no error' })
  text() {
    AbortSignal.abort({ odd: true }).throwIfAborted();
  }

  @Get('twice')
  @Endpoint({ permission: 'public', summary: 'Repeats a unique value' })
  async twice() {
    await this.transactions.run(async (em) => {
      await affected(em, 'create temp table spec_unique (v int unique) on commit drop');
      await affected(em, 'insert into spec_unique values (1)');
      await affected(em, 'insert into spec_unique values (1)');
    });
  }

  @Get('range')
  @Endpoint({ permission: 'public', summary: 'A number too large' })
  range() {
    return this.reads.adHoc('select $1::int', ['99999999999']);
  }

  @Get('killed')
  @Endpoint({ permission: 'public', summary: 'Loses its connection' })
  killed() {
    return this.reads.adHoc('select pg_terminate_backend(pg_backend_pid())', []);
  }

  @Get('midway')
  @Endpoint({ permission: 'public', summary: 'Fails when the answer has begun', produces: 'text/plain' })
  midway(@Res() reply: FastifyReply) {
    reply.raw.writeHead(200, { 'content-type': 'text/plain' });
    reply.raw.write('half');
    throw new Error('too late');
  }

  @Post('body')
  @Endpoint({
    permission: 'public',
    summary: 'Takes a body',
    body: z.object({ text: z.string() }),
    bodyLimit: 100,
    status: 204,
  })
  body(@Input.body() _body: { text: string }) {}

  @Post('large')
  @Endpoint({ permission: 'public', summary: 'Takes a large body', body: z.object({ text: z.string() }), status: 204 })
  large(@Input.body() _body: { text: string }) {}
}

describe('a refusal', () => {
  let kit: HttpKit;
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [FaultsController] });
  });
  afterAll(() => kit.close());
  const get = (path: string) => kit.call('GET', `/api/v1/faults/${path}`);

  it('is a problem document with code, sentence and request id', async () => {
    const answer = await get('domain');
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.body).toEqual({
      type: 'urn:signalbox:problem:source_paused',
      title: 'Source is paused',
      status: 409,
      code: 'source_paused',
      detail: 'The source is paused: resume it first.',
      requestId: answer.headers.get('x-request-id'),
      sourceId: 's1',
    });
  });

  it.each(['bug', 'text'])('tells nothing of a fault of ours (%s)', async (path) => {
    const answer = await get(path);
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(answer.text).not.toMatch(/hunter2|srv|TypeError|odd/);
  });

  it('keeps the status of other frameworks errors', async () => {
    expect(await get('nest')).toMatchObject({ status: 418, body: { code: 'http_418', detail: 'This is a teapot.' } });
  });

  it('tells a repeated unique value', async () => {
    expect(await get('twice')).toMatchObject({ status: 409, body: { code: 'already_exists' } });
  });

  it('tells a value that cannot be stored', async () => {
    expect(await get('range')).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  it('asks to come again when the database is away', async () => {
    const answer = await get('killed');
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await get('domain')).status).toBe(409);
  });

  it('ends the connection when the answer has begun', async () => {
    await expect(get('midway')).rejects.toThrow();
  });

  it('says 404 where nothing is, and 405 with Allow where other methods are', async () => {
    expect(await kit.call('GET', '/api/v1/nowhere')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await kit.call('GET', '/')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const wrong = await kit.call('DELETE', '/api/v1/faults/domain?x=1');
    expect(wrong).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect(wrong.headers.get('allow')).toBe('GET, HEAD');
  });

  it('says 413 by the limit of the endpoint, and of all others', async () => {
    expect((await kit.call('POST', '/api/v1/faults/body', { body: { text: 'x'.repeat(50) } })).status).toBe(204);
    expect(await kit.call('POST', '/api/v1/faults/body', { body: { text: 'x'.repeat(100) } })).toMatchObject({
      status: 413,
      body: { code: 'payload_too_large' },
    });
    expect((await kit.call('POST', '/api/v1/faults/large', { body: { text: 'x'.repeat(900_000) } })).status).toBe(204);
    expect((await kit.call('POST', '/api/v1/faults/large', { body: { text: 'x'.repeat(1_100_000) } })).status).toBe(
      413,
    );
  });

  it('says 414 to a parameter longer than any id', async () => {
    const answer = await kit.call('GET', `/api/v1/faults/${'x'.repeat(5000)}`);
    expect([404, 414]).toContain(answer.status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('takes a sane request id and makes one up otherwise', async () => {
    const sent = await kit.call('GET', '/api/v1/faults/domain', { headers: { 'x-request-id': 'req_1.2:3-4' } });
    expect(sent.headers.get('x-request-id')).toBe('req_1.2:3-4');
    expect(sent.body.requestId).toBe('req_1.2:3-4');
    for (const bad of ['a b', 'x'.repeat(65), '<script>']) {
      const answer = await kit.call('GET', '/api/v1/faults/domain', { headers: { 'x-request-id': bad } });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    }
  });

  it.each([
    [
      'headers that are too large',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    ['what is no HTTP', 'HELO mail.example.com\r\n\r\n', 400, 'malformed_request'],
    [
      'a request smuggled behind two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed_request',
    ],
  ])('answers %s on the socket', async (_what, text, status, code) => {
    const answer = await raw(kit.url, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain(`"code":"${code}"`);
  });
});

function raw(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (bytes) => (answer += bytes.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
