import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Tenant, uploadSource } from './tenants.js';
import { wholeApplication, type WholeApplication } from './whole-application.js';

const MEGABYTE = 1024 * 1024;
const TIMEOUT_MS = 2_000;

jest.setTimeout(120_000);

/** A refusal as a client sees it. */
interface Refusal {
  status: number;
  type: string;
  problem: { code: string; detail: string; errors?: { path: string }[]; reason?: string };
}

let whole: WholeApplication;
let tenant: Tenant;
let authorization: string;

beforeAll(async () => {
  whole = await wholeApplication({
    SIGNALBOX_REGISTRATION: 'open',
    SIGNALBOX_REQUEST_TIMEOUT_MS: String(TIMEOUT_MS),
  });
  tenant = await Tenant.create(whole);
  ({ authorization } = tenant.workspace.owner.headers);
});
afterAll(() => whole.close());

/** Sends a request over a socket. A body that is no text, bytes or form goes as JSON. */
async function send(
  method: string,
  path: string,
  body?: object | string | Uint8Array<ArrayBuffer> | FormData,
  headers: Record<string, string> = {},
): Promise<Refusal> {
  const raw = typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData;
  const type = body instanceof FormData ? {} : { 'content-type': 'application/json' };
  const response = await fetch(whole.url + path, {
    method,
    headers: { authorization, ...(body === undefined ? {} : type), ...headers },
    ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
  });
  return refusal(response.status, response.headers.get('content-type') ?? '', await response.text());
}

function refusal(status: number, type: string, text: string): Refusal {
  return { status, type, problem: type.includes('json') ? (JSON.parse(text) as Refusal['problem']) : ({} as never) };
}

/** Writes bytes to a socket as they are, then what `more` gives, until the server ends it. */
async function exchange(head: string, more?: (write: (bytes: string) => boolean) => () => void): Promise<Refusal> {
  const { hostname, port } = new URL(whole.url);
  const text = await new Promise<string>((resolve) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A server that has answered need not take the rest of what is sent.
    socket.on('error', () => undefined);
    socket.write(head);
    const stop = more?.((bytes) => !socket.destroyed && socket.write(bytes));
    socket.on('close', () => {
      stop?.();
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
  const [headers = '', body = ''] = text.split('\r\n\r\n');
  const type = /^content-type: *(.*)$/im.exec(headers)?.[1] ?? '';
  return refusal(Number(/^HTTP\/1\.1 (\d+)/.exec(headers)?.[1] ?? 0), type, body);
}

/** Refused with a status, a code and a sentence. @returns the paths of the fields that it names */
function refused({ status, type, problem }: Refusal, expected: number, code: string): string[] {
  expect({ status, type, code: problem.code }).toEqual({
    status: expected,
    type: expect.stringContaining('application/problem+json'),
    code,
  });
  expect(problem.detail).toMatch(/^[^\0\ud800-\udfff]{10,500}[.?]$/);
  return (problem.errors ?? []).map((error) => error.path);
}

const alive = async () => expect((await fetch(`${whole.url}/health/ready`)).status).toBe(200);
const url = (path: string) => tenant.workspace.url(path);
const count = async (table: string) =>
  Number((await whole.make.sql<{ n: string }>(`select count(*) as n from ${table}`, []))[0]?.n);

describe('too much', () => {
  it.each(['mail.eml', 'mail.mbox'])('a mail of 26 MB is refused and not kept: %s', async (name) => {
    const source = await uploadSource(tenant);
    const before = await count('message');
    const start = name.endsWith('mbox') ? 'From a@example.com Sat Nov 21 10:00:00 2026\n' : '';
    const mail = `${start}From: a@example.com\r\nSubject: Big\r\n\r\n${'x'.repeat(26 * MEGABYTE)}`;
    const form = new FormData();
    form.append('files', new Blob([mail]), name);
    refused(await send('POST', url(`sources/${source}/uploads`), form), 413, 'payload_too_large');
    expect(await count('message')).toBe(before);
    await alive();
  });

  it.each([
    ['nothing', ''],
    ['half a boundary', '-'],
    [
      'a part without an end',
      '--x\r\nContent-Disposition: form-data; name="files"; filename="a.eml"\r\n\r\nFrom: a@b.example',
    ],
    ['headers without an end', '--x\r\nContent-Disposition: form-data'],
    ['another boundary', '--y\r\n\r\n--y--\r\n'],
    [
      'a forbidden name',
      '--x\r\nContent-Disposition: form-data; name="__proto__"; filename="a.eml"\r\n\r\na\r\n--x--\r\n',
    ],
  ])('a form of %s is refused and nothing is kept', async (_, form) => {
    const source = await uploadSource(tenant);
    const before = await count('message');
    const type = { 'content-type': 'multipart/form-data; boundary=x' };
    refused(await send('POST', url(`sources/${source}/uploads`), form, type), 400, 'validation_failed');
    expect(await count('message')).toBe(before);
  });

  it('a pasted text of 2 MB is refused', async () => {
    const source = await uploadSource(tenant);
    const answer = await send('POST', url(`sources/${source}/messages`), { text: 'x'.repeat(2 * MEGABYTE) });
    expect(refused(answer, 400, 'validation_failed')).toEqual(['/body/text']);
  });

  it('a JSON body of more than 1 MB is refused by its length, before it is read', async () => {
    const head = [
      `POST ${url('subscriptions')} HTTP/1.1`,
      'Host: localhost',
      `Authorization: ${authorization}`,
      'Content-Type: application/json',
      'Content-Length: 99999999999',
    ];
    refused(await exchange(`${head.join('\r\n')}\r\n\r\n{`), 413, 'payload_too_large');
  });

  it('a compressed body is refused unopened, whatever it would become', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * MEGABYTE, 0x20));
    for (const coding of ['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip'])
      refused(
        await send('POST', url('subscriptions'), new Uint8Array(bomb), { 'content-encoding': coding }),
        415,
        'unsupported_media_type',
      );
    await alive();
  });

  it('a body that never ends is cut off at its limit', async () => {
    const head = [
      `POST ${url('subscriptions')} HTTP/1.1`,
      'Host: localhost',
      `Authorization: ${authorization}`,
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    ];
    const chunk = 'x'.repeat(65_536);
    const answer = await exchange(`${head.join('\r\n')}\r\n\r\n`, (write) => {
      const timer = setInterval(() => write(`10000\r\n${chunk}\r\n`), 5);
      return () => clearInterval(timer);
    });
    refused(answer, 413, 'payload_too_large');
  });

  it.each([
    ['headers', (authorized: string[]) => `${[...authorized.slice(0, 2)].join('\r\n')}\r\n`],
    ['a body', (authorized: string[]) => `${[...authorized, 'Content-Length: 1000'].join('\r\n')}\r\n\r\n{`],
  ])('%s that drip in forever are given up', async (_, begin) => {
    const head = begin([
      `POST ${url('subscriptions')} HTTP/1.1`,
      'Host: localhost',
      `Authorization: ${authorization}`,
      'Content-Type: application/json',
    ]);
    const answer = await exchange(head, (write) => {
      const timer = setInterval(() => write('a'), 100);
      return () => clearInterval(timer);
    });
    refused(answer, 408, 'request_timeout');
    await alive();
  });

  it('headers and addresses beyond 16 kB are refused', async () => {
    refused(await send('GET', url('deals'), undefined, { 'x-big': 'x'.repeat(17_000) }), 431, 'headers_too_large');
    refused(await send('GET', url(`deals?filter=${'a'.repeat(100_000)}`)), 431, 'headers_too_large');
    refused(await send('GET', `/api/v1/unsubscriptions/${'a'.repeat(1_000)}`), 414, 'uri_too_long');
  });
});

