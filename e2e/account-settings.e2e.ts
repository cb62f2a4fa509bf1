import { expect, test } from './support/test.js';
import { mailTo } from './support/mail.js';

test('an invitation brings somebody new in, and leaves no token in the address', async ({
  visitor,
  me,
  operator,
  accessible,
}) => {
  const email = `new-${me.email}`;
  await me.api.post(`/workspaces/${me.workspaceId}/invitations`, { email, role: 'viewer' });
  const { text } = await mailTo(operator, email);
  const [, token = ''] = /invitation#token=([\w-]+)/.exec(text) ?? [];
  const asked: string[] = [];
  visitor.on('request', (request) => asked.push(request.url()));
  await visitor.goto(`/invitation#token=${token}`);
  await expect(visitor.getByRole('heading', { name: `Join ${me.workspace}` })).toBeVisible();
  await expect(visitor.getByText(`${me.name} invites`)).toBeVisible();
  await expect(visitor).toHaveURL(/\/invitation$/);
  await accessible(visitor);
  await visitor.getByLabel('Your name').fill('Noor');
  await visitor.getByLabel('Password').fill('nine tall lamps at noon');
  await visitor.getByRole('button', { name: 'Sign up' }).click();
  await expect(visitor.getByRole('heading', { level: 1, name: me.workspace })).toBeVisible();
  expect(asked.filter((url) => url.includes(token))).toEqual([]);
});

test('a passkey is a second factor: it comes with recovery codes, and a sign-in asks for one of them', async ({
  page,
  visitor,
  me,
  accessible,
}) => {
  const devices = await page.context().newCDPSession(page);
  await devices.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true } as const;
  await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...options, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await page.goto('/settings/security');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.getByRole('heading', { name: 'Keep these recovery codes' })).toBeVisible();
  await accessible(page);
  const [code = ''] = await page.locator('sb-recovery-codes li').allInnerTexts();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page.getByText('10 left')).toBeVisible();
  await accessible(page);

  await visitor.goto('/sign-in?next=/settings/sessions');
  await visitor.getByLabel('Email').fill(me.email);
  await visitor.getByLabel('Password').fill(me.password);
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await expect(visitor.getByRole('heading', { name: 'One more step' })).toBeVisible();
  await accessible(visitor);
  await visitor.getByRole('button', { name: 'Use a recovery code instead' }).click();
  await visitor.getByLabel('Recovery code').fill(code);
  await visitor.getByRole('button', { name: 'Continue' }).click();
  await expect(visitor.getByText('This browser')).toBeVisible();
  await accessible(visitor);

  await page.goto('/settings/sessions');
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(visitor.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.goto('/settings/security');
  await expect(page.getByText('9 left')).toBeVisible();
});

test('one looks different, and has a copy of all that is known of one', async ({ page, me, accessible }) => {
  await page.goto('/settings/profile');
  await accessible(page);
  await page.getByRole('textbox', { name: 'Name' }).fill('Nia Renamed');
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
  expect(await me.api.get('/me')).toMatchObject({ name: 'Nia Renamed', timeZone: 'Asia/Tokyo' });
  await page.goto('/settings/exports');
  await page.getByRole('button', { name: 'Ask for an export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toMatch(/^signalbox-.*\.zip$/);
  await accessible(page);
});
