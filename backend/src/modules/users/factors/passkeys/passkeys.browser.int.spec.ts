import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { startApplication, type TestApplication } from '#test/application.js';
import { freePort, inPage, startBrowser, VirtualAuthenticator } from '#test/browser.js';
import { factory, type TestPerson } from '#test/factories.js';
import { UsersModule } from '../../index.js';

interface Answer {
  status: number;
  body: { state?: string; code?: string };
}

// What runs in the page is text: these specs are compiled without the browser's names.
const SEND = `async ({ path, body, headers }) => {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const sent = { method: 'POST', headers: { ...type, ...headers }, body: body && JSON.stringify(body) };
  const answer = await fetch('/api/v1/' + path, sent);
  return { status: answer.status, body: await answer.json() };
}`;
const ASK = `async ({ what, options }) => {
  const read = { create: 'parseCreationOptionsFromJSON', get: 'parseRequestOptionsFromJSON' }[what];
  const credential = await navigator.credentials[what]({ publicKey: PublicKeyCredential[read](options) });
  return credential.toJSON();
}`;

let spec: TestApplication;
let origin: string;
let browser: Browser;
beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  spec = await startApplication([UsersModule], { SIGNALBOX_PUBLIC_URL: origin });
  await spec.app.listen(port, '127.0.0.1');
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await spec?.close();
});

let context: BrowserContext;
let page: Page;
beforeEach(async () => {
  context = await browser.newContext({ serviceWorkers: 'block' });
  page = await context.newPage();
  await page.goto(`${origin}/api/v1/no-such-page`);
});
afterEach(() => context.close());

const person = () => factory(spec.app).person().create();