describe('filters', () => {
  const filters = {
    'too-long': 'a'.repeat(100_000),
    'too-deep': `${'('.repeat(1000)}a${')'.repeat(1000)}`,
  };

  it.each(Object.entries(filters))('%s is refused wherever one is taken', async (reason, filter) => {
    const before = await count('subscription');
    for (const path of ['subscriptions', 'subscription-previews']) {
      const answer = await send('POST', url(path), { filter });
      expect(refused(answer, 400, 'filter_refused')).toEqual(['/body/filter']);
      expect(answer.problem.reason).toBe(reason);
    }
    expect(await count('subscription')).toBe(before);
  });

  it('1,000 deep is refused in an address too', async () => {
    const answer = await send('GET', url(`deals?filter=${encodeURIComponent(filters['too-deep'])}`));
    expect(refused(answer, 400, 'filter_refused')).toEqual(['/query/filter']);
  });
});

describe('cursors', () => {
  it('of another list, sort, filter or workspace are refused, and so are made-up ones', async () => {
    for (const name of ['a', 'b']) await tenant.made('subscriptions', { filter: '', name });
    for (const name of ['a', 'b']) await tenant.made('sources', { kind: 'smtp', name });
    const { nextCursor } = await tenant.get<{ nextCursor: string }>('subscriptions?limit=1&sort=name');
    const cursor = encodeURIComponent(nextCursor);
    expect((await send('GET', url(`subscriptions?sort=name&cursor=${cursor}`))).status).toBe(200);
    const [body = '', signature = ''] = [nextCursor.split('.')[0], nextCursor.slice(nextCursor.indexOf('.'))];
    const forged = Buffer.from('["z","01900000-0000-7000-8000-000000000000"]').toString('base64url') + signature;
    for (const path of [
      `sources?sort=name&cursor=${cursor}`,
      `subscriptions?sort=createdAt&cursor=${cursor}`,
      `subscriptions?sort=-name&cursor=${cursor}`,
      `deliveries?cursor=${cursor}`,
      `deals?cursor=${cursor}`,
      `subscriptions?sort=name&cursor=${forged}`,
      `subscriptions?sort=name&cursor=${body}`,
      'subscriptions?sort=name&cursor=%20',
    ])
      expect([path, refused(await send('GET', url(path)), 400, 'validation_failed')]).toEqual([
        path,
        ['/query/cursor'],
      ]);
  });
});

