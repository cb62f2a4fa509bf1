import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { readConsole } from './console-files.js';
import { ConsoleModule, PAGES } from './index.js';

let application: TestApplication;

beforeAll(async () => {
  application = await startApplication([ConsoleModule]);
});

afterAll(() => application.close());

/** The files that a page names. */
const named = (page: string) => [...page.matchAll(/(?:src|href)="(\/[\w.-]+\.\w+)"/g)].map(([, path]) => path!);

describe('the console', () => {
  it('is one page at the address of each of its pages', async () => {
    const { body } = await application.request('GET', '/');
    expect(body).toContain('<sb-root');
    for (const path of PAGES) {
      const answer = await application.request('GET', path.replace('*', 'somewhere/below'));
      expect([path, answer.statusCode, answer.headers['content-type']]).toEqual([
        path,
        200,
        'text/html; charset=utf-8',
      ]);
      expect(answer.headers['cache-control']).toBe('no-cache');
      expect(named(answer.body)).toEqual(named(body));
    }
  });

  it('is served at the root, under the strict policy', async () => {
    const [first, second] = [await application.request('GET', '/'), await application.request('GET', '/')];
    const policy = String(first.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
    const [, nonce] = /'nonce-([^']+)'/.exec(policy) ?? [];
    expect(nonce).toHaveLength(24);
    expect(first.body).toContain(`ngcspnonce="${nonce}"`);
    expect(first.body).not.toContain('NONCE_OF_THE_ANSWER');
    expect(String(second.headers['content-security-policy'])).not.toContain(nonce);
  });

  it('answers the link that the first owner is shown', async () => {
    const answer = await application.request('GET', '/setup?code=abc');
    expect(answer.statusCode).toBe(200);
  });

  it('sends what never changes once, and the rest not again to who has it', async () => {
    const page = (await application.request('GET', '/')).body;
    const script = named(page).find((path) => path.startsWith('/main-'));
    const first = await application.request('GET', script!);
    expect(first.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const icon = await application.request('GET', '/signalbox.svg');
    expect(icon.headers['cache-control']).toBe('no-cache');
    const etag = String(icon.headers['etag']);
    const again = await application.request('GET', '/signalbox.svg', { headers: { 'if-none-match': etag } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    const other = await application.request('GET', '/signalbox.svg', { headers: { 'if-none-match': '"other"' } });
    expect(other.statusCode).toBe(200);
  });

  it('sends brotli to who reads it', async () => {
    const script = readConsole().find(({ path }) => path.startsWith('/main-'))!;
    const packed = await application.request('GET', script.path, { headers: { 'accept-encoding': 'gzip, br' } });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'br', vary: expect.stringMatching(/accept-encoding/i) });
    expect(brotliDecompressSync(packed.rawPayload).equals(script.bytes)).toBe(true);
    const plain = await application.request('GET', script.path);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.rawPayload.equals(script.bytes)).toBe(true);
  });

  it('gives the service worker the page as it was built, and what else it and an installation need', async () => {
    const page = await application.request('GET', '/index.html');
    const { hashTable } = (await application.request('GET', '/ngsw.json')).json<{
      hashTable: Record<string, string>;
    }>();
    expect(createHash('sha1').update(page.rawPayload).digest('hex')).toBe(hashTable['/index.html']);
    expect(String(page.headers['content-security-policy'])).not.toContain('unsafe');
    for (const path of ['/ngsw.json', '/ngsw-worker.js', '/worker.js', '/manifest.webmanifest']) {
      const { statusCode, headers } = await application.request('GET', path);
      expect([path, statusCode, headers['cache-control']]).toEqual([path, 200, 'no-cache']);
    }
    const { icons } = (await application.request('GET', '/manifest.webmanifest')).json<{ icons: { src: string }[] }>();
    for (const { src } of icons) expect((await application.request('GET', src)).statusCode).toBe(200);
  });

  it('has a file behind every link of its pages, and nothing that the policy refuses', async () => {
    const { body } = await application.request('GET', '/');
    expect(body).not.toMatch(/<style(?! nonce)|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    expect(named(body).length).toBeGreaterThan(3);
    for (const path of named(body)) expect((await application.request('GET', path)).statusCode).toBe(200);
  });

  it('offers no way out of its folder', async () => {
    const ways = ['/../package.json', '/%2e%2e/package.json', '/public/index.html', '/package.json'];
    for (const path of [...ways, '/media/..%2f..%2f..%2fpackage.json', '/media/%2e%2e%2fpackage.json'])
      expect((await application.request('GET', path)).statusCode).toBe(404);
  });
});

describe('readConsole', () => {
  it('refuses a file that it could not send rightly', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-console-'));
    expect(readConsole(join(folder, 'absent'))).toEqual([]);
    mkdirSync(join(folder, 'media'));
    writeFileSync(join(folder, 'index.html'), 'page');
    writeFileSync(join(folder, 'media/inter-ABCD1234.woff2'), 'font');
    writeFileSync(join(folder, 'main-ABCD1234.js'), 'script');
    writeFileSync(join(folder, 'main-ABCD1234.js.br'), 'packed');
    writeFileSync(join(folder, 'main-ABCD1234.js.gz'), 'packed');
    const files = readConsole(folder);
    expect(files).toMatchObject([
      { path: '/index.html', type: 'text/html; charset=utf-8', immutable: false },
      { path: '/main-ABCD1234.js', type: 'text/javascript; charset=utf-8', immutable: true },
      { path: '/media/inter-ABCD1234.woff2', type: 'font/woff2', immutable: true },
    ]);
    expect(files.map(({ brotli }) => brotli?.toString())).toEqual([undefined, 'packed', undefined]);
    writeFileSync(join(folder, 'notes.xyz'), 'notes');
    expect(() => readConsole(folder)).toThrow('notes.xyz');
    rmSync(folder, { recursive: true });
  });
});
