// What Chromium makes of our headers and cookies: our pages work under the policy, those of others can do nothing with us.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from '@playwright/test';
import { ConsoleModule } from '#platform/console/index.js';
import { UsersModule } from '#modules/users/index.js';
import { startApplication, type TestApplication } from './application.js';
import { freePort, inPage, startBrowser } from './browser.js';
import { factory, TEST_PASSWORD } from './factories.js';

jest.setTimeout(120_000);

interface Answer {
  status: number;
  body: { csrfToken?: string; code?: string; sessionId?: string };
}

const POST = `async ({ path, body, headers }) => {
  const all = { 'content-type': 'application/json', ...headers };
  const answer = await fetch('/api/v1/' + path, { method: 'POST', headers: all, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}`;

let spec: TestApplication;
let browser: Browser;
let origin: string;
/** Another site: another host, which serves whatever page the spec wants. */
let other: Server;
let otherPage = '';
const otherOrigin = () => `http://127.0.0.1:${(other.address() as AddressInfo).port}`;

beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  spec = await startApplication([UsersModule, ConsoleModule], { SIGNALBOX_PUBLIC_URL: origin });
  await spec.app.listen(port, '127.0.0.1');
  other = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(otherPage));
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  other?.closeAllConnections();
  other?.close();
  await spec?.close();
});

/** A page of its own browser, and what its console complains about. */
async function open(address: string): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (/content security policy|refused/i.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address, { waitUntil: 'load' });
  return { page, complaints };
}

describe('a page of ours', () => {
  it.each([
    ['/', 'sb-sign-in form'],
    ['/setup', 'sb-setup form'],
    ['/api/docs', '#explorer .opblock'],
  ])('works under the policy, which finds nothing to complain about: %s', async (path, shown) => {
    const { page, complaints } = await open(origin + path);
    await page.waitForSelector(shown);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('runs nothing that somebody wrote into it', async () => {
    const { page, complaints } = await open(`${origin}/setup`);
    const ran = await inPage<unknown>(
      page,
      `async () => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = 1';
        document.body.append(script);
        document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.ran = 2"><a href="javascript:window.ran = 3" id="way">x</a>');
        document.getElementById('way').click();
        await new Promise((settle) => setTimeout(settle, 200));
        return window.ran ?? null;
      }`,
      {},
    );
    expect([ran, complaints.length > 1]).toEqual([null, true]);
    await page.context().close();
  });

  it('renews the session by its cookie and the token that it can read; the cookie itself it cannot', async () => {
    const ada = await factory(spec.app).person().create();
    // A page without the console, which would renew what it finds.
    const { page } = await open(`${origin}/api/v1/no-such-page`);
    const body = { email: ada.email, password: TEST_PASSWORD };
    const entered = await inPage<Answer>(page, POST, { path: 'sessions', body });
    expect(entered.status).toBe(201);
    await page.reload();
    const cookies = await inPage<string>(page, '() => document.cookie', {});
    const token = /(?:^|; )signalbox-csrf=([^;]+)/.exec(cookies)?.[1];
    expect([token, cookies.includes('signalbox-session')]).toEqual([entered.body.csrfToken, false]);
    const renew = (headers: object) =>
      inPage<Answer>(page, POST, { path: 'sessions/current/renewal', body: {}, headers });
    expect(await renew({})).toMatchObject({ status: 403, body: { code: 'csrf_token_refused' } });
    expect(await renew({ 'x-csrf-token': token })).toMatchObject({
      status: 201,
      body: { sessionId: entered.body.sessionId },
    });
    await page.context().close();
  });
});

describe('a page of another site', () => {
  it('cannot sign its visitor in to an account of its own by a form', async () => {
    const eve = await factory(spec.app).person().create();
    otherPage = `<form method="post" action="${origin}/api/v1/sessions">
      <input name="email" value="${eve.email}"><input name="password" value="${TEST_PASSWORD}"></form>`;
    const { page } = await open(otherOrigin());
    const [answer] = await Promise.all([
      page.waitForResponse(`${origin}/api/v1/sessions`),
      inPage(page, '() => document.forms[0].submit()', {}),
    ]);
    expect(answer.status()).toBe(403);
    expect(await page.context().cookies(origin)).toEqual([]);
    expect((await spec.events({ type: 'session.started' })).filter(({ actor }) => actor.userId === eve.id)).toEqual([]);
    await page.context().close();
  });

  it('can neither frame a page of ours nor read an answer', async () => {
    otherPage = `<iframe src="${origin}/setup"></iframe>`;
    const { page, complaints } = await open(otherOrigin());
    const read = await inPage<string>(
      page,
      `({ url }) => fetch(url, { credentials: 'include' }).then(() => 'read', (fault) => fault.name)`,
      { url: `${origin}/api/v1/sign-in-providers` },
    );
    expect(read).toBe('TypeError');
    expect(page.frames().map((frame) => frame.url())).not.toContain(`${origin}/setup`);
    expect(complaints.join()).toMatch(/frame/i);
    await page.context().close();
  });
});
