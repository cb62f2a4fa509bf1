import type { Page } from '@playwright/test';
import { join, type Person } from './support/people.js';
import { mailTo, sendMail } from './support/mail.js';
import { Sink } from './support/sink.js';
import { expect, test } from './support/test.js';

const LETTER = 'Round trip flights from New York to Lisbon for $312. Travel in February and March, nonstop with TAP.';

test('a mail comes in, and everybody who asked is told', async ({
  page,
  me,
  other,
  browserOf,
  operator,
  accessible,
}) => {
  await join(me, other, operator);
  const at = `/workspaces/${me.workspaceId}`;
  const { address } = await me.api.post<{ address: string }>(`${at}/sources`, { kind: 'smtp', name: 'Newsletters' });
  await me.api.post(`${at}/subscriptions`, { name: 'Cheap fares', filter: 'price<400', channels: ['mail'] });
  const sink = await new Sink().open();
  try {
    await me.api.post(`${at}/webhook-endpoints`, { url: sink.url, types: ['deal.found'] });
    const theirs = await browserOf(other);
    await Promise.all([page.goto(`${at}/deals`), theirs.goto(`${at}/deals`)]);
    for (const one of [page, theirs]) await expect(one.getByText('No deals yet')).toBeVisible();
    await accessible(page);

    await sendMail(address, 'New York to Lisbon from $312', LETTER);

    for (const one of [page, theirs]) {
      await one.getByRole('button', { name: /Show 1 new deal/ }).click();
      await expect(one.getByRole('link', { name: /312/ })).toBeVisible();
    }
    await page.getByRole('link', { name: /312/ }).click();
    await expect(page.getByText(/nonstop/i).first()).toBeVisible();
    await page.goto('/inbox');
    await page
      .getByRole('button', { name: /312|Lisbon/ })
      .first()
      .click();
    await expect(page.getByRole('heading', { name: 'Why you got this' })).toBeVisible();
    expect((await mailTo(operator, me.email, /312|Lisbon/)).text).toContain('312');
    await expect.poll(() => sink.received.some(({ body }) => body.includes('deal.found'))).toBe(true);
  } finally {
    await sink.close();
  }
});

test('two people who work on the same are of one mind', async ({ page, me, other, browserOf, operator }) => {
  await join(me, other, operator);
  await fillInbox(me);
  await page.goto('/inbox');
  const second = await browserOf(me);
  await second.goto('/inbox');
  const unread = (one: Page) => one.locator('[data-row]').getByText('Unread');
  for (const one of [page, second]) await expect(unread(one).first()).toBeAttached();
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  for (const one of [page, second]) await expect(unread(one)).toHaveCount(0);
});

/** Something to read. */
async function fillInbox({ api, workspaceId }: Person): Promise<void> {
  const at = `/workspaces/${workspaceId}`;
  const { id } = await api.post(`${at}/sources`, { kind: 'upload', name: 'Letters' });
  await api.post(`${at}/subscriptions`, { name: 'All fares', filter: '', channels: [] });
  await api.post(`${at}/sources/${id}/messages`, { subject: 'New York to Lisbon from $312', text: LETTER });
}
