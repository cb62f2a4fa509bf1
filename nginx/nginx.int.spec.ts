import { once } from 'node:events';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2, constants as http2 } from 'node:http2';
import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RealtimeModule } from '#modules/realtime/index.js';
import { UsersModule } from '#modules/users/index.js';
import { ConsoleModule } from '#platform/console/index.js';
import { Endpoint } from '#platform/http/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory } from '#test/factories.js';
import { ask, openSocket, refusalOf } from '#test/sockets.js';
import { configureNginx, freePort, nginxArguments, startNginx } from '../scripts/lib/nginx.mjs';
import { findProgram, root } from '../scripts/lib/paths.mjs';

@Controller('caller')
class CallerController {
  @Get()
  @Endpoint({ permission: 'public', summary: 'Says who calls', response: z.object({ address: z.string() }) })
  caller(@Req() { ip }: FastifyRequest) {
    return { address: ip };
  }
}

@Module({ controllers: [CallerController] })
class CallerModule {}

let application: TestApplication;
let nginx: Awaited<ReturnType<typeof startNginx>>;
let folder: string;
let port: number;
/** Where the same nginx ends TLS, and where it sends browsers there. */
let tls: number;
let redirect: number;

/** What nginx has written so far. */
const log = () => readFileSync(join(folder, 'log'), 'utf8');

/** Sends a request through nginx, from one of the machine's addresses. */
async function through(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  localAddress = '127.0.0.1',
  at = port,
) {
  const answer = await new Promise<IncomingMessage>((answered, failed) =>
    httpRequest({ host: '127.0.0.1', port: at, path, method, headers, localAddress, agent: false }, answered)
      .on('error', failed)
      .end(),
  );
  const bytes = Buffer.concat(await answer.toArray());
  return { status: answer.statusCode, headers: answer.headers, text: bytes.toString(), bytes };
}

/** The first script of the built console. */
const script = `/${readdirSync(join(root, 'frontend/dist')).find((name) => /^main-.{8}\.js$/.test(name))}`;

const GUARDS = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'permissions-policy',
  'referrer-policy',
  'x-content-type-options',
  'x-frame-options',
  'cache-control',
];
/** Node joins a header that came twice with a comma. */
const REPEATED = /default-src.*default-src|camera.*camera|^(same-origin|no-referrer|nosniff|DENY|no-store|no-cache), /;

/** Carries all that browsers are to be told, whoever answered. */
function expectGuarded(headers: IncomingHttpHeaders): void {
  expect(headers).toMatchObject({
    'content-security-policy': expect.stringMatching(/^(?!.*unsafe)default-src 'self';.*frame-ancestors 'none'/),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': expect.stringContaining('camera=()'),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  expect(headers['server']).not.toMatch(/\d/);
}

/** Says something that no HTTP client would. */
async function spoken(text: string): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  let said = '';
  for await (const chunk of socket.setEncoding('utf8')) said += String(chunk);
  const [first = '', ...lines] = said.split('\r\n\r\n')[0]?.split('\r\n') ?? [];
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ]);
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers) as IncomingHttpHeaders };
}

beforeAll(async () => {
  application = await startApplication([ConsoleModule, CallerModule, UsersModule, RealtimeModule], {
    SIGNALBOX_TRUST_PROXY: '127.0.0.1',
  });
  await application.app.listen(0, '127.0.0.1');
  folder = mkdtempSync(join(tmpdir(), 'signalbox-nginx-'));
  [port, tls, redirect] = [await freePort(), await freePort(), await freePort()];
  const { port: backend } = application.app.getHttpServer().address() as AddressInfo;
  await configureNginx(folder, { backend, plain: port, tls, redirect });
  writeFileSync(join(folder, 'acme/.well-known/acme-challenge/word'), 'proof');
  nginx = await startNginx(folder, port);
});

afterAll(async () => {
  await nginx?.stop();
  await application.close();
  rmSync(folder, { recursive: true });
});

