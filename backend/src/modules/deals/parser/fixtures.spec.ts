import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Place } from '#platform/places/index.js';
import { parseDeals, toMajor, type ParsedDeal, type ParsedPlace } from './index.js';

/** Rows of a fixture file: tab-separated, `#` starts a comment. */
const rows = (name: string): string[][] =>
  readFileSync(new URL(`./fixtures/${name}.tsv`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'));

/** "SEK", "VIE,FRA": city codes as written; an airport code where the text names the airport. */
const codeOf = (place: Place | undefined): string => place?.code ?? '?';
const side = (ends: ParsedPlace[]): string => ends.map((end) => codeOf(end.place)).join(',');
const shown = (deal: ParsedDeal): string =>
  `${side(deal.origins)}>${side(deal.destinations)} ${toMajor(deal.price.amount, deal.price.currency)} ${deal.price.currency}`;
const asShown = (expected: string): string => expected.replace(/(\d+\.\d)0 /, '$1 ');

describe('titles of our own, in the styles of deal sites', () => {
  it.each([...rows('titles'), ...rows('more-titles'), ...rows('unseen-titles')])('%s', (title, expected = '-') => {
    const deals = parseDeals({ subject: title, text: '' }).map(shown);
    expect(deals.length > 0 ? deals.join(' ; ') : '-').toBe(asShown(expected));
  });
});

interface Mail {
  name: string;
  subject: string;
  text: string;
  html?: string;
  deals: string[];
}

const mails = JSON.parse(readFileSync(new URL('./fixtures/mails.json', import.meta.url), 'utf8')) as Mail[];

/** All that a deal says, in the order the fixtures write it; what it does not say is left out. */
const told = (deal: ParsedDeal): string =>
  [
    shown(deal),
    deal.tripType,
    deal.cabin,
    deal.nonstop === null ? null : deal.nonstop ? 'nonstop' : 'stops',
    deal.travelWindow && `${deal.travelWindow.from}..${deal.travelWindow.to}`,
    deal.airlines.join('/') || null,
  ]
    .filter((part) => part !== null)
    .join(' ');

describe('mails of our own: alerts, newsletters, tables, negatives', () => {
  it.each(mails)('$name', ({ subject, text, html, deals }) => {
    expect(parseDeals({ subject, text, html }).map(told)).toEqual(deals);
  });
});

interface Post {
  title: string;
  body: string;
  deals: string[];
}

const posts = JSON.parse(readFileSync(new URL('./fixtures/posts.json', import.meta.url), 'utf8')) as Post[];

describe('posts of our own: title and body, deals and what looks like them', () => {
  it.each(posts)('$title $body', ({ title, body, deals }) => {
    expect(parseDeals({ subject: title, text: body }).map(shown)).toEqual(deals);
  });
});
