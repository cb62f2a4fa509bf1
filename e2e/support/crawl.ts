// Every page of the console, found as a person finds them: from the navigation on, by links.
import { expect, type Page } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import type { Api } from './api.js';

/** Pages of nobody. */
export const PUBLIC = ['/sign-in', '/sign-up', '/reset-password', '/invitation', '/setup'];

const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/g;

/** Addresses that differ in ids alone are one page. */
export const shapeOf = (address: string): string => address.replace(/[?#].*/, '').replace(ID, ':id');

/** Fills the first workspace with some of everything. @returns its id */
export async function fill(owner: Api): Promise<string> {
  const { items } = await owner.get<{ items: { id: string }[] }>('/workspaces');
  const at = `/workspaces/${items[0]!.id}`;
  const { id } = await owner.post(`${at}/sources`, { kind: 'upload', name: 'Newsletters' });
  await owner.post(`${at}/subscriptions`, { name: 'Cheap fares', filter: 'price<400', channels: ['mail'] });
  await owner.post(`${at}/webhook-endpoints`, { url: 'http://127.0.0.1:8089/hook', types: ['deal.found'] });
  for (const [place, price] of [
    ['Lisbon', 312],
    ['Rome', 355],
    ['Oslo', 289],
  ]) {
    const subject = `New York to ${place} from $${price}`;
    const text = `Round trip flights from New York to ${place} for $${price}. Travel in February and March, nonstop. ${randomUUID()}`;
    await owner.post(`${at}/sources/${id}/messages`, { subject, text });
  }
  await expect.poll(async () => (await owner.get<{ items: unknown[] }>(`${at}/deals`)).items.length).toBeGreaterThan(2);
  return items[0]!.id;
}

/** Opens one page after the other, each shape once, until no link leads to a new one; `look` is called on each when it is there. */
export async function crawl(page: Page, start: string, look: (shape: string) => Promise<void>): Promise<string[]> {
  // Settings and the operators' pages are reached by a menu, and lead on by links.
  const waiting = [start, '/settings/profile', '/instance'];
  const seen = new Set(waiting.map(shapeOf));
  for (let address = waiting.shift(); address; address = waiting.shift()) {
    await page.goto(address);
    await settled(page);
    const links = page.locator('a[href^="/"]:not([target="_blank"]):not([href^="/api/"])');
    for (const link of await links.evaluateAll((all) => all.map((one) => String(one.getAttribute('href'))))) {
      if (seen.has(shapeOf(link))) continue;
      seen.add(shapeOf(link));
      waiting.push(link);
    }
    await look(shapeOf(address));
  }
  return [...seen];
}

/** Waits until a page shows what it has. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  await expect(page.locator('sb-skeleton')).toHaveCount(0);
}