describe('nginx', () => {
  it('accepts the configuration', () => {
    const before = log().length;
    const output = openSync(join(folder, 'log'), 'a');
    const { status } = spawnSync(findProgram('nginx')!, ['-t', ...nginxArguments(folder, '')], {
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    expect(log().slice(before)).toContain('test is successful');
    expect(status).toBe(0);
  });

  it('passes the API on, with one set of security headers', async () => {
    const { status, headers, text } = await through('/api/openapi.json');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['x-request-id']).toMatch(/^[\w-]+$/);
    expect(headers.server).toBe('nginx');
  });

  it('carries sockets, and tells the backend where they come from', async () => {
    const make = factory(application.app);
    const team = await make.workspace().create();
    const { key, id } = await make.apiKey(team, team.owner).create();
    await make.sql(`update api_key set allowed_addresses = '{127.0.0.2}' where id = $1 returning id`, [id]);
    const url = `http://127.0.0.1:${port}`;
    const { socket } = await openSocket(url, key, { localAddress: '127.0.0.2', headers: { origin: url } });
    expect(await ask(socket, 'head', {})).toMatchObject({ ok: true });
    socket.disconnect();
    const headers = { 'x-forwarded-for': '127.0.0.2' };
    expect(await refusalOf(url, key, { headers })).toMatchObject({ code: 'address_not_allowed' });
  });

  it('passes a refusal on as the backend said it', async () => {
    const { status, headers } = await through('/api/v1/nowhere');
    expect([status, headers['content-type']]).toEqual([404, expect.stringContaining('application/problem+json')]);
  });

  it('serves files of the console itself, packed, under the same policy', async () => {
    const plain = await through(script);
    expect([plain.status, plain.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(plain.text).toBe(readFileSync(join(root, 'frontend/dist', script), 'utf8'));
    for (const [asked, encoding, unpack] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
    ] as const) {
      const { status, headers, bytes } = await through(script, { 'accept-encoding': asked });
      expect([status, headers['content-encoding'], headers['vary']]).toEqual([200, encoding, 'Accept-Encoding']);
      expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
      expect(unpack(bytes).toString()).toBe(plain.text);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expectGuarded(headers);
      expect(headers['x-request-id']).toBeUndefined();
    }
  });

  it('leaves files whose names stay to the backend', async () => {
    const { status, headers } = await through('/signalbox.svg');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'image/svg+xml', 'no-cache']);
    expect(headers['x-request-id']).toBeDefined();
  });

  it.each<[string, number, () => Promise<{ status: number | undefined; headers: IncomingHttpHeaders }>]>([
    ['what it does not show', 404, () => through('/metrics')],
    ['a body that is too large', 413, () => through('/api/v1/x', { 'content-length': '99999999' }, 'POST')],
    ['an address that is too long', 414, () => through(`/${'x'.repeat(20_000)}`)],
    ['a method that it does not serve for files', 405, () => through(script, {}, 'POST')],
    ['what is not HTTP', 400, () => spoken('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')],
  ])('guards its own error pages: %s', async (_, status, ask) => {
    const answer = await ask();
    expect([answer.status, answer.headers['cache-control']]).toEqual([status, 'no-store']);
    expectGuarded(answer.headers);
  });

  it('says each of these things once on what it passes on', async () => {
    for (const path of ['/', '/api/v1/nowhere', '/api/docs', '/missing-ABCD1234.css', '/health']) {
      const { headers } = await through(path);
      expectGuarded(headers);
      for (const name of GUARDS)
        expect([name, String(headers[name])]).not.toEqual([name, expect.stringMatching(REPEATED)]);
    }
  });

  it('keeps browsers on https where TLS ends before it, and there only', async () => {
    for (const path of ['/metrics', script]) {
      const { headers } = await through(path, { 'X-Forwarded-Proto': 'https' });
      expect(headers['strict-transport-security']).toBe('max-age=31536000');
      expect((await through(path)).headers['strict-transport-security']).toBeUndefined();
    }
  });

  it('asks the backend for a file that it has not got', async () => {
    const { status, headers } = await through('/missing-ABCD1234.css');
    expect([status, typeof headers['x-request-id']]).toEqual([404, 'string']);
  });

  it('serves the page at the root', async () => {
    expect((await through('/')).text).toContain('<title>Signalbox</title>');
  });

  it('keeps the metrics inside', async () => {
    const { status, headers } = await through('/metrics');
    expect([status, headers['x-request-id']]).toEqual([404, undefined]);
  });

  // From the address that the backend trusts, too: what a list adds to would be believed there.
  it.each(['127.0.0.1', '127.0.0.2'])(
    'tells the backend who calls, whatever the caller claims (%s)',
    async (address) => {
      const claims: Record<string, string>[] = [
        {},
        { 'X-Forwarded-For': '203.0.113.9' },
        { 'X-Forwarded-For': '203.0.113.9, 127.0.0.1', 'X-Real-IP': '203.0.113.9', Forwarded: 'for=203.0.113.9' },
      ];
      for (const claim of claims) {
        const { status, text } = await through('/api/v1/caller', claim, 'GET', address);
        expect([status, text]).toEqual([200, JSON.stringify({ address })]);
      }
    },
  );

  it('refuses a body that is too large before the backend sees it', async () => {
    const { status } = await through('/api/v1/x', { 'content-length': String(31 * 1024 * 1024) }, 'POST');
    expect(status).toBe(413);
  });

  it('logs the path and never the query', async () => {
    await through('/setup?code=hidden-code');
    while (!log().includes('GET /setup ')) await new Promise((settle) => setTimeout(settle, 10));
    expect(log()).not.toContain('hidden-code');
  });
});

