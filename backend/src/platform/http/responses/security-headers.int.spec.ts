import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { expectGuarded } from '#test/guards.js';
import { bootHttp, type HttpKit } from '#test/http-kit.js';
import { Endpoint, Input } from '../index.js';

const ALLOWED = 'https://console.example.com';
const body = z.strictObject({ text: z.string() });

@Controller('guarded')
class GuardedController {
  @Get('plain')
  @Endpoint({ permission: 'public', summary: 'Answers', response: body, etag: true })
  plain() {
    return { text: 'plain' };
  }

  @Get('fault')
  @Endpoint({ permission: 'public', summary: 'Fails', response: body })
  fault(): z.infer<typeof body> {
    throw new TypeError('a fault of ours');
  }

  @Get('never')
  @Endpoint({ permission: 'public', summary: 'Never answers', status: 204 })
  never() {
    return new Promise(() => undefined);
  }

  @Get('own')
  @Endpoint({ permission: 'self', summary: 'For people', response: body })
  own() {
    return { text: 'own' };
  }

  @Get('named/:name')
  @Endpoint({ permission: 'public', summary: 'Has a name', params: z.object({ name: z.string() }), response: body })
  named() {
    return { text: 'named' };
  }

  @Post()
  @Endpoint({ permission: 'public', summary: 'Takes', body, response: body })
  take(@Input.body() taken: z.infer<typeof body>) {
    return taken;
  }
}

const AT = '/api/v1/guarded';
const START: [string, boolean][] = [
  ['https://signalbox.example.com', true],
  ['http://signalbox.internal:3000', false],
];

