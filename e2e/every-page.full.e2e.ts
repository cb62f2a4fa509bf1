import { crawl, fill, PUBLIC, settled } from './support/crawl.js';
import { expect, test } from './support/test.js';

test.setTimeout(1_800_000);

test('every page that links lead to can be used by everybody, in light and dark', async ({
  operator,
  operatorPage,
  accessible,
}) => {
  const workspaceId = await fill(operator);
  const pages = await crawl(operatorPage, `/workspaces/${workspaceId}`, () => accessible(operatorPage));
  expect(pages).toEqual(
    expect.arrayContaining([
      '/inbox',
      '/workspaces/:id/deals',
      '/workspaces/:id/deals/:id',
      '/settings/security',
      '/instance/jobs',
    ]),
  );
});

test('so can every page of nobody', async ({ visitor, accessible }) => {
  for (const address of PUBLIC) {
    await visitor.goto(address);
    await settled(visitor);
    await accessible(visitor);
  }
});
