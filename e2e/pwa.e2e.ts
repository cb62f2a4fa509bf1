// The one place where service workers are let in.
import type { Page } from '@playwright/test';
import { expect, test } from './support/test.js';

test.use({ serviceWorkers: 'allow' });

/** Waits until the worker holds the console. */
const READY = `navigator.serviceWorker.ready.then(async () => {
  for (;;) {
    if (navigator.serviceWorker.controller && (await caches.match('/index.html'))) return true;
    await new Promise((settle) => setTimeout(settle, 100));
  }
})`;

async function held(page: Page): Promise<void> {
  // The first page of a browser loads without it.
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
  await page.reload();
  await page.evaluate(READY);
}

test('it can be installed, and shows what is pushed', async ({ page, me, context }) => {
  await context.grantPermissions(['notifications']);
  await page.goto(`/workspaces/${me.workspaceId}`);
  await expect(page.getByRole('heading', { level: 1, name: me.workspace })).toBeVisible();
  await held(page);
  const session = await context.newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);

  const registered = new Promise<string>((known) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first) known(first.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(page.url()).origin,
    registrationId: await registered,
    data: JSON.stringify({ title: 'New York to Lisbon for $312', body: 'Cheap', url: '/inbox', tag: 'deal:1' }),
  });
  const shown = `navigator.serviceWorker.ready
    .then((one) => one.getNotifications())
    .then((all) => all.map(({ title, data }) => title + ' ' + data.url))`;
  await expect.poll(() => page.evaluate(shown)).toEqual(['New York to Lisbon for $312 /inbox']);
});

test('without a network it opens, shows what was seen last, and sends later what is done', async ({
  page,
  me,
  context,
  forgive,
}) => {
  forgive(/Failed to load resource|WebSocket connection to .* failed|ERR_INTERNET_DISCONNECTED|Service worker/);
  const at = `/workspaces/${me.workspaceId}`;
  const { id } = await me.api.post(`${at}/sources`, { kind: 'upload', name: 'Letters' });
  await me.api.post(`${at}/subscriptions`, { name: 'All fares', filter: '', channels: [] });
  const text = 'Round trip flights from New York to Lisbon for $312 in February.';
  await me.api.post(`${at}/sources/${id}/messages`, { subject: 'New York to Lisbon from $312', text });
  await page.goto('/inbox');
  const row = page
    .getByRole('listitem')
    .filter({ hasText: /Lisbon|312/ })
    .getByRole('button')
    .first();
  await expect(row).toBeVisible();
  await held(page);
  await expect(row).toBeVisible();

  await context.setOffline(true);
  await page.reload();
  await expect(row).toBeVisible();
  await row.focus();
  await row.press('e');
  await expect(page.getByText(/sent when the server is back/)).toBeVisible();
  await context.setOffline(false);
  await expect
    .poll(async () => (await me.api.get<{ items: unknown[] }>('/me/notifications?box=archived')).items.length)
    .toBeGreaterThan(0);
});
