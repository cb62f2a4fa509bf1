// Plants secrets of every kind through a running application and looks for them everywhere but where they are shown.
import { createECDH, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { type TOTP, URI } from 'otpauth';
import pg from 'pg';
import { ensureBuild } from '../../../scripts/lib/build.mjs';
import { testInstance, type TestInstance } from '../harness.js';
import { type AppProcess, freePort, startApp } from '../signal/app-process.js';
import { smtpSink, type SmtpSink } from '../signal/smtp-sink.js';
import { unzip } from '../zip.js';
import { EchoingMailbox } from './echoing-mailbox.js';
import { distinct, Planted } from './planted.js';

jest.setTimeout(300_000);

const EMAIL = 'owner@example.com';
const planted = new Planted();
let instance: TestInstance;
let sink: SmtpSink;
let mailbox: EchoingMailbox;
let app: AppProcess;
let database: pg.Client;

interface Asked {
  token?: string;
  body?: unknown;
  raw?: string;
  headers?: Record<string, string>;
}

/** Everything that was ever answered: what was asked, and all that came back. */
const answers: { asked: string; text: string }[] = [];

/** Sends a request and keeps its answer. @param asked such as `POST /sessions`; a query is no part of its name */
async function ask<T = Record<string, unknown>>(asked: string, { token, body, raw, headers }: Asked = {}) {
  const [method = '', path = ''] = asked.split(' ');
  const response = await fetch(
    path.startsWith('/api') || path === '/metrics' ? app.url + path : `${app.url}/api/v1${path}`,
    {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined && raw === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(raw !== undefined ? { body: raw } : body === undefined ? {} : { body: JSON.stringify(body) }),
    },
  );
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString();
  const named = asked.split('?')[0]?.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id') ?? '';
  answers.push({ asked: named, text: `${JSON.stringify([...response.headers])}\n${text}` });
  const json = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '') && text !== '';
  return { status: response.status, headers: response.headers, bytes, body: (json ? JSON.parse(text) : {}) as T };
}

/** The token behind the link of a mail to somebody, by its subject. */
async function linkTo(address: string, about: string): Promise<string> {
  for (;;) {
    const mail = sink.mails.find(({ to, subject }) => to === address && subject.includes(about));
    const token = /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1];
    if (token) return token;
    await new Promise((settle) => setTimeout(settle, 50));
  }
}

async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((settle) => setTimeout(settle, 100));
}

beforeAll(async () => {
  await ensureBuild();
  [instance, sink, mailbox] = await Promise.all([testInstance(), smtpSink(), EchoingMailbox.start()]);
  const smtp = planted.note('the password of the mail server', distinct('smtp'));
  const rates = ['ANONYMOUS', 'USER', 'API_KEY', 'AUTH', 'UPLOAD', 'EXPORT'];
  app = await startApp({
    ...instance.env,
    SIGNALBOX_PORT: String(await freePort()),
    SIGNALBOX_HOST: '127.0.0.1',
    SIGNALBOX_LOG_LEVEL: 'trace',
    SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.1',
    SMTP_URL: sink.url.replace('smtp://', `smtp://mailer:${smtp}@`),
    STRIPE_SECRET_KEY: planted.note("Stripe's key", `sk_test_${distinct('stripe').replaceAll('-', '')}`),
    STRIPE_WEBHOOK_SECRET: planted.note(
      "the secret of Stripe's webhooks",
      `whsec_${distinct('hook').replaceAll('-', '')}`,
    ),
    STRIPE_PRICES: 'team=price_team',
    STRIPE_URL: `http://127.0.0.1:${mailbox.port}`,
    SIGNALBOX_SIGN_IN_PROVIDERS: JSON.stringify([
      {
        id: 'acme',
        name: 'Acme',
        issuer: `http://127.0.0.1:${mailbox.port}`,
        clientId: 'signalbox',
        clientSecret: planted.note('the client secret at an issuer', distinct('oidc')),
      },
    ]),
    ...Object.fromEntries(rates.map((rate) => [`SIGNALBOX_RATE_${rate}`, '1000000'])),
  });
  database = new pg.Client({ connectionString: instance.env.DATABASE_URL });
  await database.connect();
});

afterAll(async () => {
  await app?.stop();
  await database?.end();
  await Promise.all([sink?.close(), mailbox?.close()]);
  await instance?.dispose();
});

