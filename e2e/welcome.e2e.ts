import { expect, test } from './support/test.js';

test('the first steps: a name, a sample that goes again, a subscription for later', async ({
  page,
  me,
  accessible,
}) => {
  await page.goto('/welcome');
  await expect(page.getByRole('heading', { level: 1, name: 'Name your workspace' })).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Bring in the sample' }).click();
  await expect(page.getByText('The sample is in your workspace.')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Take the sample out' }).click();
  await page.getByRole('button', { name: 'Start with nothing' }).click();
  await expect(page.getByRole('radio').first()).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Not now' }).click();
  await expect(page.getByRole('heading', { level: 1, name: me.workspace })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: me.workspace })).toBeVisible();
});

test('another workspace is a new one, and the one before keeps its name', async ({ page, me }) => {
  await page.goto(`/workspaces/${me.workspaceId}`);
  await page.getByRole('button', { name: `Workspace: ${me.workspace}` }).click();
  await page.getByRole('menuitem', { name: 'New workspace' }).click();
  await page.getByLabel('Workspace', { exact: true }).fill('Second team');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('button', { name: 'Bring in the sample' })).toBeVisible();
  const { items } = await me.api.get<{ items: { name: string }[] }>('/workspaces');
  expect(items.map(({ name }) => name).sort()).toEqual(['Second team', me.workspace].sort());
});
