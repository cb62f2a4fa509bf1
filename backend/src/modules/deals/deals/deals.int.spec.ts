import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { factory } from '#test/factories.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { FilterTargets } from '#platform/filters/index.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import type { PerDayView, PopularView, RoutePricesView } from '../routes/statistics.schemas.js';
import type { SourceView } from '../sources/sources.schemas.js';
import type { DealSummary, DealView } from './deals.schemas.js';
import { expireDue } from './expire-deals.job.js';

jest.setTimeout(60_000);
let kit: DealsKit;
let source: SourceView;

/** Sends mails and waits until all of them are read. */
async function offer(...subjects: string[]): Promise<void> {
  for (const subject of subjects) await kit.mail(source.address!, dealMail(subject, `Told ${Math.random()}`));
  await until(async () => (await kit.rows(`select from message where state = 'received'`)).length === 0);
}

type List = { items: DealSummary[]; nextCursor: string | null };
const list = (query: string, expected = 200) => kit.call<List>('GET', `deals?${query}`, undefined, expected);
const prices = async (filter: string, more = '') =>
  (await list(`filter=${encodeURIComponent(filter)}&sort=price&limit=200${more}`)).items.map((d) => d.priceMinor / 100);

beforeAll(async () => {
  kit = await dealsKit();
  source = await kit.source({ kind: 'smtp', name: 'Newsletters' });
  await offer(
    'New York to Lisbon from $321 round trip',
    'Boston to Porto from $299 round trip',
    'New York to Tokyo from $812 round trip in business class',
    'London to Rome from £39 one way',
    'Paris to Lisbon from €89 round trip nonstop',
  );
});
afterAll(() => kit?.close());

