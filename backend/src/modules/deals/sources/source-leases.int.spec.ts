import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Transactions } from '#platform/database/index.js';
import { dealsKit, type DealsKit } from '#test/deals-kit.js';
import { DealsConfig } from '../deals.config.js';
import { SourceLeases } from './source-leases.js';
import { SourceRunner } from './source-runner.js';
import type { SourceView } from './sources.schemas.js';

jest.setTimeout(30_000);
let kit: DealsKit;
let source: SourceView;
let one: SourceLeases;
let other: SourceLeases;

beforeAll(async () => {
  kit = await dealsKit();
  // The application's own loops would take the lease first.
  await kit.app.get(SourceRunner).onApplicationShutdown();
  source = await kit.source({ kind: 'feed', name: 'Feed', settings: { url: 'https://feeds.example/rss' } });
  [one, other] = [0, 1].map(() => new SourceLeases(kit.app.get(Transactions), kit.app.get(DealsConfig))) as [
    SourceLeases,
    SourceLeases,
  ];
});
afterAll(() => kit?.close());

const ids = (held: { id: string }[]) => held.map((h) => h.id);
const lapse = () =>
  kit.rows(`update source_state set lease_until = now() - interval '1 second' where source_id = $1`, [source.id]);

describe('the lease of a source', () => {
  it('goes to one of many processes that ask at once', async () => {
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 ? one : other).claim(['feed', 'imap'])),
    );
    const winners = claims.flatMap((held, i) => (held.length > 0 ? [i % 2] : []));
    expect(new Set(winners).size).toBe(1);
    await Promise.all([one.release([source.id]), other.release([source.id])]);
  });

  it('stays with its holder while it renews, and is lost when it does not', async () => {
    expect(ids(await one.claim(['feed']))).toEqual([source.id]);
    expect(await other.claim(['feed'])).toEqual([]);
    expect(ids(await one.renew([source.id]))).toEqual([source.id]);
    await lapse();
    expect(ids(await other.claim(['feed']))).toEqual([source.id]);
    // The first holder wakes up: it must learn that the source is no longer its own.
    expect(await one.renew([source.id])).toEqual([]);
    await one.release([source.id]);
    expect(ids(await other.renew([source.id]))).toEqual([source.id]);
    await other.release([source.id]);
  });

  it('is not given for a paused, removed or not yet due source, nor for one of another kind', async () => {
    expect(await one.claim(['imap'])).toEqual([]);
    await kit.rows(`update source_state set next_run_at = now() + interval '1 hour' where source_id = $1`, [source.id]);
    expect(await one.claim(['feed'])).toEqual([]);
    await kit.call('POST', `sources/${source.id}/pause`);
    expect(await one.claim(['feed'])).toEqual([]);
    await kit.call('DELETE', `sources/${source.id}/pause`);
    expect(ids(await one.claim(['feed']))).toEqual([source.id]);
    await kit.call('DELETE', `sources/${source.id}`);
    expect(await one.renew([source.id])).toEqual([]);
  });
});
