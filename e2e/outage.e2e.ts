import { bringBack, killServer } from './support/stand.js';
import { expect, test } from './support/test.js';

const AWAY = /Failed to load resource|WebSocket connection to .* failed/;

test('a server that ends and comes back is noticed, and the page goes on', async ({ page, me, forgive }) => {
  forgive(AWAY);
  const at = `/workspaces/${me.workspaceId}`;
  await page.goto(`${at}/deals`);
  await expect(page.getByText('No deals yet')).toBeVisible();
  killServer();
  try {
    await expect(page.getByText(/Not connected/)).toBeVisible();
  } finally {
    await bringBack();
  }
  await expect(page.getByText(/Not connected/)).toBeHidden();
  const { id } = await me.api.post(`${at}/sources`, { kind: 'upload', name: 'Letters' });
  const text = 'Round trip flights from New York to Lisbon for $312 in February.';
  await me.api.post(`${at}/sources/${id}/messages`, { subject: 'New York to Lisbon from $312', text });
  await page.getByRole('button', { name: /Show 1 new deal/ }).click();
  await expect(page.getByRole('link', { name: /312/ })).toBeVisible();
});