/** Who is signed in, and where. */
const owner = { token: '', workspace: '', password: '' };

async function signUp(): Promise<void> {
  owner.password = planted.note('a password', distinct('password'));
  const setupCode = planted.note('the code of the first owner', app.setupCode ?? '', {
    log: true,
    files: 'setup-code',
  });
  const body = {
    email: EMAIL,
    name: 'Owner',
    password: owner.password,
    setupCode,
    workspaceName: 'Signals',
    transport: 'body',
  };
  const { body: made } = await ask<{ session: Tokens }>('POST /registrations', { body });
  owner.token = noteTokens('the sign-up', made.session, 'POST /registrations');
  const { body: list } = await ask<{ items: { id: string }[] }>('GET /workspaces', { token: owner.token });
  owner.workspace = `/workspaces/${list.items[0]?.id}`;
  planted.note('the link that confirms an address', await linkTo(EMAIL, 'Confirm your address'));
  // Wrong in every way that an answer or a log line could repeat.
  const wrong = planted.note('a wrong password', distinct('wrong'));
  await ask('POST /sessions', { body: { email: EMAIL, password: wrong } });
  await ask('POST /sessions', { body: { email: EMAIL, password: { [wrong]: wrong } } });
  await ask('POST /sessions', { body: { email: EMAIL, password: [wrong], transport: 'body' } });
  await ask('POST /sessions', { raw: `{"email":"${EMAIL}","password":"${wrong}"` });
  await ask('POST /sessions', { raw: `{"email":"${EMAIL}","password":${wrong}}` });
  await ask(`POST /sessions?password=${wrong}`, { body: { email: EMAIL, password: wrong } });
  await ask(`GET /me?access_token=${owner.token}`, { headers: { 'x-request-id': 'planted' } });
  await ask('GET /me', { token: `${owner.token}x` });
  await ask('GET /me', { headers: { authorization: `Basic ${wrong}` } });
  await ask('POST /password-strength', { body: { password: wrong } });
}

interface Tokens {
  accessToken: string;
  refreshToken: string | null;
  csrfToken: string | null;
}

function noteTokens(of: string, tokens: Tokens, ...shown: string[]): string {
  // The signature: the rest of a token says nothing that is secret.
  planted.note(`the access token of ${of}`, tokens.accessToken.split('.')[2] ?? '', { answers: shown });
  if (tokens.refreshToken) planted.note(`the refresh token of ${of}`, tokens.refreshToken, { answers: shown });
  if (tokens.csrfToken) planted.note(`the CSRF token of ${of}`, tokens.csrfToken, { answers: shown });
  return tokens.accessToken;
}

/** A second factor, a sign-in with a recovery code, and a renewal by cookie. */
async function factors(): Promise<void> {
  const { body: enrolment } = await ask<{ secret: string; uri: string }>('POST /me/totp', { token: owner.token });
  planted.note('the secret of an authenticator app', enrolment.secret, { answers: ['POST /me/totp'] });
  const totp = URI.parse(enrolment.uri) as TOTP;
  const confirmed = await ask<{ recoveryCodes: string[] }>('POST /me/totp/confirmation', {
    token: owner.token,
    body: { code: totp.generate() },
  });
  expect(confirmed.status).toBe(200);
  const shown = { answers: ['POST /me/totp/confirmation'] };
  const codes = confirmed.body.recoveryCodes;
  codes.forEach((code, at) => planted.note(`recovery code ${at + 1}`, code, shown));
  const { body: asked } = await ask<{ challenge: string }>('POST /sessions', {
    body: { email: EMAIL, password: owner.password, transport: 'cookie' },
  });
  planted.note('the challenge of a second factor', asked.challenge, { answers: ['POST /sessions'] });
  const proof = { method: 'recovery_code', code: codes[0] };
  await ask('POST /sessions/second-factor', {
    body: { challenge: asked.challenge, proof: { ...proof, code: `${codes[1]}x` }, transport: 'cookie' },
  });
  // Access tokens of one session that were made in the same second are the same.
  const bothWays = ['POST /sessions/second-factor', 'POST /sessions/current/renewal'];
  const entered = await ask<Tokens>('POST /sessions/second-factor', {
    body: { challenge: asked.challenge, proof, transport: 'cookie' },
  });
  expect(entered.status).toBe(201);
  owner.token = noteTokens('a sign-in by cookie', entered.body, ...bothWays);
  const cookie = entered.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const refresh = /signalbox-session=([^;]+)/.exec(cookie)?.[1] ?? '';
  planted.note('the refresh token in a cookie', refresh, { answers: ['POST /sessions/second-factor'] });
  const headers = { cookie, origin: app.url, 'x-csrf-token': entered.body.csrfToken ?? '' };
  await ask('POST /sessions/current/renewal', { body: {}, headers: { ...headers, 'x-csrf-token': 'wrong' } });
  const renewed = await ask<Tokens>('POST /sessions/current/renewal', { body: {}, headers });
  expect(renewed.status).toBe(201);
  owner.token = noteTokens('a renewal', renewed.body, ...bothWays);
}

