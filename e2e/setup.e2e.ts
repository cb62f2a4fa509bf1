import { signIn } from './support/api.js';
import { expect, test } from './support/test.js';
import { OWNER, SETUP } from './support/stand.js';

test('the first owner signs up by the link that the server printed, and is led on', async ({ visitor, accessible }) => {
  // The code is used up by the first who comes so far: a second try goes on from there.
  if (await there()) {
    await visitor.goto('/sign-in?next=/welcome');
    await visitor.getByLabel('Email').fill(OWNER.email);
    await visitor.getByLabel('Password').fill(OWNER.password);
    await visitor.getByRole('button', { name: 'Sign in', exact: true }).click();
  } else {
    await visitor.goto(SETUP);
    await expect(visitor.getByRole('heading', { name: 'Welcome to Signalbox' })).toBeVisible();
    await accessible(visitor);
    await visitor.getByLabel('Your name').fill(OWNER.name);
    await visitor.getByLabel('Email').fill(OWNER.email);
    await visitor.getByLabel('Password').fill(OWNER.password);
    await visitor.getByLabel('Workspace').fill('Ada & Company');
    await visitor.getByRole('button', { name: 'Begin' }).click();
  }
  await expect(visitor.getByRole('heading', { level: 1, name: 'Name your workspace' })).toBeVisible();
});

const there = () =>
  signIn(OWNER).then(
    () => true,
    () => false,
  );