describe('the list of deals', () => {
  it('answers filters of the language', async () => {
    expect(
      await prices('destination:country:PT price<=400 currency_is_not_needed'.replace(' currency_is_not_needed', '')),
    ).toEqual([89, 299, 321]);
    expect(await prices('origin:NYC')).toEqual([321, 812]);
    expect(await prices('origin:NYC,BOS -destination:TYO')).toEqual([299, 321]);
    expect(await prices('lisbon')).toEqual([89, 321]);
    expect(await prices('trip:oneway or cabin:business')).toEqual([39, 812]);
    expect(await prices(`source:${source.id} status:active`)).toHaveLength(5);
  });

  it('reads amounts in the currency of the person', async () => {
    const brit = await factory(kit.app).person().prefers({ currency: 'GBP' }).in(kit.team).create();
    const ask = async (headers: object) =>
      (await kit.request('GET', kit.team.url('deals?filter=price%3C%3D300&sort=price'), { headers: headers as never }))
        .json<List>()
        .items.map((d) => d.priceMinor / 100);
    expect(await ask(brit.headers)).toEqual([39, 89, 299, 321]);
    expect(await ask(kit.owner.headers)).toEqual([39, 89, 299]);
  });

  it('says where a filter is wrong and what may be meant', async () => {
    const problem = await list(`filter=${encodeURIComponent('origon:NYC')}`, 400);
    expect(problem).toMatchObject({ code: 'filter_refused', position: { start: 0, end: 6 }, suggestion: 'origin' });
    expect(JSON.stringify(await list(`filter=${'a'.repeat(100_000)}`, 400))).toContain('filter');
    expect(await list(`filter=${encodeURIComponent('('.repeat(1000) + 'a' + ')'.repeat(1000))}`, 400)).toMatchObject({
      code: 'filter_refused',
    });
  });

  it('pages in both directions of every sort, each deal once', async () => {
    for (const sort of ['foundAt', '-foundAt', 'price', '-price', 'percentile', '-percentile']) {
      const ids: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: List = await list(`sort=${sort}&limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
        ids.push(...page.items.map((d) => d.id));
        cursor = page.nextCursor;
      }
      expect([sort, ids.length, new Set(ids).size]).toEqual([sort, 5, 5]);
    }
    const { nextCursor } = await list('sort=price&limit=2');
    await list(`sort=foundAt&limit=2&cursor=${encodeURIComponent(nextCursor!)}`, 400);
  });

  it('narrows to the fields that are asked for', async () => {
    const { items } = await list('fields=title,priceMinor&limit=1');
    expect(Object.keys(items[0]!).sort()).toEqual(['priceMinor', 'title']);
    await list('fields=secret', 400);
  });

  it('shows a stranger nothing', async () => {
    const stranger = await factory(kit.app).workspace().create();
    expect(
      (await kit.request('GET', stranger.url('deals'), { headers: stranger.owner.headers })).json<List>().items,
    ).toEqual([]);
    const { items } = await list('limit=1');
    const url = (team: { url(path: string): string }) => team.url(`deals/${items[0]!.id}`);
    expect((await kit.request('GET', url(stranger), { headers: stranger.owner.headers })).statusCode).toBe(404);
    expect((await kit.request('GET', url(kit.team), { headers: stranger.owner.headers })).statusCode).toBe(404);
    expect((await kit.request('GET', url(kit.team))).statusCode).toBe(401);
  });
});

describe('one deal', () => {
  it('is answered with 304 to who has it already', async () => {
    const { items } = await list('limit=1');
    const url = kit.team.url(`deals/${items[0]!.id}`);
    const first = await kit.request('GET', url, { headers: kit.owner.headers });
    const again = await kit.request('GET', url, {
      headers: { ...kit.owner.headers, 'if-none-match': String(first.headers['etag']) },
    });
    expect([first.statusCode, again.statusCode, again.body]).toEqual([200, 304, '']);
  });

  it('is scored when its route has eight earlier prices', async () => {
    const fares = [500, 520, 540, 560, 580, 600, 620, 640];
    await offer(...fares.map((fare) => `Seattle to Paris from $${fare} round trip`));
    const before = (await list(`filter=origin:SEA&limit=200`)).items;
    expect(before.map((d) => [d.percentile, d.z])).toEqual(fares.map(() => [null, null]));
    await offer('Seattle to Paris from $450 round trip', 'Seattle to Paris from $99 one way');
    const items = (await list(`filter=${encodeURIComponent('origin:SEA (price=450 or price=99)')}&sort=price`)).items;
    expect(items.map((d) => d.percentile)).toEqual([null, 0]);
    // Mean 570, sample deviation 48.99: (450 - 570) / 48.99.
    expect(items[1]!.z).toBeCloseTo(-2.449, 2);
    const deal = await kit.call<DealView>('GET', `deals/${items[1]!.id}`);
    expect(deal.score).toMatchObject({ percentile: 0, prices: 8, needed: 8, note: null });
    expect(deal.priceHistory.map((p) => p.priceMinor)).toContain(50_000);
    expect(await prices('origin:SEA z<-2')).toEqual([450]);
    const [event] = await kit.events({ type: 'deal.found', subjectId: deal.id });
    expect([event!.data['percentile'], event!.data['z']]).toEqual([0, Math.fround(deal.z!)]);
  });

  it('runs out when its time is over, once, and is told of', async () => {
    await offer('Miami to Lima from $222 round trip');
    const [deal] = (await list('filter=origin:MIA')).items;
    await kit.rows(`update deal set expires_at = now() - interval '1 minute' where id = $1`, [deal!.id]);
    const end = () => kit.app.get(Transactions).run((em) => expireDue(em, kit.app.get(EventLog), 10));
    expect(await Promise.all([end(), end()]).then((counts) => counts.sort())).toEqual([0, 1]);
    expect((await list('filter=origin:MIA')).items[0]!.status).toBe('expired');
    await offer('Miami to Lima from $222 round trip');
    const both = (await list('filter=origin:MIA&sort=foundAt')).items;
    expect(both.map((d) => d.status)).toEqual(['expired', 'active']);
    expect((await kit.events({ subjectId: deal!.id })).map((e) => e.type)).toEqual(['deal.found', 'deal.expired']);
  });

  it('can be ended by hand', async () => {
    await offer('Miami to Quito from $242 round trip');
    const [deal] = (await list(`filter=${encodeURIComponent('origin:MIA destination:UIO')}`)).items;
    for (let i = 0; i < 2; i++)
      expect((await kit.call<DealView>('POST', `deals/${deal!.id}/expiry`)).status).toBe('expired');
    expect(await kit.events({ subjectId: deal!.id, type: 'deal.expired' })).toHaveLength(1);
    const viewer = await factory(kit.app).person().in(kit.team, 'viewer').create();
    expect(
      (await kit.request('POST', kit.team.url(`deals/${deal!.id}/expiry`), { headers: viewer.headers })).statusCode,
    ).toBe(403);
  });
});

describe('statistics', () => {
  it('count by the days of a time zone', async () => {
    const at = new Date(new Date().setUTCHours(23, 30, 0, 0) - 20 * 86_400_000);
    await kit.rows(`update deal set found_at = $1 where title like 'London%'`, [at]);
    const first = async (zone: string) =>
      (await kit.call<PerDayView>('GET', `deal-statistics/deals-per-day?zone=${encodeURIComponent(zone)}`)).items[0];
    const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
    expect(await first('UTC')).toMatchObject({ day: day(at.getTime()), deals: 1, sourceName: 'Newsletters' });
    expect(await first('Asia/Tokyo')).toMatchObject({ day: day(at.getTime() + 9 * 3_600_000), deals: 1 });
    await kit.call('GET', 'deal-statistics/deals-per-day?zone=Mars/Olympus', undefined, 400);
  });

  it('tell a route and the destinations that are offered most', async () => {
    const route = await kit.call<RoutePricesView>('GET', 'deal-statistics/route-prices?origin=Seattle&destination=CDG');
    expect(route).toMatchObject({ origin: 'city:SEA', destination: 'city:PAR', currency: 'USD' });
    expect(route.summary).toMatchObject({ prices: 9, lowest: 45_000, median: 56_000 });
    const popular = await kit.call<PopularView>('GET', 'deal-statistics/popular-destinations?limit=1');
    expect(popular.items).toMatchObject([
      {
        destination: 'city:PAR',
        name: 'Paris',
        deals: 10,
        latitude: expect.closeTo(49, 0),
        longitude: expect.closeTo(2.4, 0),
      },
    ]);
    await kit.call('GET', 'deal-statistics/route-prices?origin=Atlantis-on-Sea&destination=CDG', undefined, 400);
  });
});

it('the target of deals is registered, and hears new deals and new prices', () => {
  const target = kit.app.get(FilterTargets).get('deal');
  expect([target.events, target.from]).toEqual([['deal.found', 'deal.repriced'], 'deal d']);
});
