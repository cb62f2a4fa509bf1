import { expect, test } from './support/test.js';

test('operators see how the instance is', async ({ operatorPage: page, accessible }) => {
  await page.goto('/instance');
  await expect(page.getByRole('heading', { level: 1, name: 'Health' })).toBeVisible();
  await expect(page.getByText('Every reader keeps up.')).toBeVisible();
  await accessible(page);
  for (const [name, seen] of [
    ['Jobs', 'mail.send'],
    ['Event log', 'subscriptions'],
    ['Suppressed', 'No address is suppressed'],
    ['Workspaces', 'Unlimited'],
    ['Operators', 'you'],
  ] as const) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();
    await expect(page.locator('main').getByText(seen, { exact: true }).first()).toBeVisible();
    await accessible(page);
  }
});

test('operators read a kept mail as its reader would', async ({ operatorPage: page, me, accessible }) => {
  await page.goto('/instance/mailbox');
  await page.getByRole('link', { name: me.email }).first().click();
  await expect(
    page.frameLocator('sb-mail-frame iframe').getByRole('heading', { name: 'Confirm your address' }),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Source' }).click();
  await expect(page.getByText('Content-Transfer-Encoding').first()).toBeVisible();
  // Not with the mail in its frame: there nothing runs, axe neither.
  await accessible(page);
});

test('operators suspend a workspace, and open it again', async ({ operatorPage: page, me }) => {
  await page.goto('/instance/workspaces');
  const row = page.getByRole('row', { name: new RegExp(me.workspace) });
  await row.getByRole('button', { name: /More to do/ }).click();
  await page.getByRole('menuitem', { name: 'Suspend' }).click();
  await page.getByLabel('Reason').fill('The bill is open.');
  await page.getByRole('button', { name: 'Suspend', exact: true }).click();
  await expect(row.getByText('read-only')).toBeVisible();
  await row.getByRole('button', { name: /More to do/ }).click();
  await page.getByRole('menuitem', { name: 'End the suspension' }).click();
  await expect(row.getByText('read-only')).toBeHidden();
  await expect
    .poll(() =>
      me.api.patch(`/workspaces/${me.workspaceId}`, { name: me.workspace }).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
});

test('nobody else finds the pages of operators', async ({ page, me }) => {
  await page.goto(`/workspaces/${me.workspaceId}`);
  await page.getByRole('button', { name: 'Your account' }).click();
  await expect(page.getByRole('menuitem', { name: 'Settings' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Instance' })).toHaveCount(0);
});