/** A key, made and used; a repetition that may not show it again. */
async function keys(): Promise<void> {
  const body = { name: 'Importer', scopes: ['deals:read'], expiresAt: null };
  const again = { 'idempotency-key': 'make-a-key' };
  const path = `POST ${owner.workspace}/api-keys`;
  const made = await ask<{ id: string; key: string }>(path, { token: owner.token, body, headers: again });
  expect(made.status).toBe(201);
  const key = planted.note('an API key', made.body.key, { answers: ['POST /workspaces/:id/api-keys'] });
  const repeated = await ask(path, { token: owner.token, body, headers: again });
  expect([repeated.status, planted.within(JSON.stringify(repeated.body))]).toEqual([409, []]);
  const turned = await ask<{ key: string }>(`${path}/${made.body.id}/rotation`, {
    token: owner.token,
    body: { overlapSeconds: 60 },
  });
  expect(turned.status).toBe(201);
  const shown = { answers: ['POST /workspaces/:id/api-keys/:id/rotation'] };
  planted.note('the new secret of an API key', turned.body.key, shown);
  await ask(`GET ${owner.workspace}/deals`, { token: key });
  await ask(`GET ${owner.workspace}/deals?key=${key}`, { headers: { 'x-api-key': key } });
  await ask('GET /me', { token: key });
  await ask(`GET ${owner.workspace}/deals`, { headers: { 'x-api-key': `${key.slice(0, -1)}_` } });
}

/** A mailbox that repeats its password when it refuses it, and other things that need credentials. */
async function connections(): Promise<void> {
  const settings = { host: '127.0.0.1', port: mailbox.port, security: 'none', user: 'deals' };
  const password = planted.note('the password of a mailbox', distinct('imap').replaceAll('-', ''));
  const path = `${owner.workspace}/sources`;
  const made = await ask<{ id: string }>(`POST ${path}`, {
    token: owner.token,
    headers: { 'idempotency-key': 'make-a-source' },
    body: { kind: 'imap', name: 'Mailbox', settings, credentials: { password } },
  });
  expect(made.status).toBe(201);
  await until(async () => {
    const { body } = await ask<{ lastError: string | null }>(`GET ${path}/${made.body.id}`, { token: owner.token });
    return body.lastError !== null;
  });
  expect(mailbox.said).toContain(password);
  const other = planted.note('the changed password of a mailbox', distinct('changed').replaceAll('-', ''));
  await ask(`PATCH ${path}/${made.body.id}`, { token: owner.token, body: { credentials: { password: other } } });
  await ask(`PATCH ${path}/${made.body.id}`, { token: owner.token, body: { credentials: { password: [other] } } });
  await ask('POST /sign-in-providers/acme/journey', { body: {} });
  const code = planted.note("an issuer's code", distinct('code'));
  await ask('POST /sessions/provider', { body: { provider: 'acme', response: `code=${code}&state=${code}` } });
  await ask(`POST ${owner.workspace}/checkouts`, { token: owner.token, body: { plan: 'team' } });
  await ask('POST /stripe/webhooks', {
    body: { id: 'evt_1', type: 'x', data: { object: {} } },
    headers: { 'stripe-signature': 't=1,v1=00' },
  });
}

