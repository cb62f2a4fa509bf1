import { expect, test } from './support/test.js';

test('a filter is written as text or as a form, tried, and subscribed to', async ({ page, me, accessible }) => {
  await page.goto(`/workspaces/${me.workspaceId}/subscriptions`);
  await expect(page.getByText('You are told of nothing yet')).toBeVisible();
  await page.getByRole('link', { name: 'New subscription' }).first().click();

  const text = page.getByLabel('Filter as text');
  await text.fill('price<400 cabin:economy');
  await expect(page.getByRole('textbox', { name: 'Price', exact: true })).toHaveValue('400');
  await page.getByRole('textbox', { name: 'Price', exact: true }).fill('350');
  await expect(text).toHaveValue('price<350 cabin:economy');
  await text.fill('price<400 or cabin:first');
  await expect(page.getByText('This filter says more than a form can show.')).toBeVisible();
  await text.fill('pric<400');
  await page.getByRole('button', { name: 'Write price' }).click();
  await expect(text).toHaveValue('price<400');
  await expect(page.getByText(/of 0 matches/)).toBeVisible();
  await accessible(page);

  await page.getByRole('textbox', { name: 'Name (optional)' }).fill('Cheap');
  await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Cheap' })).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Paused: it hears nothing')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('who changes what somebody else changed meanwhile keeps what they wrote', async ({ page, me }) => {
  const { id } = await me.api.post<{ id: string }>(`/workspaces/${me.workspaceId}/subscriptions`, {
    name: 'Fares',
    filter: 'price<400',
  });
  await page.goto(`/workspaces/${me.workspaceId}/subscriptions/${id}/edit`);
  await expect(page.getByLabel('Filter as text')).toHaveValue('price<400');
  await me.api.patch(`/workspaces/${me.workspaceId}/subscriptions/${id}`, { filter: 'price<300' });
  await page.getByLabel('Filter as text').fill('price<200');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Somebody changed this subscription meanwhile.')).toBeVisible();
  await expect(page.getByLabel('Filter as text')).toHaveValue('price<200');
  await page.getByRole('button', { name: 'Save mine' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Fares' })).toBeVisible();
  await expect(page.getByText('price<200')).toBeVisible();
});

test('choices of where one is told are kept', async ({ page, accessible }) => {
  await page.goto('/settings/notifications');
  const cell = page.getByRole('checkbox', { name: 'Everything else: Mail' });
  await expect(cell).toBeChecked();
  await expect(page.getByRole('checkbox', { name: 'Security of your account: Mail' })).toBeDisabled();
  await accessible(page);
  const kept = page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok());
  await cell.uncheck();
  await kept;
  await page.reload();
  await expect(cell).not.toBeChecked();
});
