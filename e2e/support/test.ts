// What tests of the console begin with (docs/console.md).
import { AxeBuilder } from '@axe-core/playwright';
import { test as base, type BrowserContext, expect, type Page } from '@playwright/test';
import { type Api, signIn } from './api.js';
import { type Person, signUp } from './people.js';
import { ORIGIN, OWNER } from './stand.js';

/** A refused request is logged by the browser itself; whether it was meant is for the test to say. */
const REFUSED = /Failed to load resource: the server responded with a status of 4\d\d/;
/** Where a test lets no service worker in, it says so. */
const BLOCKED = /Service Worker registration blocked/;

interface Fixtures {
  /** Somebody new, with a workspace of their own. */
  me: Person;
  /** Another such person. */
  other: Person;
  /** A page of `me`, signed in, at no address yet. */
  page: Page;
  /** A page of nobody. */
  visitor: Page;
  /** A page of the operator. */
  operatorPage: Page;
  /** Another browser, signed in. */
  browserOf: (person: { email: string; password: string }) => Promise<Page>;
  /** What pages may complain about in this test; by default nothing. */
  forgive: (words: RegExp) => void;
  /** Fails when axe finds anything on the page, in light or dark. */
  accessible: (page: Page) => Promise<void>;
}

export const test = base.extend<Fixtures, { operator: Api }>({
  operator: [async ({}, use) => use(await signIn(OWNER)), { scope: 'worker' }],
  me: async ({ operator }, use) => use(await signUp(operator)),
  other: async ({ operator }, use) => use(await signUp(operator)),
  forgive: [
    async ({ context, browser }, use) => {
      const forgiven = [REFUSED, BLOCKED];
      const complaints: string[] = [];
      const listen = (one: BrowserContext) => {
        one.on('console', (message) => {
          if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
        });
        one.on('weberror', (error) => complaints.push(String(error.error())));
      };
      listen(context);
      const made = browser.newContext.bind(browser);
      browser.newContext = async (options) => {
        const one = await made(options);
        listen(one);
        return one;
      };
      await use((words) => void forgiven.push(words));
      browser.newContext = made;
      expect(complaints.filter((text) => !forgiven.some((words) => words.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
  page: async ({ context, me }, use) => {
    await enter(context, me);
    await use(await context.newPage());
  },
  visitor: async ({ browserOf }, use) => use(await browserOf({ email: '', password: '' })),
  operatorPage: async ({ browserOf }, use) => use(await browserOf(OWNER)),
  browserOf: async ({ browser, contextOptions, baseURL, forgive: _listens }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (person) => {
      const context = await browser.newContext({ ...contextOptions, ...(baseURL !== undefined && { baseURL }) });
      opened.push(context);
      if (person.email) await enter(context, person);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
  accessible: async ({}, use) => use(expectAccessible),
});

export { expect };

/** Gives a browser somebody's session. */
async function enter(context: BrowserContext, { email, password }: { email: string; password: string }): Promise<void> {
  const answer = await context.request.post(`${ORIGIN}/api/v1/sessions`, {
    data: { email, password, transport: 'cookie' },
  });
  if (!answer.ok()) throw new Error(`Sign-in of ${email}: ${answer.status()} ${await answer.text()}`);
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const STILL =
  'document.getAnimations().every((one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity)';

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Colours on their way from one to the other are neither.
    await expect.poll(() => page.evaluate(STILL)).toBe(true);
    const axe = new AxeBuilder({ page });
    // In the dark only colours differ.
    const { violations } = await (
      colorScheme === 'light' ? axe.withTags(RULES) : axe.withRules('color-contrast')
    ).analyze();
    const found = violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map(({ html }) => html) }));
    expect(found, `${colorScheme}, ${page.url()}`).toEqual([]);
  }
}
