import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootHttp, type HttpKit } from '#test/http-kit.js';
import { MetricsController } from './metrics.controller.js';

const TOKEN = 'a-token-for-metrics-only';

describe('the metrics without a token', () => {
  let kit: HttpKit;
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [MetricsController], env: { SIGNALBOX_TRUST_PROXY: 'loopback,192.0.2.1' } });
  });
  afterAll(() => kit.close());

  const ask = async (headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') => {
    const answer = await kit.app.inject({
      url: '/metrics',
      headers: { host: '127.0.0.1:3000', ...headers },
      remoteAddress,
    });
    return answer.statusCode;
  };

  it('are for programs of this machine', async () => {
    const answer = await kit.call('GET', '/metrics');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('process_cpu_seconds_total');
    for (const address of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])
      expect([address, await ask({}, address)]).toEqual([address, 200]);
    for (const host of ['localhost', 'localhost:3000', 'LOCALHOST', '127.0.0.1', '[::1]:3000'])
      expect([host, await ask({ host })]).toEqual([host, 200]);
  });

  it.each(['192.0.2.1', '10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '2001:db8::127.0.0.1'])(
    'are not for %s',
    async (address) => {
      expect(await ask({}, address)).toBe(403);
      expect(await ask({ 'x-forwarded-for': '127.0.0.1' }, address)).toBe(403);
    },
  );

  it.each([
    ['X-Forwarded-For', '203.0.113.9'],
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Forwarded-For', ''],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', 'localhost'],
    ['Forwarded', 'for=127.0.0.1'],
    ['X-Real-IP', '127.0.0.1'],
    ['Via', '1.1 proxy'],
    ['CF-Connecting-IP', '127.0.0.1'],
    ['Host', 'console.example.com'],
    ['Host', 'signalbox'],
    ['Host', '127.0.0.1.example.com'],
    ['Host', 'localhost.example.com:3000'],
  ])('are not for what a proxy on this machine passes on (%s: %s)', async (name, value) => {
    const answer = await new Promise<{ status?: number; text: string }>((resolve, reject) => {
      const asked = request(`${kit.url}/metrics`, { headers: { [name]: value }, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, text }));
      });
      asked.on('error', reject).end();
    });
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('SIGNALBOX_METRICS_TOKEN') });
  });

  it('are not for a proxy that says nothing but speaks HTTP/1.0', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(kit.url);
      let text = '';
      const socket = connect(Number(port), hostname, () =>
        socket.write(`GET /metrics HTTP/1.0\r\nHost: ${hostname}\r\n\r\n`),
      );
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('the metrics with a token', () => {
  let kit: HttpKit;
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [MetricsController], env: { SIGNALBOX_METRICS_TOKEN: TOKEN } });
  });
  afterAll(() => kit.close());

  it('are for who has it, from anywhere, and nobody else', async () => {
    const ask = async (authorization?: string) => {
      const headers = { 'x-forwarded-for': '203.0.113.9', ...(authorization ? { authorization } : {}) };
      return (await kit.app.inject({ url: '/metrics', headers, remoteAddress: '192.0.2.1' })).statusCode;
    };
    expect(await ask(`Bearer ${TOKEN}`)).toBe(200);
    for (const wrong of [undefined, 'Bearer wrong', `Bearer ${TOKEN}x`, TOKEN]) expect(await ask(wrong)).toBe(403);
    expect((await kit.call('GET', '/metrics')).status).toBe(403);
  });
});