/** Channels, whose addresses are secrets, and those that may not be. */
async function channels(): Promise<void> {
  const { token } = owner;
  const part = planted.note('the address of a webhook', distinct('hook'));
  const secret = planted.note(
    'the secret of a webhook',
    `whsec_${Buffer.from(distinct('signing')).toString('base64')}`,
  );
  const path = `POST ${owner.workspace}/channels`;
  const body = { kind: 'webhook', name: 'Pager', url: `https://203.0.113.9/${part}`, secret };
  const made = await ask<{ id: string }>(path, { token, body });
  expect(made.status).toBe(201);
  expect((await ask(`${path}/${made.body.id}/tests`, { token })).body).toMatchObject({ ok: false });
  const elsewhere = { url: `https://203.0.113.9/${part}/elsewhere` };
  expect((await ask(`PATCH ${path.slice(5)}/${made.body.id}`, { token, body: elsewhere })).status).toBe(200);
  const chat = { kind: 'slack', name: 'Ours', url: `https://hooks.slack.com/services/T/B/${part}` };
  expect((await ask(path, { token, body: chat })).status).toBe(201);
  expect((await ask(path, { token, body: { ...chat, url: `https://example.com/${part}` } })).status).toBe(400);
  expect((await ask(path, { token, body: { ...body, secret: `${secret}!` } })).status).toBe(400);
  const generated = await ask<{ secret: string }>(path, { token, body: { ...body, secret: undefined } });
  planted.note('the secret that was made for a webhook', generated.body.secret, {
    answers: ['POST /workspaces/:id/channels'],
  });
  const auth = planted.note('the secret of a browser', randomBytes(16).toString('base64url'));
  const key = createECDH('prime256v1').generateKeys('base64url');
  const endpoint = `https://203.0.113.9/${part}`;
  const device = { name: 'Firefox', endpoint, keys: { p256dh: key, auth } };
  const added = await ask<{ id: string }>('POST /me/push-devices', { token, body: device });
  expect(added.status).toBe(201);
  await ask(`POST /me/push-devices/${added.body.id}/tests`, { token });
  await ask('POST /me/push-devices', { token, body: { ...device, keys: { p256dh: auth, auth } } });
}

/** Links that are mailed: an invitation, a reset, another address. */
async function links(): Promise<void> {
  await ask(`POST ${owner.workspace}/invitations`, {
    token: owner.token,
    body: { email: 'guest@example.com', role: 'viewer' },
  });
  const invitation = planted.note('the link of an invitation', await linkTo('guest@example.com', 'invites you'));
  await ask('POST /invitations/preview', { body: { token: invitation } });
  await ask('POST /invitations/preview', { body: { token: `${invitation}x` } });
  const other = 'other@example.com';
  await ask('POST /me/email-change', { token: owner.token, body: { email: other } });
  planted.note('the link that moves an address', await linkTo(other, 'Confirm your new address'));
  await ask('DELETE /me/email-change', { token: owner.token });
  await ask('POST /account-unlocks', { body: { email: EMAIL } });
  await ask('POST /password-resets', { body: { email: EMAIL } });
  const reset = planted.note('the link of a reset', await linkTo(EMAIL, 'Set a new password'));
  const next = planted.note('the password of a reset', distinct('reset'));
  await ask('POST /password-resets/completion', { body: { token: `${reset}x`, password: next } });
  await ask('POST /password-resets/completion', { body: { token: reset, password: 'short' } });
}

/** What people and programs may read of all that: every list and page, and every export. */
async function readEverything(): Promise<void> {
  const begun = await ask<{ id: string }>('POST /me/exports', { token: owner.token });
  expect([begun.status, begun.status === 202 ? '' : begun.body]).toEqual([202, '']);
  const exported = `/me/exports/${begun.body.id}`;
  await until(async () => {
    const { body } = await ask<{ state: string }>(`GET ${exported}`, { token: owner.token });
    return body.state === 'ready';
  });
  const archive = await ask(`GET ${exported}/archive`, { token: owner.token });
  for (const [name, text] of await unzip(archive.bytes)) answers.push({ asked: `the export's ${name}`, text });
  const { body } = await ask<{ paths: Record<string, Record<string, unknown>> }>('GET /api/openapi.json');
  const read = Object.keys(body.paths).filter((path) => body.paths[path]?.['get'] && !/export|archive/.test(path));
  for (const path of read) {
    const filled = path.replace(/^\/api\/v1/, '').replace('/workspaces/{workspaceId}', owner.workspace);
    if (!filled.includes('{'))
      await ask(`GET ${filled.startsWith('/health') ? `/api/v1${filled}` : filled}`, { token: owner.token });
  }
  for (const format of ['csv', 'jsonl'])
    for (const path of [`${owner.workspace}/audit-export`, '/audit-export'])
      expect((await ask(`GET ${path}?format=${format}`, { token: owner.token })).status).toBe(200);
  expect((await ask('GET /metrics')).status).toBe(200);
}