describe('nginx with TLS', () => {
  const ca = () => readFileSync(join(folder, 'tls/fullchain.pem'));

  /** Shakes hands. @returns what was agreed on */
  async function agreed(options: ConnectionOptions) {
    const socket = connectTls({ host: '127.0.0.1', port: tls, servername: 'localhost', ca: ca(), ...options });
    try {
      await once(socket, 'secureConnect');
      return { protocol: socket.getProtocol(), cipher: socket.getCipher().name, alpn: socket.alpnProtocol };
    } finally {
      socket.destroy();
    }
  }

  it('speaks TLS 1.2 and newer, with forward secrecy and HTTP/2', async () => {
    expect(await agreed({ ALPNProtocols: ['h2', 'http/1.1'] })).toMatchObject({ protocol: 'TLSv1.3', alpn: 'h2' });
    expect(await agreed({ maxVersion: 'TLSv1.2' })).toMatchObject({
      protocol: 'TLSv1.2',
      cipher: expect.stringMatching(/^ECDHE-.*(?:GCM|POLY1305)/),
    });
    const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(agreed(old)).rejects.toThrow();
    await expect(agreed({ maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' })).rejects.toThrow();
  });

  it('serves page and API over HTTP/2, and keeps browsers on TLS', async () => {
    const session = connectHttp2(`https://localhost:${tls}`, { ca: ca() });
    for (const [path, type] of [
      ['/', 'text/html; charset=utf-8'],
      ['/api/openapi.json', 'application/json; charset=utf-8'],
      [script, 'text/javascript; charset=utf-8'],
    ]) {
      const stream = session.request({ ':path': path });
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
      expect([path, headers[':status'], headers['content-type']]).toEqual([path, http2.HTTP_STATUS_OK, type]);
      expect(headers['strict-transport-security']).toBe('max-age=31536000');
      stream.close();
    }
    session.destroy();
  });

  it('carries sockets', async () => {
    const make = factory(application.app);
    const team = await make.workspace().create();
    const { key } = await make.apiKey(team, team.owner).create();
    const url = `https://localhost:${tls}`;
    const { socket } = await openSocket(url, key, { ca: ca().toString() });
    expect(await ask(socket, 'head', {})).toMatchObject({ ok: true });
    socket.disconnect();
  });

  it('sends who comes without TLS there, and answers the certificate authority', async () => {
    const { status, headers } = await through(
      '/setup?code=a',
      { host: 'signals.example:8080' },
      'GET',
      '127.0.0.1',
      redirect,
    );
    expect([status, headers['location']]).toEqual([308, 'https://signals.example/setup?code=a']);
    const proof = await through('/.well-known/acme-challenge/word', {}, 'GET', '127.0.0.1', redirect);
    expect([proof.status, proof.text]).toEqual([200, 'proof']);
    expect((await through('/.well-known/acme-challenge/other', {}, 'GET', '127.0.0.1', redirect)).status).toBe(404);
  });

  it('slows an address that asks without end', async () => {
    const answers = await Promise.all(
      Array.from({ length: 700 }, () => through('/api/v1/caller', {}, 'GET', '127.0.0.9')),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses).toEqual(new Set([200, 429]));
    const slowed = answers.find(({ status }) => status === 429)!;
    expectGuarded(slowed.headers);
    expect((await through('/api/v1/caller')).status).toBe(200);
  });
});
