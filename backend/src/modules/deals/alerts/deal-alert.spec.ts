import { describe, expect, it } from '@jest/globals';
import { eventCatalogue, type EventData } from '#contract/events/index.js';
import { dealTarget } from '../deals/deal-target.js';
import { EXAMPLE } from './deal-example.js';
import { money, tellDeal, tellRepriced } from './deal-alert.js';

const reader = { locale: 'en-US', timeZone: 'UTC' };

function deal(change: Partial<EventData<'deal.found'>> = {}): EventData<'deal.found'> {
  return {
    title: 'Boston to Lisbon from $386',
    origins: [{ text: 'Boston', key: 'city:BOS', name: 'Boston' }],
    destinations: [{ text: 'Lissabon', key: 'city:LIS', name: 'Lisbon' }],
    originKeys: ['city:BOS'],
    destinationKeys: ['city:LIS'],
    priceMinor: 38600,
    currency: 'USD',
    airlines: ['TAP Air Portugal'],
    airlinesFolded: ['tap air portugal'],
    cabin: 'economy',
    tripType: 'roundtrip',
    nonstop: true,
    travelFrom: '2027-03-01',
    travelTo: '2027-06-01',
    bookBy: '2027-01-31',
    link: 'https://deals.example/1',
    kind: 'fare',
    confidence: 0.9,
    percentile: 4.4,
    z: -2,
    status: 'active',
    sourceId: '018f0000-0000-7000-8000-000000000000',
    foundAt: '2026-11-21T09:00:00.000Z',
    titleFolded: 'boston to lisbon from $386',
    words: ['boston'],
    ...change,
  };
}

describe('a deal alert', () => {
  it('says route and price first, then what else is known', () => {
    const told = tellDeal(deal(), reader);
    expect(told.subject).toBe('Boston → Lisbon $386');
    expect(told.blocks[0]).toEqual({
      type: 'card',
      title: 'Boston → Lisbon',
      highlight: '$386',
      badges: ['Round trip', 'Economy', 'Non-stop'],
      rows: [
        { key: 'Airline', value: 'TAP Air Portugal' },
        { key: 'Travel', value: 'March\u2009–\u2009May 2027' },
        { key: 'Book by', value: 'January 31, 2027' },
      ],
      note: 'Cheaper than 96 % of the prices seen on this route',
      link: { label: 'See the offer', url: 'https://deals.example/1' },
    });
    expect(told.preheader).toContain('Non-stop · Cheaper than 96 %');
  });

  it('speaks simplified Chinese to whom it should', () => {
    const chinese = { locale: 'zh-CN', timeZone: 'Asia/Shanghai' };
    const told = tellDeal(deal(), chinese);
    expect([told.subject, told.heading]).toEqual(['Boston → Lisbon US$386', '为您找到一条优惠']);
    expect(told.blocks[0]).toMatchObject({
      badges: ['往返', '经济舱', '直飞'],
      rows: [
        { key: '航空公司', value: 'TAP Air Portugal' },
        { key: '出行时间', value: expect.stringContaining('2027') },
        { key: '预订截止', value: '2027年1月31日' },
      ],
      note: '低于该航线 96% 的历史价格',
      link: { label: '查看优惠' },
    });
    const fallen = tellRepriced({ before: { priceMinor: 40000 }, after: deal() }, chinese);
    expect(fallen.subject).toBe('Boston → Lisbon 降至 US$386');
  });

  it('has an example that it can tell', () => {
    expect(tellDeal(EXAMPLE, reader).subject).toBe('Boston → Lisbon $386');
    expect(eventCatalogue['deal.found'].data.parse(EXAMPLE)).toEqual(EXAMPLE);
  });

  it('leaves out what is not known', () => {
    const unknown = { cabin: null, tripType: null, nonstop: null, travelFrom: null, travelTo: null, bookBy: null };
    const told = tellDeal(deal({ ...unknown, link: null, percentile: null, airlines: [], origins: [] }), reader);
    expect(told.blocks[0]).toEqual({
      type: 'card',
      title: 'Anywhere → Lisbon',
      highlight: '$386',
      badges: [],
      rows: [],
    });
  });

  it('names what is special about a deal', () => {
    expect(tellDeal(deal({ kind: 'mistake-fare' }), reader).blocks[0]).toMatchObject({
      badges: ['Round trip', 'Economy', 'Non-stop', 'Mistake fare'],
    });
  });

  it('shortens long lists of places and falls back to the words of the mail', () => {
    const place = (text: string) => ({ text, key: null, name: null });
    const told = tellDeal(deal({ origins: ['A', 'B', 'C', 'D', 'E'].map(place) }), reader);
    expect(told.subject).toBe('A, B, C +2 → Lisbon $386');
  });

  it('tells how far a price fell', () => {
    const fallen = tellRepriced({ before: { priceMinor: 40000 }, after: deal() }, reader);
    expect([fallen.subject, fallen.heading]).toEqual(['Boston → Lisbon down to $386', 'A price fell']);
    expect(fallen.blocks[0]).toMatchObject({ rows: [{ key: 'Before', value: '$400' }, {}, {}, {}] });
  });

  it('is sent again when the price falls, not when it rises', () => {
    const repriced = (before: number) => ({
      type: 'deal.repriced' as const,
      data: { before: { priceMinor: before }, after: deal() },
    });
    expect([40000, 30000].map((before) => dealTarget.news?.(repriced(before)))).toEqual([true, false]);
    expect(dealTarget.news?.({ type: 'deal.found', data: deal() })).toBe(true);
    expect(dealTarget.news?.({ type: 'deal.found', data: deal({ status: 'expired' }) })).toBe(false);
  });

  it.each([
    [38600, 'USD', 'en-US', '$386'],
    [38650, 'USD', 'en-US', '$386.50'],
    [12345, 'JPY', 'en-US', '¥12,345'],
    [99, 'EUR', 'de-DE', '0,99\u00a0€'],
    [1500, 'KWD', 'en-US', 'KWD\u00a01.500'],
  ])('writes %d minor units of %s for %s as %s', (minor, currency, locale, text) => {
    expect(money(minor, currency, { locale, timeZone: 'UTC' })).toBe(text);
  });
});