describe('secrets of a running instance', () => {
  it('are planted', async () => {
    await signUp();
    await changePassword();
    await factors();
    await keys();
    await connections();
    await channels();
    await links();
    await readEverything();
    expect(planted.names.length).toBeGreaterThan(30);
    expect(answers.length).toBeGreaterThan(60);
  });

  it('are in no answer but the one that shows them', () => {
    const found = answers.flatMap(({ asked, text }) =>
      planted.within(text, ({ answers: shown }) => shown?.includes(asked) ?? false).map((name) => `${name}: ${asked}`),
    );
    expect(found).toEqual([]);
  });

  it('are in no line of the log, at its most talkative', () => {
    // More than is kept of it would have lost its beginning.
    expect(app.log().length).toBeLessThan(200_000);
    expect(app.log()).toContain('Signalbox is ready');
    expect(planted.within(app.log(), ({ log }) => log === true)).toEqual([]);
  });

  it('are in no row of any table: events, jobs, kept answers and all others', async () => {
    const { rows: tables } = await database.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and n.nspname = current_schema()`,
    );
    const found: string[] = [];
    let count = 0;
    for (const { name } of tables) {
      const { rows } = await database.query<{ row: string }>(`select t::text as row from ${name} as t`);
      count += rows.length;
      for (const { row } of rows) found.push(...planted.within(row).map((secret) => `${secret}: ${name}`));
    }
    expect([tables.length > 40, count > 60, found]).toEqual([true, true, []]);
  });

  it('are nowhere in Redis', async () => {
    const redis = new Redis(instance.env.REDIS_URL);
    const names = await redis.keys(`*${instance.env.SIGNALBOX_REDIS_PREFIX}*`);
    const found: string[] = [];
    for (const name of names)
      found.push(...planted.within(`${name} ${await contentOf(redis, name)}`).map((s) => `${s}: ${name}`));
    redis.disconnect();
    expect([names.length > 5, found]).toEqual([true, []]);
  });

  it('are in no file of the data folder', () => {
    const folder = instance.env.SIGNALBOX_DATA_DIR;
    const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) =>
      statSync(join(folder, file)).isFile(),
    );
    expect(files).toContain('keys/master-keys.json');
    const found = files.flatMap((file) =>
      planted
        .within(
          readFileSync(join(folder, file), 'latin1'),
          ({ files: own }) => own !== undefined && file.startsWith(own),
        )
        .map((secret) => `${secret}: ${file}`),
    );
    expect(found).toEqual([]);
  });

  it('would be found', () => {
    const secret = planted.note('what is looked for', distinct('sought'));
    const bytes = Buffer.from(secret);
    for (const text of [
      secret,
      `\\x${bytes.toString('hex')}`,
      bytes.toString('base64'),
      `?a=${encodeURIComponent(secret)}`,
    ])
      expect(planted.within(`{"a":"${text}"}`)).toEqual(['what is looked for']);
  });
});

async function changePassword(): Promise<void> {
  const next = planted.note('a new password', distinct('new'));
  const body = { currentPassword: owner.password, newPassword: next };
  expect((await ask('PUT /me/password', { token: owner.token, body })).status).toBeLessThan(300);
  owner.password = next;
}

async function contentOf(redis: Redis, name: string): Promise<string> {
  const type = await redis.type(name);
  if (type === 'string') return (await redis.get(name)) ?? '';
  if (type === 'hash') return JSON.stringify(await redis.hgetall(name));
  if (type === 'list') return JSON.stringify(await redis.lrange(name, 0, -1));
  if (type === 'set') return JSON.stringify(await redis.smembers(name));
  if (type === 'zset') return JSON.stringify(await redis.zrange(name, 0, -1));
  if (type === 'stream') return JSON.stringify(await redis.xrange(name, '-', '+'));
  throw new Error(`${name} is a ${type}, which this spec does not read.`);
}
