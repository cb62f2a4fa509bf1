import { expect, test } from './support/test.js';

test('who signs in comes to where they were going, and signs out again', async ({ visitor, me, accessible }) => {
  await visitor.goto(`/workspaces/${me.workspaceId}/deals`);
  await expect(visitor.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await accessible(visitor);
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await expect(visitor.getByText('Your address is needed.')).toBeVisible();
  await visitor.getByLabel('Email').fill(me.email);
  await visitor.getByLabel('Password').fill('not the password');
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await expect(visitor.getByRole('alert')).toBeVisible();
  await expect(visitor.getByLabel('Email')).toHaveValue(me.email);
  await visitor.getByLabel('Password').fill(me.password);
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await expect(visitor.getByRole('heading', { level: 1, name: 'Deals' })).toBeVisible();
  await expect(visitor).toHaveURL(new RegExp(`/workspaces/${me.workspaceId}/deals$`));
});