describe.each(START)('an answer of %s', (publicUrl, secure) => {
  let kit: HttpKit;
  beforeAll(async () => {
    const env = {
      SIGNALBOX_CORS_ORIGINS: ALLOWED,
      SIGNALBOX_PUBLIC_URL: publicUrl,
      SIGNALBOX_REQUEST_TIMEOUT_MS: '1000',
    };
    kit = await bootHttp({ controllers: [GuardedController], env });
  });
  afterAll(() => kit.close());

  const json = { 'content-type': 'application/json' };
  const classes: [string, number, string, string, RequestInit][] = [
    ['a success', 200, 'GET', `${AT}/plain`, {}],
    ['a success without its body', 200, 'HEAD', `${AT}/plain`, {}],
    ['something made', 201, 'POST', AT, { headers: json, body: '{"text":"x"}' }],
    ['what the caller has already', 304, 'GET', `${AT}/plain`, { headers: { 'if-none-match': '*' } }],
    ['a field that is wrong', 400, 'POST', AT, { headers: json, body: '{"text":1}' }],
    ['what is not JSON', 400, 'POST', AT, { headers: json, body: '{' }],
    ['somebody who is not signed in', 401, 'GET', `${AT}/own`, {}],
    ["another site's page", 403, 'POST', AT, { headers: { ...json, origin: 'https://evil.example' }, body: '{}' }],
    ['nothing there', 404, 'GET', '/nowhere', {}],
    ['another method', 405, 'DELETE', `${AT}/plain`, {}],
    ['a body too large', 413, 'POST', AT, { headers: json, body: `"${'x'.repeat(2_000_000)}"` }],
    ['a body of another type', 415, 'POST', AT, { headers: { 'content-type': 'text/plain' }, body: 'x' }],
    ['a fault of ours', 500, 'GET', `${AT}/fault`, {}],
    ['a handler that is given up', 503, 'GET', `${AT}/never`, {}],
    ['an address that cannot be decoded', 400, 'GET', `${AT}/named/%zz`, {}],
    ['a name that is too long', 414, 'GET', `${AT}/named/${'x'.repeat(300)}`, {}],
    ['a preflight', 204, 'OPTIONS', AT, { headers: { origin: ALLOWED, 'access-control-request-method': 'POST' } }],
  ];
  it.each(classes)('tells browsers all they need, and to keep nothing: %s', async (_, status, method, path, init) => {
    const answer = await fetch(kit.url + path, { ...init, method });
    await answer.arrayBuffer();
    const headers = Object.fromEntries(answer.headers);
    expect([answer.status, headers['cache-control']]).toEqual([status, 'no-store']);
    expectGuarded(headers, secure);
  });

  const files = ['/api/docs', '/api/docs/start.js', '/api/docs/swagger-ui.css', '/api/openapi.json'];
  it.each(files)('tells browsers all they need beside a file that may be kept: %s', async (path) => {
    const answer = await fetch(kit.url + path);
    await answer.arrayBuffer();
    const headers = Object.fromEntries(answer.headers);
    expect([answer.status, headers['cache-control']]).toEqual([200, expect.stringMatching(/no-cache|max-age/)]);
    expectGuarded(headers, secure);
  });

  it.each([
    ['what is not HTTP', 'nonsense\r\n\r\n', 400],
    ['two lengths of one body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['headers that are too large', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
    ['a request that does not end', 'POST /api/v1/guarded HTTP/1.1\r\nHost: a\r\nContent-Le', 408],
  ])('tells the same to what never became a request: %s', async (_, text, status) => {
    const answer = await spoken(kit.url, text);
    expect([answer.status, answer.headers['cache-control']]).toEqual([status, 'no-store']);
    expectGuarded(answer.headers, secure);
  });
});

describe('the origins whose pages may read answers', () => {
  let kit: HttpKit;
  beforeAll(async () => {
    const env = { SIGNALBOX_CORS_ORIGINS: ALLOWED, SIGNALBOX_PUBLIC_URL: 'https://signalbox.example.com' };
    kit = await bootHttp({ controllers: [GuardedController], env });
  });
  afterAll(() => kit.close());
  const grants = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-allow'));

  it.each([
    'https://evil.example',
    'null',
    '*',
    'http://console.example.com',
    'https://console.example.com:8443',
    'https://console.example.com.evil.example',
    'https://evil-console.example.com',
    'https://evil.console.example.com',
    'https://console.example.com@evil.example',
    'https://CONSOLE.example.com.',
    'file://',
  ])('are not reflected: %s', async (origin) => {
    const asked = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-csrf-token' };
    for (const path of [`${AT}/plain`, '/api/v1/nowhere', `${AT}/fault`]) {
      const answer = await kit.call('GET', path, { headers: { origin } });
      expect([path, answer.headers.get('access-control-allow-origin')]).toEqual([path, null]);
    }
    const preflight = await kit.call('OPTIONS', AT, { headers: asked });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('are those of the settings, with credentials, refusals too, and never "*"', async () => {
    for (const path of [`${AT}/plain`, '/api/v1/nowhere', `${AT}/fault`]) {
      const { headers } = await kit.call('GET', path, { headers: { origin: ALLOWED } });
      expect([headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')]).toEqual([
        ALLOWED,
        'true',
      ]);
      expect(headers.get('vary')).toContain('Origin');
    }
    const asked = { origin: ALLOWED, 'access-control-request-method': 'POST' };
    const { headers } = await kit.call('OPTIONS', AT, { headers: asked });
    expect(headers.get('access-control-allow-headers')).toContain('X-CSRF-Token');
    expect(headers.get('access-control-allow-methods')).not.toContain('*');
  });

  it('are none when the settings name none, not even for a preflight', async () => {
    const alone = await bootHttp({ controllers: [GuardedController], instance: kit.instance });
    try {
      const plain = await alone.call('GET', `${AT}/plain`, { headers: { origin: ALLOWED } });
      const asked = { origin: ALLOWED, 'access-control-request-method': 'POST' };
      const preflight = await alone.call('OPTIONS', AT, { headers: asked });
      expect([...grants(plain.headers), ...grants(preflight.headers)]).toEqual([]);
    } finally {
      await alone.close();
    }
  });
});

/** Says something that no HTTP client would. */
async function spoken(url: string, text: string): Promise<{ status: number; headers: Record<string, string> }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
  let said = '';
  for await (const chunk of socket.setEncoding('utf8')) said += String(chunk);
  const [first = '', ...lines] = said.split('\r\n\r\n')[0]?.split('\r\n') ?? [];
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ]);
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers) as Record<string, string> };
}
