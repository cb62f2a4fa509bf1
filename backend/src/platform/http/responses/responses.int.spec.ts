import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Patch, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { bootHttp, type HttpKit, person } from '#test/http-kit.js';
import { Endpoint, expectVersion, IfMatch, Input, PreconditionFailed } from '../index.js';

const thing = z.object({ name: z.string(), version: z.number() });
const state = { name: 'one', version: 1 };

@Controller('things')
class ThingsController {
  @Get('versioned')
  @Endpoint({ permission: 'public', summary: 'Has a version', response: thing, etag: true })
  versioned() {
    return { ...state };
  }

  @Get('hashed')
  @Endpoint({ permission: 'public', summary: 'Has none', response: z.object({ name: z.string() }), etag: true })
  hashed() {
    return { name: state.name };
  }

  @Patch('versioned')
  @Endpoint({
    permission: 'public',
    summary: 'Changes',
    body: z.object({ name: z.string() }),
    response: thing,
    etag: true,
    errors: [PreconditionFailed],
  })
  change(@Input.body() { name }: { name: string }, @IfMatch() ifMatch: string | undefined) {
    expectVersion(ifMatch, state.version);
    state.name = name;
    state.version++;
    return { ...state };
  }

  @Get('large')
  @Endpoint({ permission: 'public', summary: 'Large', response: z.object({ text: z.string() }) })
  large() {
    return { text: 'signal '.repeat(1000) };
  }

  @Get('wrong')
  @Endpoint({ permission: 'public', summary: 'Answers what it does not declare', response: thing })
  wrong() {
    return { name: 'x', version: 1, password: 'leaked' };
  }

  @Post('upload')
  @Endpoint({
    permission: 'self',
    summary: 'Takes a file',
    multipart: true,
    rateClass: 'upload',
    body: z.object({ file: z.string() }),
    response: z.object({ bytes: z.number(), name: z.string() }),
  })
  async upload(@Req() request: FastifyRequest) {
    const file = await request.file();
    const bytes = await file?.toBuffer();
    return { bytes: bytes?.length ?? 0, name: file?.filename ?? '' };
  }
}

const AT = '/api/v1/things';

describe('an answer', () => {
  let kit: HttpKit;
  beforeAll(async () => {
    const env = {
      SIGNALBOX_CORS_ORIGINS: 'https://console.example.com',
      SIGNALBOX_UPLOAD_MB: '1',
      SIGNALBOX_PUBLIC_URL: 'https://signalbox.example.com',
    };
    kit = await bootHttp({ controllers: [ThingsController], env });
  });
  afterAll(() => kit.close());

  it.each(['versioned', 'hashed'])('carries an ETag and is 304 while nothing changes (%s)', async (path) => {
    const first = await kit.call('GET', `${AT}/${path}`);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"/);
    const again = await kit.call('GET', `${AT}/${path}`, { headers: { 'if-none-match': `"other", ${tag}` } });
    expect(again).toMatchObject({ status: 304, text: '' });
    expect(again.headers.get('etag')).toBe(tag);
    state.name = `${state.name}.`;
    state.version++;
    const changed = await kit.call('GET', `${AT}/${path}`, { headers: { 'if-none-match': tag } });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(tag);
  });

  it('refuses the change of somebody who saw an older state', async () => {
    const tag = (await kit.call('GET', `${AT}/versioned`)).headers.get('etag') ?? '';
    const patch = (name: string) =>
      kit.call('PATCH', `${AT}/versioned`, { body: { name }, headers: { 'if-match': tag } });
    const first = await patch('first');
    expect(first.status).toBe(200);
    expect(first.headers.get('etag')).not.toBe(tag);
    const late = await patch('late');
    expect(late).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
    expect(late.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(state.name).toBe('first');
    expect(
      (await kit.call('PATCH', `${AT}/versioned`, { body: { name: 'any' }, headers: { 'if-match': '*' } })).status,
    ).toBe(200);
    expect((await kit.call('PATCH', `${AT}/versioned`, { body: { name: 'free' } })).status).toBe(200);
  });

  it('is compressed from 1 kB when the caller takes it', async () => {
    const plain = await bytes(kit.url, `${AT}/large`, {});
    const br = await bytes(kit.url, `${AT}/large`, { 'accept-encoding': 'gzip, br' });
    const gzip = await bytes(kit.url, `${AT}/large`, { 'accept-encoding': 'gzip' });
    const small = await bytes(kit.url, `${AT}/hashed`, { 'accept-encoding': 'br' });
    expect(plain.encoding).toBeUndefined();
    expect(br.encoding).toBe('br');
    expect(gzip.encoding).toBe('gzip');
    expect(small.encoding).toBeUndefined();
    expect(brotliDecompressSync(br.body)).toEqual(plain.body);
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    expect(br.body.length).toBeLessThan(plain.body.length / 5);
  });

  it('carries strict security headers, refusals too', async () => {
    for (const path of [`${AT}/hashed`, '/api/v1/nowhere', '/api/docs']) {
      const { headers } = await kit.call('GET', path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toContain('max-age=');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('may be read by allowed origins only', async () => {
    const from = (origin: string) => kit.call('GET', `${AT}/hashed`, { headers: { origin } });
    const allowed = await from('https://console.example.com');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://console.example.com');
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true');
    expect((await from('https://evil.example.com')).headers.get('access-control-allow-origin')).toBeNull();
    const preflight = await kit.call('OPTIONS', `${AT}/versioned`, {
      headers: { origin: 'https://console.example.com', 'access-control-request-method': 'PATCH' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH');
  });

  it('is checked against its schema in specs', async () => {
    const answer = await kit.call('GET', `${AT}/wrong`);
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('leaked');
  });

  it('takes files up to the limit', async () => {
    const upload = (size: number) => {
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(size)]), 'mail.eml');
      return fetch(`${kit.url}${AT}/upload`, {
        method: 'POST',
        body: form,
        headers: { authorization: `Test ${JSON.stringify(person())}` },
      });
    };
    const taken = await upload(900_000);
    expect(taken.status).toBe(201);
    expect(await taken.json()).toEqual({ bytes: 900_000, name: 'mail.eml' });
    const refused = await upload(1_200_000);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ code: 'payload_too_large' });
    expect(await kit.call('POST', `${AT}/upload`, { as: person(), body: { file: 'x' } })).toMatchObject({
      status: 415,
    });
  });
});

function bytes(
  url: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ encoding: string | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    httpRequest(url + path, { headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ encoding: answer.headers['content-encoding'], body: Buffer.concat(chunks) }));
    })
      .on('error', reject)
      .end();
  });
}
