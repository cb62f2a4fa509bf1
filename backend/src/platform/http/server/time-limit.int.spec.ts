import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, HttpCode, Post, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { bootHttp, type HttpKit } from '#test/http-kit.js';
import { Metrics } from '#platform/telemetry/index.js';
import { Endpoint, Input } from '../index.js';

const LIMIT_MS = 1000;
const body = z.object({ text: z.string() });

/** What the slow handlers wait for, and how often they got there. */
let held: Promise<string> = Promise.resolve('');
let ended = 0;

async function slowly(): Promise<{ text: string }> {
  try {
    return { text: await held };
  } finally {
    ended++;
  }
}

/** Chunks with pauses between them, and then the end or silence. */
async function* chunks(count: number, endless = false): AsyncGenerator<Buffer> {
  for (let i = 0; i < count; i++) {
    yield Buffer.from(`${i} `);
    await new Promise((resolve) => setTimeout(resolve, LIMIT_MS / 4));
  }
  if (endless) await new Promise(() => undefined);
}

@Controller('slow')
class SlowController {
  @Get()
  @Endpoint({ permission: 'public', summary: 'Reads slowly', response: body })
  read() {
    return slowly();
  }

  @Post()
  @Endpoint({ permission: 'public', summary: 'Writes slowly', body, response: body })
  write(@Input.body() _body: z.infer<typeof body>, @Res({ passthrough: true }) reply: FastifyReply) {
    void reply.headers({ 'Set-Cookie': 'session=1', Location: '/elsewhere', ETag: '"1"' });
    return slowly();
  }

  @Get('stream')
  @Endpoint({ permission: 'public', summary: 'Streams for long', produces: 'text/plain' })
  stream() {
    return new StreamableFile(Readable.from(chunks(12)), { type: 'text/plain' });
  }

  @Post('stream')
  @HttpCode(200)
  @Endpoint({ permission: 'public', summary: 'Streams for long', body, produces: 'text/plain', status: 200 })
  streamAfterBody(@Input.body() _body: z.infer<typeof body>) {
    return new StreamableFile(Readable.from(chunks(12)), { type: 'text/plain' });
  }

  @Get('stuck')
  @Endpoint({ permission: 'public', summary: 'Streams and falls silent', produces: 'text/plain' })
  stuck() {
    return new StreamableFile(Readable.from(chunks(2, true)), { type: 'text/plain' });
  }
}

describe('the time limit', () => {
  let kit: HttpKit;
  const timers: NodeJS.Timeout[] = [];
  beforeAll(async () => {
    kit = await bootHttp({
      controllers: [SlowController],
      env: { SIGNALBOX_REQUEST_TIMEOUT_MS: String(LIMIT_MS), SIGNALBOX_CORS_ORIGINS: 'https://console.example.com' },
    });
  });
  afterAll(async () => {
    timers.forEach(clearTimeout);
    await kit.close();
  });
  let release: (text: string) => void;
  let fail: (error: Error) => void;
  beforeEach(() => {
    ended = 0;
    held = new Promise((resolve, reject) => ([release, fail] = [resolve, reject]));
  });

  const ask = { GET: {}, POST: { body: { text: 'x' } } };
  const methods = ['GET', 'POST'] as const;
  /** Compression holds small chunks back. */
  const plain = { 'accept-encoding': 'identity' };
  const settled = async () => {
    while (ended === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // What the handler's end sets off has happened when a request of its own is answered.
    await kit.call('GET', '/api/v1/nowhere');
  };

  it.each(methods)('gives up on the handler of a %s', async (method) => {
    const headers = { origin: 'https://console.example.com' };
    const answer = await kit.call(method, '/api/v1/slow', { ...ask[method], headers });
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '10',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': 'https://console.example.com',
    });
    for (const name of ['set-cookie', 'location', 'etag']) expect(answer.headers.get(name)).toBeNull();
    release('late');
  });

  it.each([
    ['GET', 'answer', () => release('too late')],
    ['POST', 'answer', () => release('too late')],
    ['GET', 'fault', () => fail(new TypeError('too late'))],
    ['POST', 'fault', () => fail(new TypeError('too late'))],
  ] as const)('ignores what a %s handler ends with later (%s)', async (method, _what, end) => {
    const line = new Line(kit.url);
    line.send(method, '/api/v1/slow', method === 'POST' ? '{"text":"x"}' : '');
    expect(await line.answer()).toMatchObject({ status: 503 });
    end();
    await settled();
    line.send('GET', '/api/v1/nowhere');
    expect(await line.answer()).toMatchObject({ status: 404, body: { code: 'not_found' } });
    line.close();
    const { registry } = kit.app.get(Metrics);
    const counts = `http_server_request_duration_seconds_count{method="${method}",route="/api/v1/slow",status=`;
    const statuses = (await registry.metrics()).split('\n').filter((row) => row.startsWith(counts));
    expect(statuses).toEqual([expect.stringContaining('"503"')]);
  });

  it.each(methods)('lets an answer that is under way after a %s go on for longer', async (method) => {
    const answer = await kit.call(method, '/api/v1/slow/stream', { ...ask[method], headers: plain });
    expect([answer.status, answer.text]).toEqual([200, '0 1 2 3 4 5 6 7 8 9 10 11 ']);
  });

  it('ends an answer that falls silent', async () => {
    const answer = await fetch(`${kit.url}/api/v1/slow/stuck`, { headers: plain });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });

  it('keeps no clock of a request that was answered in time', async () => {
    release('in time');
    const line = new Line(kit.url);
    line.send('POST', '/api/v1/slow', '{"text":"x"}');
    expect(await line.answer()).toMatchObject({ status: 201, body: { text: 'in time' } });
    await new Promise((resolve) => timers.push(setTimeout(resolve, LIMIT_MS * 1.5)));
    line.send('GET', '/api/v1/slow');
    expect(await line.answer()).toMatchObject({ status: 200, body: { text: 'in time' } });
    line.close();
  });
});

/** One connection that is kept between requests. */
class Line {
  private readonly socket: Socket;
  private text = '';

  constructor(url: string) {
    this.socket = connect(Number(new URL(url).port), '127.0.0.1');
    this.socket.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk));
  }

  send(method: string, path: string, content = ''): void {
    const type = content ? `Content-Type: application/json\r\nContent-Length: ${content.length}\r\n` : '';
    this.socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${type}\r\n${content}`);
  }

  /** @throws Error when the connection ends before the answer does */
  async answer(): Promise<{ status: number; body: unknown }> {
    for (;;) {
      const [, status, length] = /^HTTP\/1\.1 (\d+) [^]*?\r\ncontent-length: (\d+)\r\n/i.exec(this.text) ?? [];
      const start = this.text.indexOf('\r\n\r\n') + 4;
      const end = start + Number(length);
      if (length !== undefined && start > 4 && this.text.length >= end) {
        const body: unknown = JSON.parse(this.text.slice(start, end));
        this.text = this.text.slice(end);
        return { status: Number(status), body };
      }
      if (this.socket.destroyed) throw new Error(`The connection has ended after: ${this.text}`);
      await new Promise((resolve) => this.socket.once('data', resolve).once('close', resolve));
    }
  }

  close(): void {
    this.socket.destroy();
  }
}
