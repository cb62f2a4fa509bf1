import type { Place } from '#platform/places/index.js';
import { homeCurrency } from './currencies.js';
import { findPrices } from './prices.js';

const DOLLARS = new Set(['USD', 'CAD', 'AUD', 'NZD', 'HKD', 'SGD', 'TWD']);
const CROWNS = new Set(['SEK', 'NOK', 'DKK', 'ISK']);
const DOLLAR_HOMES = new Set(['CAD', 'AUD', 'NZD']);

/** Codes that a whole text names, for signs that several currencies share. */
export function currenciesIn(text: string): Set<string> {
  const named = new Set(findPrices(text).map((price) => price.currency));
  for (const match of text.matchAll(/\b(?:USD|CAD|AUD|NZD|HKD|SGD|SEK|NOK|DKK|ISK|JPY|CNY|RMB)\b/g))
    named.add(match[0] === 'RMB' ? 'CNY' : match[0]);
  return named;
}

/**
 * The ISO currency that a sign stands for: what the text names elsewhere, else the currency of the origin, else the
 * commonest ("$" USD, "kr" SEK, "¥" CNY in Chinese text and JPY otherwise, "cents" those of the origin's currency).
 */
export function settleCurrency(
  sign: string,
  context: { named: Set<string>; origins: (Place | undefined)[]; language: string },
): string {
  if (sign.length === 3) return sign;
  const home = context.origins.map((place) => homeCurrency(place?.country)).find((currency) => currency !== undefined);
  const named = (family: Set<string>): string | undefined =>
    [...context.named].find((currency) => family.has(currency));
  if (sign === '$') return named(DOLLARS) ?? (home !== undefined && DOLLAR_HOMES.has(home) ? home : 'USD');
  if (sign === 'kr') {
    const spoken = { sv: 'SEK', da: 'DKK', no: 'NOK', nb: 'NOK', is: 'ISK' }[context.language];
    return named(CROWNS) ?? (home !== undefined && CROWNS.has(home) ? home : (spoken ?? 'SEK'));
  }
  if (sign === '¥')
    return home === 'JPY' || context.named.has('JPY') || (context.language !== 'zh' && home !== 'CNY') ? 'JPY' : 'CNY';
  if (sign === 'R') return 'ZAR';
  if (sign === 'cents') return context.origins.some((place) => place !== undefined) ? (home ?? 'USD') : 'USD';
  return 'USD';
}