describe('texts that no handler must see', () => {
  it.each([
    ['__proto__', '{"filter":"","__proto__":{"paused":true}}', '/body/__proto__'],
    ['constructor', '{"filter":"","constructor":{"prototype":{"paused":true}}}', '/body/constructor'],
    ['a null byte', '{"filter":"a\\u0000b"}', '/body/filter'],
    ['half a surrogate pair', '{"filter":"","name":"\\ud800"}', '/body/name'],
    ['the other half', '{"filter":"","name":"\\udc00x"}', '/body/name'],
    ['nesting without end', `{"filter":${'['.repeat(5000)}${']'.repeat(5000)}}`, /^\/body\/filter/],
    ['a raw null byte', '{"filter":"a\0b"}', '/body'],
    ['half a document', '{"filter":', '/body'],
  ])('JSON with %s is refused and nothing is stored', async (_, body, path) => {
    const before = await count('subscription');
    const [at = ''] = refused(await send('POST', url('subscriptions'), body), 400, 'validation_failed');
    if (typeof path === 'string') expect(at).toBe(path);
    else expect(at).toMatch(path);
    expect(await count('subscription')).toBe(before);
    expect(({} as { paused?: boolean }).paused).toBeUndefined();
  });

  it('bytes that are no UTF-8 are refused', async () => {
    const bytes = new Uint8Array([...Buffer.from('{"filter":"'), 0xc3, 0x28, ...Buffer.from('"}')]);
    refused(await send('POST', url('subscriptions'), bytes), 400, 'validation_failed');
  });

  it.each(['%', '%zz', '%c0%af', '%ed%a0%80', '%ff', 'a%'])('an address with %s is refused', async (junk) => {
    refused(await send('GET', `/api/v1/unsubscriptions/${junk}`), 400, 'validation_failed');
    expect(refused(await send('GET', url(`deals?filter=${junk}`)), 400, 'validation_failed')).toEqual([
      '/query/filter',
    ]);
    refused(await send('GET', `/${junk}`), 400, 'validation_failed');
  });

  it('an encoded null byte in an address is refused', async () => {
    expect(refused(await send('GET', url('deals?filter=a%00b')), 400, 'validation_failed')).toEqual(['/query/filter']);
    expect([400, 404]).toContain((await send('GET', '/api/v1/unsubscriptions/a%00b')).status);
  });

  it('what is no HTTP is answered and hung up on', async () => {
    refused(await exchange('BREW / HTCPCP/1.0\r\n\r\n'), 400, 'malformed_request');
    refused(await exchange('GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n'), 400, 'malformed_request');
    const smuggled = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    refused(await exchange(smuggled), 400, 'malformed_request');
    await alive();
  });
});

describe('addresses that are none', () => {
  it.each(['', ' ', 'nonsense', 'http://', 'ftp://example.com/', 'http://a:b@example.com/', 'javascript:1'])(
    'a feed at %j is refused',
    async (address) => {
      const body = { kind: 'feed', name: 'A feed', settings: { url: address } };
      expect(refused(await send('POST', url('sources'), body), 400, 'validation_failed')).toContain(
        '/body/settings/url',
      );
    },
  );
});

describe('recipients that smuggle headers', () => {
  const addresses = [
    'a@example.com\r\nBcc: victim@example.com',
    'a@example.com\nSubject: x',
    'a@example.com%0aBcc: victim@example.com\r',
    'a@example.com, victim@example.com',
    'A <a@example.com>',
    '"a\r\nBcc: v@example.com"@example.com',
    'a@example.com\u2028Bcc: v@example.com',
    'a@exa\0mple.com',
    '<a@example.com>, <victim@example.com>',
    'a@example.com;victim@example.com',
  ];

  it.each(addresses)('%j is refused by every route that mails, and nothing is queued', async (email) => {
    const before = [
      await count('job'),
      await count('preview_mail'),
      await count('invitation'),
      await count('user_account'),
    ];
    const password = 'something quite long';
    for (const [path, body] of [
      [url('invitations'), { email, role: 'viewer' }],
      ['/api/v1/registrations', { name: 'Ada', email, password }],
      ['/api/v1/password-resets', { email }],
      ['/api/v1/email-verifications', { email }],
      ['/api/v1/sessions', { email, password }],
    ] as const)
      expect([path, refused(await send('POST', path, body), 400, 'validation_failed')]).toEqual([
        path,
        ['/body/email'],
      ]);
    expect([
      await count('job'),
      await count('preview_mail'),
      await count('invitation'),
      await count('user_account'),
    ]).toEqual(before);
  });

  it.each(['Ada\r\nBcc: v@example.com', 'Ada\u2028Bcc: v@example.com', 'Ada\u202egnp.exe'])(
    'a name such as %j is refused',
    async (name) => {
      const body = { name, email: 'ada@example.com', password: 'something quite long' };
      expect(refused(await send('POST', '/api/v1/registrations', body), 400, 'validation_failed')).toEqual([
        '/body/name',
      ]);
      expect(refused(await send('PATCH', url(''), { name }), 400, 'validation_failed')).toEqual(['/body/name']);
    },
  );
});
