import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDeals, readableHtml, type ParsedDeal, type ParserInput } from './index.js';

/** Words of deals, of nonsense and of attacks, so that random texts reach deep into the rules. */
const word = fc.constantFrom(
  'London',
  'New York',
  'to',
  'from',
  'nach',
  '–',
  '→',
  ',',
  'or',
  '/',
  '$',
  '£349',
  '€ 1.299,50',
  '1,299 CAD',
  '¥1,299起',
  'kr 499',
  '99 cents',
  'ab',
  'od',
  'Praha',
  'z Prahy',
  'do',
  '上海',
  '飞',
  '东京',
  'roundtrip',
  'nonstop',
  'Nice',
  'LHR',
  '(JFK)',
  'US cities',
  'vice versa',
  'Nov - Mar',
  '12.3.2027',
  'with Delta',
  '(',
  ')',
  '|',
  '\n',
  '\t',
  '↓',
  '·',
  '\ud800',
  '\udc00',
  '\u0000',
  '🗽',
  'İ',
  'ß',
  'é',
  'https://e.org/x',
  '<td>',
  '&#0;',
  'hotel',
  'was',
);
const prose = fc
  .array(
    fc.oneof({ weight: 9, arbitrary: word }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) }),
    { maxLength: 60 },
  )
  .map((words) => words.join(' '));
const html = fc.option(
  prose.map((text) => `<table><tr><td>${text}</td></tr></table><script type="application/ld+json">${text}</script>`),
  { nil: undefined },
);
const input: fc.Arbitrary<ParserInput> = fc.record(
  { subject: prose, text: prose, html, receivedAt: fc.option(fc.date(), { nil: undefined }) },
  { requiredKeys: ['subject', 'text'] },
);

/** What every deal holds to, whatever it was read from. */
function check(deal: ParsedDeal, { subject, text, html: markup }: ParserInput): void {
  // A subject is one line: what breaks it counts as a space.
  const sources = { subject: subject.replace(/[\r\n\t]/g, ' '), text, html: markup ? readableHtml(markup) : '' };
  expect(Number.isSafeInteger(deal.price.amount) && deal.price.amount > 0).toBe(true);
  expect(deal.price.currency).toMatch(/^[A-Z]{3}$/);
  expect(deal.origins.length).toBeGreaterThan(0);
  expect(deal.destinations.length).toBeGreaterThan(0);
  expect(deal.confidence).toBeGreaterThan(0);
  expect(deal.confidence).toBeLessThanOrEqual(1);
  if (deal.travelWindow) expect(deal.travelWindow.from <= deal.travelWindow.to).toBe(true);
  for (const field of ['origins', 'destinations', 'price'] as const) expect(deal.evidence[field]).toBeDefined();
  for (const { source, start, end, quote } of Object.values(deal.evidence)) {
    if (source === 'jsonld') continue;
    expect(start).toBeLessThanOrEqual(end);
    expect(sources[source]?.slice(start, end)).toBe(quote);
  }
}

describe('parseDeals', () => {
  it('never throws, and every deal quotes its text', () => {
    fc.assert(
      fc.property(input, (mail) => {
        for (const deal of parseDeals(mail)) check(deal, mail);
      }),
      { numRuns: 1500 },
    );
  });

  it('takes any Unicode, lone surrogates too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (subject, text) => {
        for (const deal of parseDeals({ subject, text, html: text })) check(deal, { subject, text, html: text });
      }),
      { numRuns: 500 },
    );
  });

  // The same kind of text, four times as long, may not take much more than four times as long: a regex that backtracks would.
  it.each<[string, (size: number) => string]>([
    ['spaces', (size) => ' '.repeat(size)],
    ['digits', (size) => '1'.repeat(size)],
    ['grouped digits', (size) => '1,234 '.repeat(size / 6)],
    ['prices', (size) => '$1 '.repeat(size / 3)],
    ['places', (size) => 'London to Paris '.repeat(size / 16)],
    ['commas between places', (size) => 'London, '.repeat(size / 8)],
    ['dashes', (size) => '- – '.repeat(size / 4)],
    ['brackets', (size) => '('.repeat(size)],
    ['months', (size) => 'Nov - '.repeat(size / 6)],
    ['capitals', (size) => 'Aa '.repeat(size / 3)],
    ['half groups', (size) => 'many of the '.repeat(size / 12)],
    ['lines', (size) => 'London to Paris £9\n'.repeat(size / 19)],
    ['tabs', (size) => 'London\tParis\t'.repeat(size / 13)],
    ['Han', (size) => '上海飞东京'.repeat(size / 5)],
    ['open tags', (size) => '<b>'.repeat(size / 3)],
    ['nested cells', (size) => '<table><tr><td>'.repeat(size / 15)],
    ['unlisted places', (size) => 'London to Foo Bar, Spain £9\n'.repeat(size / 28)],
    ['open pairs', (size) => 'between London and '.repeat(size / 19)],
    ['excuses', (size) => 'Sadly the your flight to '.repeat(size / 25)],
    ['struck-out fares', (size) => '$68 $58 '.repeat(size / 8)],
    ['links', (size) => `https://${'a.'.repeat(size / 2)}`],
  ])('reads %s in bounded time', (_, make) => {
    const mail = (size: number): ParserInput => ({ subject: make(1000), text: make(size), html: make(size) });
    expect(() => parseDeals(mail(1_000))).not.toThrow();
    const started = process.cpuUsage().user;
    parseDeals(mail(300_000));
    // A bound against exponential and quadratic blow-up, far above the cost seen (well under a second of processor time).
    expect((process.cpuUsage().user - started) / 1e6).toBeLessThan(5);
  });

  it('counts minor units as ISO 4217 has them', () => {
    const amount = (subject: string): unknown => parseDeals({ subject, text: '' })[0]?.price;
    expect(amount('Tokyo to Seoul for ¥19,800 roundtrip')).toEqual({ amount: 19800, currency: 'JPY' });
    expect(amount('Kuwait to Dubai for 12.500 KWD roundtrip')).toEqual({ amount: 12_500_000, currency: 'KWD' });
    expect(amount('London to Paris for £29.99 return')).toEqual({ amount: 2999, currency: 'GBP' });
  });

  it('reads what else the body offers beside the title', () => {
    const routes = (subject: string, text: string): string[] =>
      parseDeals({ subject, text }).map(
        ({ origins, destinations, price }) =>
          `${origins[0]?.place?.code}-${destinations[0]?.place?.code} ${price.amount / 100}`,
      );
    const title = 'New York to Lisbon from $389 round trip';
    const own = 'Fly from New York (JFK) to Lisbon for $389 round trip.\n';
    expect(routes(title, `${own}Also Boston to Porto from $412 round trip.`)).toEqual(['NYC-LIS 389', 'BOS-OPO 412']);
    // The title's route again, its way back, a fare of the past, and what leads to other pages.
    expect(routes(title, `${own}New York to Lisbon $640 in summer.`)).toEqual(['NYC-LIS 389']);
    expect(routes(title, `${own}Lisbon to New York $195.`)).toEqual(['NYC-LIS 389']);
    expect(routes(title, `${own}Last year we saw Boston to Porto for $350.`)).toEqual(['NYC-LIS 389']);
    expect(routes(title, `${own}Related posts\nBoston to Porto for $350`)).toEqual(['NYC-LIS 389']);
  });
});
