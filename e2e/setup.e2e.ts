import { expect, test } from './support/test.js';
import { OWNER, SETUP } from './support/stand.js';

test('the first owner signs up by the link that the server printed, and is led to a workspace', async ({
  visitor,
  accessible,
}) => {
  await visitor.goto(SETUP);
  await expect(visitor.getByRole('heading', { name: 'Welcome to Signalbox' })).toBeVisible();
  await accessible(visitor);
  await visitor.getByLabel('Your name').fill(OWNER.name);
  await visitor.getByLabel('Email').fill(OWNER.email);
  await visitor.getByLabel('Password').fill(OWNER.password);
  await visitor.getByLabel('Workspace').fill('Ada & Company');
  await visitor.getByRole('button', { name: 'Begin' }).click();
  await expect(visitor.getByRole('heading', { level: 1, name: 'Name your workspace' })).toBeVisible();
  await accessible(visitor);
  await visitor.getByRole('button', { name: 'Continue' }).click();
  await visitor.getByRole('button', { name: 'Bring in the sample' }).click();
  await expect(visitor.getByText('The sample is in your workspace.')).toBeVisible();
  await accessible(visitor);
  await visitor.getByRole('button', { name: 'Take the sample out' }).click();
  await visitor.getByRole('button', { name: 'Start with nothing' }).click();
  await expect(visitor.getByRole('radio').first()).toBeVisible();
  await accessible(visitor);
  await visitor.getByRole('button', { name: 'Not now' }).click();
  await expect(visitor.getByRole('heading', { level: 1, name: 'Ada & Company' })).toBeVisible();
  await visitor.reload();
  await expect(visitor.getByRole('heading', { level: 1, name: 'Ada & Company' })).toBeVisible();
});