/** Sends a request from within the page, as the console does. */
const fetchIn = (on: Page, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  inPage<Answer>(on, SEND, { path, body, headers });

/** `navigator.credentials`, from and to JSON, as the console uses it. */
const ask = (on: Page, what: 'create' | 'get', options: object) => inPage<object>(on, ASK, { what, options });

async function add(on: Page, ada: TestPerson, name = 'Laptop'): Promise<Answer> {
  const options = await fetchIn(on, 'me/passkeys/challenge', undefined, ada.headers);
  const credential = await ask(on, 'create', options.body);
  return fetchIn(on, 'me/passkeys', { name, credential }, ada.headers);
}

async function signIn(on: Page): Promise<Answer> {
  const options = await fetchIn(on, 'sessions/passkey-challenge');
  return fetchIn(on, 'sessions/passkey', { credential: await ask(on, 'get', options.body) });
}

const passkeysOf = (ada: TestPerson) =>
  spec.rows<{ name: string; counter: string; suspended: boolean }>(
    'select name, counter, suspended_at is not null as suspended from passkey where user_id = $1 order by created_at',
    [ada.id],
  );

describe("a passkey of Chromium's own authenticator", () => {
  it('signs in by itself, without a name or a password', async () => {
    const ada = await person();
    await VirtualAuthenticator.plugInto(page);
    const added = await add(page, ada);
    expect([added.status, added.body]).toEqual([
      201,
      {
        passkey: {
          id: expect.any(String),
          name: 'Laptop',
          synced: false,
          suspended: false,
          createdAt: expect.any(String),
          lastUsedAt: null,
        },
        recoveryCodes: expect.arrayContaining([expect.any(String)]),
      },
    ]);
    expect((await spec.mailTo(ada.email)).subject).toBe('A passkey was added');

    const done = await signIn(page);
    expect([done.status, done.body.state]).toEqual([201, 'signed_in']);
    expect(done.body).toMatchObject({ person: { id: ada.id }, refreshToken: null });
    expect((await context.cookies()).map(({ name, httpOnly }) => [name, httpOnly])).toContainEqual([
      'signalbox-session',
      true,
    ]);
    expect(await passkeysOf(ada)).toEqual([{ name: 'Laptop', counter: expect.any(String), suspended: false }]);
    const started = (await spec.events({ type: 'session.started' })).filter((e) => e.data['userId'] === ada.id);
    expect(started.map((e) => e.data)).toEqual([{ userId: ada.id, method: 'passkey' }]);
    expect((await spec.events({ type: 'passkey.added' })).filter((e) => e.data['userId'] === ada.id)).toHaveLength(1);
  });

  it('is the second factor after a password', async () => {
    const ada = await person();
    const key = await VirtualAuthenticator.plugInto(page);
    await add(page, ada);
    const first = await fetchIn(page, 'sessions', { email: ada.email, password: ada.password });
    expect(first.body).toMatchObject({ state: 'second_factor_required', methods: ['passkey', 'recovery_code'] });
    // To have the key is enough, the password was the other factor.
    await key.verifies(false);
    const { passkey, challenge } = first.body as unknown as { passkey: object; challenge: string };
    const credential = await ask(page, 'get', passkey);
    const done = await fetchIn(page, 'sessions/second-factor', { challenge, proof: { method: 'passkey', credential } });
    expect([done.status, done.body.state]).toEqual([201, 'signed_in']);
    const started = (await spec.events({ type: 'session.started' })).filter((e) => e.data['userId'] === ada.id);
    expect(started.map((e) => e.data)).toEqual([{ userId: ada.id, method: 'password', factor: 'passkey' }]);
  });

  it('does not sign in alone when the authenticator does not verify its owner', async () => {
    const ada = await person();
    const key = await VirtualAuthenticator.plugInto(page);
    await add(page, ada);
    await key.verifies(false);
    await expect(signIn(page)).rejects.toThrow(/NotAllowedError/);
  });

  it('is registered once on one authenticator, and several times on several', async () => {
    const ada = await person();
    const laptop = await VirtualAuthenticator.plugInto(page);
    await add(page, ada, 'Laptop');
    await expect(add(page, ada, 'Again')).rejects.toThrow(/InvalidStateError/);
    await laptop.unplug();
    await VirtualAuthenticator.plugInto(page, { transport: 'usb' });
    const second = await add(page, ada, 'Key');
    expect([second.status, second.body]).toEqual([201, expect.objectContaining({ recoveryCodes: null })]);
    expect((await passkeysOf(ada)).map(({ name }) => name)).toEqual(['Laptop', 'Key']);
    expect((await signIn(page)).status).toBe(201);
  });

  it('whose copy signs in falls under suspicion, and neither signs in any more', async () => {
    const ada = await person();
    const own = await VirtualAuthenticator.plugInto(page);
    await add(page, ada);
    const [copied] = await own.credentials();
    expect((await signIn(page)).status).toBe(201);
    expect((await signIn(page)).status).toBe(201);

    const thief = await browser.newContext({ serviceWorkers: 'block' });
    const stolen = await thief.newPage();
    await stolen.goto(`${origin}/api/v1/no-such-page`);
    const copy = await VirtualAuthenticator.plugInto(stolen);
    if (copied) await copy.take(copied);
    const refused = await signIn(stolen);
    expect([refused.status, refused.body.code]).toEqual([401, 'passkey_refused']);
    expect(await passkeysOf(ada)).toEqual([expect.objectContaining({ suspended: true })]);
    const suspended = (await spec.events({ type: 'passkey.suspended' })).filter((e) => e.data['userId'] === ada.id);
    expect(suspended.map((e) => e.data)).toEqual([{ userId: ada.id, name: 'Laptop' }]);
    let mail = await spec.mailTo(ada.email);
    while (mail.subject !== 'A passkey was suspended') mail = await spec.mailTo(ada.email);
    expect(mail.text).toContain('"Laptop"');
    expect((await signIn(page)).body.code).toBe('passkey_refused');
    await thief.close();

    // The second factor is still asked for: the doubt must not turn it off.
    const first = await fetchIn(page, 'sessions', { email: ada.email, password: ada.password });
    expect(first.body).toMatchObject({ state: 'second_factor_required', methods: ['recovery_code'], passkey: null });
  });

  it('is not made for another site', async () => {
    const ada = await person();
    await VirtualAuthenticator.plugInto(page);
    const options = await fetchIn(page, 'me/passkeys/challenge', undefined, ada.headers);
    await page.goto(`${origin.replace('localhost', '127.0.0.1')}/api/v1/no-such-page`);
    await expect(ask(page, 'create', options.body)).rejects.toThrow(/SecurityError/);
  });
});
