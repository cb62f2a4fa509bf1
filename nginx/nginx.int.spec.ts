import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
let nginx: ChildProcess;
let folder: string;
let port: number;

/** What nginx has written so far. */
const log = () => readFileSync(join(folder, 'log'), 'utf8');

/** Paths that nginx would otherwise take from its build, where only root may write; the log goes where we read it. */
const local = (at: string) =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${at}/${name};`).join('\n');

/** The repository's configuration with this run's ports; everything else is what production runs. */
function configure(backendPort: number): void {
  cpSync(join(root, 'nginx'), folder, { recursive: true });
  mkdirSync(join(folder, 'local'));
  writeFileSync(join(folder, 'local/test.conf'), local(folder));
  const upstream = readFileSync(join(root, 'nginx/upstream.conf'), 'utf8');
  writeFileSync(join(folder, 'upstream.conf'), upstream.replace('127.0.0.1:3000', `127.0.0.1:${backendPort}`));
  const main = readFileSync(join(root, 'nginx/nginx.conf'), 'utf8');
  const changed = main
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replace('/srv/signalbox', join(root, 'frontend/dist'));
  expect(changed).not.toBe(main);
  writeFileSync(join(folder, 'nginx.conf'), changed);
}

const options = (more: string) => [
  '-e',
  'stderr',
  '-p',
  folder,
  '-c',
  join(folder, 'nginx.conf'),
  '-g',
  `pid ${folder}/pid; ${more}`,
];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return free;
}

/** Sends a request through nginx, from one of the machine's addresses. */
async function through(path: string, headers: Record<string, string> = {}, method = 'GET', localAddress = '127.0.0.1') {
  const answer = await new Promise<IncomingMessage>((answered, failed) =>
    httpRequest({ host: '127.0.0.1', port, path, method, headers, localAddress, agent: false }, answered)
      .on('error', failed)
      .end(),
  );
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  return { status: answer.statusCode, headers: answer.headers, text };
}

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
  port = await freePort();
  configure((application.app.getHttpServer().address() as AddressInfo).port);
  // A file, since nginx cannot open /dev/stdout when that is a pipe of Node's, which is a socket.
  const output = openSync(join(folder, 'log'), 'a');
  const args = options('daemon off; master_process off;');
  nginx = spawn(findProgram('nginx')!, args, { stdio: ['ignore', output, output] });
  closeSync(output);
  for (let ready = false; !ready;) {
    if (nginx.exitCode !== null) throw new Error(log());
    ready = await new Promise<boolean>((answer) => {
      const socket = connect(port, '127.0.0.1', () => answer(true));
      socket.on('error', () => setTimeout(answer, 20, false)).on('connect', () => socket.destroy());
    });
  }
});

afterAll(async () => {
  const ended = new Promise((settle) => nginx.once('exit', settle));
  nginx.kill('SIGTERM');
  await ended;
  await application.close();
  rmSync(folder, { recursive: true });
});

describe('nginx', () => {
  it('accepts the configuration', () => {
    const before = log().length;
    const output = openSync(join(folder, 'log'), 'a');
    const { status } = spawnSync(findProgram('nginx')!, ['-t', ...options('')], { stdio: ['ignore', output, output] });
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

  it('serves files of the console itself, under the same policy', async () => {
    const { status, headers, text } = await through('/signalbox.svg');
    expect([status, headers['content-type']]).toEqual([200, 'image/svg+xml']);
    expect(text).toBe(readFileSync(join(root, 'frontend/public/signalbox.svg'), 'utf8'));
    expect(headers['cache-control']).toBe('no-cache');
    expectGuarded(headers);
    expect(headers['x-request-id']).toBeUndefined();
  });

  it.each<[string, number, () => Promise<{ status: number | undefined; headers: IncomingHttpHeaders }>]>([
    ['what it does not show', 404, () => through('/metrics')],
    ['a body that is too large', 413, () => through('/api/v1/x', { 'content-length': '99999999' }, 'POST')],
    ['an address that is too long', 414, () => through(`/${'x'.repeat(20_000)}`)],
    ['a method that it does not serve for files', 405, () => through('/signalbox.svg', {}, 'POST')],
    ['what is not HTTP', 400, () => spoken('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')],
  ])('guards its own error pages: %s', async (_, status, ask) => {
    const answer = await ask();
    expect([answer.status, answer.headers['cache-control']]).toEqual([status, 'no-store']);
    expectGuarded(answer.headers);
  });

  it('says each of these things once on what it passes on', async () => {
    for (const path of ['/', '/api/v1/nowhere', '/api/docs', '/missing.css', '/health']) {
      const { headers } = await through(path);
      expectGuarded(headers);
      for (const name of GUARDS)
        expect([name, String(headers[name])]).not.toEqual([name, expect.stringMatching(REPEATED)]);
    }
  });

  it('keeps browsers on https where TLS ends before it, and there only', async () => {
    for (const path of ['/metrics', '/signalbox.svg']) {
      const { headers } = await through(path, { 'X-Forwarded-Proto': 'https' });
      expect(headers['strict-transport-security']).toBe('max-age=31536000');
      expect((await through(path)).headers['strict-transport-security']).toBeUndefined();
    }
  });

  it('asks the backend for a file that it has not got', async () => {
    const { status, headers } = await through('/missing.css');
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
