import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { logOptions, Metrics, startTracing, traced, tracedUntilNow } from './index.js';

function logged(value: object): string {
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  pino(logOptions({ logLevel: 'info', logFormat: 'json' }), sink).info(value, 'said');
  return text;
}

describe('logs', () => {
  it.each([
    { password: 'hunter2' },
    { body: { token: 'hunter2' } },
    { a: { b: { secret: 'hunter2' } } },
    { req: { headers: { authorization: 'Bearer hunter2' } } },
    { req: { headers: { cookie: 'refresh=hunter2' } } },
    { headers: { 'x-api-key': 'hunter2' } },
    { res: { headers: { 'set-cookie': 'hunter2' } } },
  ])('hide secrets: %j', (value) => {
    expect(logged(value)).not.toContain('hunter2');
    expect(logged(value)).toContain('[redacted]');
  });

  it('carry level, time and message', () => {
    expect(JSON.parse(logged({ n: 1 }))).toMatchObject({
      level: 'info',
      n: 1,
      msg: 'said',
      time: expect.stringMatching(/Z$/),
    });
  });
});

describe('metrics', () => {
  it('gives the same instrument for the same name and renders it for Prometheus', async () => {
    const metrics = new Metrics();
    metrics.counter('signalbox_x_total', 'X.', ['kind']).inc({ kind: 'a' });
    metrics.counter('signalbox_x_total', 'X.', ['kind']).inc({ kind: 'a' }, 2);
    metrics.gauge('signalbox_lag', 'Lag.', [], (g) => g.set(7));
    metrics.histogram('signalbox_y_seconds', 'Y.').observe(0.02);
    const text = await metrics.registry.metrics();
    expect(text).toContain('signalbox_x_total{kind="a"} 3');
    expect(text).toContain('signalbox_lag 7');
    expect(text).toContain('signalbox_y_seconds_bucket{le="0.025"} 1');
  });
});

describe('traces', () => {
  it('passes values and errors through without an endpoint', async () => {
    expect(await traced('x', {}, async () => 1)).toBe(1);
    await expect(traced('x', {}, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('reach the endpoint over OTLP', async () => {
    const bodies: string[] = [];
    const server = createServer((request: IncomingMessage, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (c: Buffer) => chunks.push(c));
      request.on('end', () => {
        bodies.push(`${request.url} ${Buffer.concat(chunks).toString()}`);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stop = await startTracing(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await traced('deal.parse', { mails: 1 }, async () => undefined);
    tracedUntilNow('GET /deals', () => ({ 'http.response.status_code': 200 }), 12);
    await stop();
    server.close();
    tracedUntilNow('GET /late', () => ({}), 1);
    expect(bodies.join('\n')).toMatch(/^\/v1\/traces .*deal\.parse.*GET \/deals/s);
    expect(bodies.join('\n')).not.toContain('GET /late');
  });
});
