// `npm run screenshots`: a picture of every page at three sizes, light and dark, in test-results/pictures.
import type { Page } from '@playwright/test';
import { crawl, fill, PUBLIC, settled } from './support/crawl.js';
import { test } from './support/test.js';

const SIZES = { desktop: [1440, 900], tablet: [768, 1024], phone: [390, 844] } as const;

test.setTimeout(1_800_000);

test('pictures of every page', async ({ operator, operatorPage, visitor }) => {
  const workspaceId = await fill(operator);
  await crawl(operatorPage, `/workspaces/${workspaceId}`, (shape) => take(operatorPage, shape));
  for (const address of PUBLIC) {
    await visitor.goto(address);
    await settled(visitor);
    await take(visitor, address);
  }
});

async function take(page: Page, shape: string): Promise<void> {
  const name = shape.slice(1).replaceAll('/', '.').replaceAll(':id', 'id');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [size, [width, height]] of Object.entries(SIZES)) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: `test-results/pictures/${name}.${size}.${colorScheme}.png`, fullPage: true });
    }
  }
  await page.setViewportSize({ width: SIZES.desktop[0], height: SIZES.desktop[1] });
}
