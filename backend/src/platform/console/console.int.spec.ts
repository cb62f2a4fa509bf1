import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { readConsole } from './console-files.js';
import { ConsoleModule } from './index.js';

let application: TestApplication;

beforeAll(async () => {
  application = await startApplication([ConsoleModule]);
});

afterAll(() => application.close());

describe('the console', () => {
  it('is served at the root, under the strict policy', async () => {
    const answer = await application.request('GET', '/');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
    expect(answer.body).toContain('href="/api/docs"');
  });

  it('answers the link that the first owner is shown', async () => {
    const answer = await application.request('GET', '/setup?code=abc');
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('name="setupCode"');
  });

  it('is not sent again to who has it', async () => {
    const first = await application.request('GET', '/console.css');
    const again = await application.request('GET', '/console.css', {
      headers: { 'if-none-match': String(first.headers['etag']) },
    });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    const other = await application.request('GET', '/console.css', { headers: { 'if-none-match': '"other"' } });
    expect(other.statusCode).toBe(200);
  });

  it('has a file behind every link of its pages, and nothing that the policy refuses', async () => {
    const pages = readConsole().filter(({ type }) => type.startsWith('text/html'));
    expect(pages).toHaveLength(2);
    for (const { bytes } of pages) {
      const page = bytes.toString();
      expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
      for (const [, path] of page.matchAll(/(?:src|href)="(\/[\w.-]+\.\w+)"/g)) {
        expect((await application.request('GET', path!)).statusCode).toBe(200);
      }
    }
  });

  it('offers no way out of its folder', async () => {
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/public/index.html', '/package.json'])
      expect((await application.request('GET', path)).statusCode).toBe(404);
  });
});

describe('readConsole', () => {
  it('refuses a file that it could not send rightly', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-console-'));
    writeFileSync(join(folder, 'page.html'), 'page');
    expect(readConsole(folder)).toMatchObject([{ paths: ['/page'], type: 'text/html; charset=utf-8' }]);
    writeFileSync(join(folder, 'notes.xyz'), 'notes');
    expect(() => readConsole(folder)).toThrow('notes.xyz');
    rmSync(folder, { recursive: true });
  });
});
