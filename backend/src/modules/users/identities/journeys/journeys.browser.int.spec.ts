import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from '@playwright/test';
import { startApplication, type TestApplication } from '#test/application.js';
import { freePort, inPage, startBrowser } from '#test/browser.js';
import { factory } from '#test/factories.js';
import { known } from '#test/identities.js';
import { CLIENT, TestIssuer } from '#test/issuer.js';
import { UsersModule } from '../../index.js';

interface Answer {
  status: number;
  body: { url?: string; code?: string; person?: { email: string } };
}

const POST = `async ({ path, body }) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch('/api/v1/' + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}`;

let spec: TestApplication;
let issuer: TestIssuer;
let browser: Browser;
let origin: string;
beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  issuer = await TestIssuer.start([`${origin}/sign-in/callback/acme`]);
  spec = await startApplication([UsersModule], {
    SIGNALBOX_PUBLIC_URL: origin,
    SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.0/8',
    SIGNALBOX_REGISTRATION: 'open',
    SIGNALBOX_SIGN_IN_PROVIDERS: JSON.stringify([{ id: 'acme', name: 'Acme', issuer: issuer.url, ...CLIENT }]),
  });
  await spec.app.listen(port, '127.0.0.1');
  await factory(spec.app).person().create();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await spec?.close();
  await issuer?.stop();
});

/** Goes to the issuer, which is another site, and comes back. @returns the page on the callback's address */
async function thereAndBack(subject: string) {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(`${origin}/api/v1/no-such-page`);
  const begun = await inPage<Answer>(page, POST, { path: 'sign-in-providers/acme/journey', body: {} });
  // What a person would type there.
  await page.setExtraHTTPHeaders({ 'x-sign-in-as': subject });
  await page.goto(begun.body.url ?? '');
  await page.waitForURL(`${origin}/sign-in/callback/acme?**`);
  const response = new URL(page.url()).search.slice(1);
  const end = () => inPage<Answer>(page, POST, { path: 'sessions/provider', body: { provider: 'acme', response } });
  return { context, response, end };
}

describe('a journey in Chromium', () => {
  it('comes back from another site with the cookie that binds it, and ends in a session', async () => {
    const { subject, email } = known(issuer);
    const { context, end } = await thereAndBack(subject);
    const cookies = (await context.cookies()).filter(({ name }) => name === 'signalbox-journey');
    expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Strict', path: '/' })]);
    const done = await end();
    expect([done.status, done.body.person?.email]).toEqual([201, email]);
    expect((await context.cookies()).map(({ name }) => name)).toContain('signalbox-session');
    await context.close();
  });

  it('does not end in the browser of somebody who was handed its answer', async () => {
    const mallory = await thereAndBack(known(issuer).subject);
    const context = await browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    await page.goto(`${origin}/sign-in/callback/acme?${mallory.response}`);
    const body = { provider: 'acme', response: mallory.response };
    const answer = await inPage<Answer>(page, POST, { path: 'sessions/provider', body });
    expect([answer.status, answer.body.code]).toEqual([400, 'journey_over']);
    expect((await context.cookies()).map(({ name }) => name)).not.toContain('signalbox-session');
    await Promise.all([context.close(), mallory.context.close()]);
  });
});
