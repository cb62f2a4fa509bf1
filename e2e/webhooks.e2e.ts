import { createHmac } from 'node:crypto';
import { Sink } from './support/sink.js';
import { expect, test } from './support/test.js';

test('an endpoint is made, tested, heard and removed with a way back', async ({ page, me, accessible }) => {
  const sink = await new Sink().open();
  try {
    await page.goto(`/workspaces/${me.workspaceId}/webhooks`);
    await expect(page.getByText('No endpoints yet')).toBeVisible();
    await accessible(page);
    await page.getByRole('link', { name: 'Add an endpoint' }).first().click();

    await page.getByRole('button', { name: 'Add the endpoint' }).click();
    await expect(page.getByText('An address is needed.')).toBeVisible();
    await page.getByLabel('Address').fill(sink.url);
    await page.getByLabel('Description').fill('The shop');
    await page.getByLabel('Filter', { exact: false }).last().fill('type:deal.* AND');
    await page.getByLabel('Only these').check();
    await page.getByLabel('Find an event').fill('found in a message');
    await page.getByRole('checkbox', { name: /^deal\.found/ }).check();
    await accessible(page);
    await page.getByRole('button', { name: 'Add the endpoint' }).click();
    // What the server says of the filter stands beside it, and what was typed stays.
    await expect(page.getByLabel('Filter', { exact: false }).last()).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('Description')).toHaveValue('The shop');
    await page.getByLabel('Filter', { exact: false }).last().fill('');
    await page.getByRole('button', { name: 'Add the endpoint' }).click();

    await expect(page.getByRole('heading', { name: 'The endpoint is on' })).toBeVisible();
    const secret = await page.getByText(/^whsec_/).innerText();
    await accessible(page);
    await page.getByRole('link', { name: 'Send a test' }).click();
    await page.getByRole('button', { name: 'Send it' }).click();
    await expect(page.getByRole('heading', { name: 'The answer' })).toBeVisible();
    await expect(page.getByText('taken')).toBeVisible();
    expect(sink.received).toHaveLength(1);
    const { headers, body } = sink.received[0]!;
    expect(headers['webhook-signature']).toBe(signed(secret, headers, body));

    await page.getByRole('link', { name: 'Open the delivery' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'deal.found' })).toBeVisible();
    await expect(page.getByText(sink.url).first()).toBeVisible();
    await accessible(page);
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect.poll(() => sink.received.length).toBe(2);
    expect(sink.received[1]!.headers['webhook-id']).toBe(headers['webhook-id']);

    await page.getByRole('link', { name: 'The shop' }).click();
    await page.getByRole('button', { name: 'More to do with the endpoint' }).click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    await expect(page.getByText('Somebody switched it off.')).toBeVisible();
    await page.getByRole('button', { name: 'Switch on' }).click();
    await expect(page.getByRole('button', { name: 'Send a test' })).toBeEnabled();
    await page.getByRole('button', { name: 'More to do with the endpoint' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await expect(page.getByText('No endpoints yet')).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect(page.getByRole('link', { name: 'The shop' })).toBeVisible();
  } finally {
    await sink.close();
  }
});

test('two people who change an endpoint do not overwrite each other unasked', async ({ page, me }) => {
  const at = `/workspaces/${me.workspaceId}/webhook-endpoints`;
  const { id } = await me.api.post(at, { url: 'http://127.0.0.1:8999/hook', description: 'Before' });
  await page.goto(`/workspaces/${me.workspaceId}/webhooks/${id}/edit`);
  await expect(page.getByLabel('Description')).toHaveValue('Before');
  await me.api.patch(`${at}/${id}`, { description: 'Theirs' });
  await page.getByLabel('Description').fill('Mine');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Somebody changed this endpoint meanwhile.')).toBeVisible();
  await expect(page.getByLabel('Description')).toHaveValue('Mine');
  await page.getByRole('button', { name: 'Load theirs' }).click();
  await expect(page.getByLabel('Description')).toHaveValue('Theirs');
  await page.getByLabel('Description').fill('Both');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Both' })).toBeVisible();
});

test('all that failed is sent again, and tells how far it is', async ({ page, me }) => {
  const sink = await new Sink().open();
  try {
    await me.api.post(`/workspaces/${me.workspaceId}/webhook-endpoints`, { url: sink.url, types: ['member.added'] });
    await page.goto(`/workspaces/${me.workspaceId}/webhooks/deliveries`);
    await expect(page.getByText('Nothing was sent yet')).toBeVisible();
    await page.getByRole('button', { name: 'Send again…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
    await expect(page.getByText('0 of 0')).toBeVisible();
    await page.getByRole('button', { name: 'Show this no more' }).click();
    await expect(page.getByText('0 of 0')).toBeHidden();
  } finally {
    await sink.close();
  }
});

test('a debugging inbox shows what comes while one looks', async ({ page, me, accessible }) => {
  await page.goto(`/workspaces/${me.workspaceId}/webhooks/inboxes`);
  await page.getByRole('button', { name: 'Open an inbox' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill('What do they send?');
  await page.getByRole('button', { name: 'Open it' }).click();
  await expect(page.getByText('Waiting for the first request')).toBeVisible();
  const url = await page.locator('sb-secret code').innerText();
  await fetch(new URL(new URL(url).pathname, process.env['E2E_API']), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: '{"hello":"inbox"}',
  });
  await expect(page.getByRole('button', { name: /PUT/ })).toBeVisible();
  await expect(page.getByText('"hello": "inbox"')).toBeVisible();
  await accessible(page);
  await page.getByRole('link', { name: 'Use as endpoint' }).click();
  await expect(page.getByLabel('Address')).toHaveValue(url);
});

for (const scheme of ['Signed (Standard Webhooks)', 'GitHub', 'Secret in a header'])
  test(`an incoming hook takes what its sender proves: ${scheme}`, async ({ page, me, accessible }) => {
    await page.goto(`/workspaces/${me.workspaceId}/webhooks/incoming`);
    await page.getByRole('button', { name: 'Add an incoming hook' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Builds');
    await page.getByText(scheme, { exact: true }).click();
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('button', { name: 'Send a test request' }).click();
    await expect(page.getByText('Taken: it shows among what was received.')).toBeVisible();
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('link', { name: /Builds/ }).click();
    await expect(page.getByText('"from": "Signalbox console"')).toBeAttached();
    await accessible(page);
  });

/** The header that a receiver expects. @see https://www.standardwebhooks.com */
function signed(secret: string, headers: Record<string, unknown>, body: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const text = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
}
