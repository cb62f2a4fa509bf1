import { fold } from '#platform/places/index.js';
import { currencyCode, currencyWord, signAfter, signBefore } from './currencies.js';

/** An amount of money in a text. `currency` is an ISO code, or `$`, `kr`, `¥`, `R`, `cents`, which `settleCurrency` settles. */
export interface PriceMention {
  start: number;
  end: number;
  major: number;
  currency: string;
  role: PriceRole;
}

/** `fare` can be a deal's price; `was` is the price before, `discount` an amount off, `other` is a night, a bag, a voucher. */
export type PriceRole = 'fare' | 'was' | 'discount' | 'other' | 'raised';

const NUMBER = /\d{1,9}(?:[.,'’\u00a0\u202f ]\d{2,3}){0,3}(?:[.,]\d{1,2})?/g;
const MAX_PRICES = 400;

/**
 * The amount a number stands for, in either style of thousands and decimals: "1,299" and "1.299" are 1299, "1.299,50" and
 * "1,299.50" are 1299.5, "9.99" is 9.99, "3 990" is 3990. Undefined where the digits fit neither.
 */
export function amountOf(digits: string): number | undefined {
  const plain = digits.replace(/[\u00a0\u202f ’']/g, ' ');
  const spaced = /^\d{1,3}(?: \d{3})+(?:[.,]\d{1,2})?$/.test(plain) ? plain.replaceAll(' ', '') : plain;
  const decimal = /^(\d{1,3}(?:([.,])\d{3})*|\d+)(?:([.,])(\d{1,2}))?$/.exec(spaced);
  if (!decimal) return undefined;
  const [, whole = '', thousands, point, cents = ''] = decimal;
  if (thousands !== undefined && thousands === point) return undefined;
  return Number(`${whole.replace(/[.,]/g, '')}.${cents || '0'}`);
}

/** All amounts of money in a text, left to right. Linear: each number looks at a window of fixed width around it. */
export function findPrices(text: string): PriceMention[] {
  const found: PriceMention[] = [];
  for (const match of text.matchAll(NUMBER)) {
    if (found.length >= MAX_PRICES) break;
    const mention = priceAt(text, match.index, match[0]);
    const last = found.at(-1);
    if (mention && (last === undefined || mention.start >= last.end)) found.push(mention);
  }
  const cast = found.map((mention, i) => ({ ...mention, role: roleOf(text, mention, found[i - 1], found[i + 1]) }));
  cast.forEach((mention, i) => {
    // "usually $900-$1,300": both ends of a range are what the first is.
    const before = cast[i - 1];
    if (
      before &&
      before.role !== 'fare' &&
      mention.role === 'fare' &&
      /^\s?(?:[-–—]|to)\s?$/.test(text.slice(before.end, mention.start))
    )
      mention.role = before.role;
    castPair(text, mention, cast[i + 1]);
  });
  return cast;
}

function priceAt(text: string, at: number, raw: string): PriceMention | undefined {
  for (const digits of numberCuts(raw)) {
    const end = at + digits.length;
    const major = amountOf(digits);
    if (
      major === undefined ||
      major <= 0 ||
      (/[\d\p{L}_%]/u.test(text[at - 1] ?? ' ') && !/[A-Za-zčłÅ\u3400-\u9fff]/.test(text[at - 1] ?? ' '))
    )
      continue;
    const money = currencyAround(text, at, end, digits);
    if (money)
      return {
        start: at - money.before,
        end: end + money.after,
        major: money.cents ? major / 100 : major,
        currency: money.currency,
        role: 'fare',
      };
  }
  return undefined;
}

/** A run such as "2 299" or "3 299 €" may be one number or two; the longest reading that is money wins. */
function numberCuts(raw: string): string[] {
  const cut = /[.,'’]$/.test(raw) ? raw.slice(0, -1) : raw;
  const parts = cut.split(/[\u00a0\u202f ]/);
  return parts.length === 1 ? [cut] : [cut, parts[0] ?? cut];
}

interface Money {
  currency: string;
  before: number;
  after: number;
  cents?: boolean;
}

function currencyAround(text: string, start: number, end: number, digits: string): Money | undefined {
  const head = text.slice(Math.max(0, start - 8), start);
  const tail = text.slice(end, end + 14);
  const dash = /^(?:,|\.)?[-–]{1,2}(?=\s?(?:€|EUR|CHF|Kč|kr))/.exec(tail)?.[0].length ?? 0;
  const wordAfter = /^\s?([A-Za-zÀ-ž]{1,8}|[\u4e00-\u9fff]{1,3})(?![A-Za-zÀ-ž])/.exec(tail.slice(dash));
  const word = wordAfter?.[1] ?? '';
  const codeAfter = word.length === 3 ? currencyCode(word) : undefined;
  const after =
    wordAfter && codeAfter && (word === word.toUpperCase() || word === 'Eur' || word === 'eur')
      ? dash + wordAfter[0].length
      : 0;
  const sign = signBefore(head);
  if (sign) {
    if (sign.currency === 'R' && !/[\d,]{3,}/.test(digits)) return undefined;
    if (after > 0 && codeAfter) return { currency: codeAfter, before: sign.length, after };
    return { currency: sign.currency, before: sign.length, after: 0 };
  }
  const codeBefore = /(?:^|[^A-Za-z])([A-Z]{3})\s?$/.exec(head);
  const known = codeBefore?.[1] === undefined ? undefined : currencyCode(codeBefore[1]);
  if (after > 0 && codeAfter) return { currency: codeAfter, before: 0, after };
  const signed = signAfter(tail.slice(dash).slice(0, 5));
  if (signed) return { currency: signed.currency, before: 0, after: dash + signed.length };
  if (known && codeBefore) return { currency: known, before: codeBefore[0].replace(/^[^A-Z]/, '').length, after: 0 };
  if (/^(?:cents?|¢)$/i.test(word) || tail.startsWith('¢'))
    return { currency: 'cents', before: 0, after: word ? (wordAfter?.[0].length ?? 0) : 1, cents: true };
  const folded = fold(word);
  const named = currencyWord(folded) ?? currencyWord(folded.slice(0, 3)) ?? currencyWord(folded.slice(0, 1));
  if (named && wordAfter && (/^[a-z]/.test(folded) ? currencyWord(folded) !== undefined : true)) {
    const length = /^[a-z]/.test(folded)
      ? wordAfter[0].length
      : wordAfter[0].length -
        word.length +
        (currencyWord(folded) ? word.length : currencyWord(folded.slice(0, 3)) ? 3 : 1);
    return { currency: named, before: 0, after: dash + length };
  }
  return undefined;
}

const DISCOUNT_BEFORE =
  /(?:save(?: up to)?|saving(?: of)?|discount(?: of)?|cashback|rabatt(?: von)?|descuento de|ahorra(?: hasta)?|bonus|credit|coupon|gutschein|voucher|reduced by|dropped by|down by|fell by|sconto di|risparmi|zniżk\S*|sleva|slevu|by another|another|立减|优惠|减|(?:^|[\s,(:])(?:down|up|dropped|drop of|decrease of|increase of))\s*(?:of\s)?$/i;
const DISCOUNT_AFTER =
  /^\s*(?:off\b|discount|de descuento|rabatt|de réduction|di sconto|sleva|slevy|zniżki|taniej|credit|voucher|gift card|gutschein|cheaper|less than|below|优惠券|coupon|promo)/i;
const WAS_BEFORE =
  /(?:was|were|instead of|down from|dropped from|reduced from|normally|usually|regularly|typically|originally|previously|compared to|statt|statt bisher|vorher|normalerweise|antes|en lugar de|au lieu de|invece di|místo|původně|zamiast|wcześniej|było|bylo|dotąd|dříve|prima|avant|原价|worth|value of|valued at)(?:\s(?:around|about|over|up to|at))?\s*$/i;
const RAISED_BEFORE = /(?:increased from|rose from|up from|increased by|went up by|gone up by|risen by|↑|▲|⬆️?)\s*$/i;
const RAISED_AFTER = /^\s*(?:\(|–|-)?\s*(?:increased|up from|rose|risen|went up|↑|▲)/i;
const OTHER_AFTER =
  /^\s*(?:per night|per week|a week|pro woche|\/\s?week|\/\s?woche|por semana|à la semaine|a settimana|per hour|an hour|\/\s?night|a night|p\.?\s?n\.?\b|\/\s?nacht|pro nacht|la noche|por noche|\/\s?noche|par nuit|a notte|za noc|\/\s?noc|\/\s?double|\/\s?room|\/\s?day|a day|per day|pro tag|por día|\/\s?month|a month|per month|per bag|for (?:a )?(?:checked )?bag|每晚|晚|annual|a year|per year|million|billion|mill?ion\w*|mrd|k\b|bn\b|\+? ?miles|points)/i;
const OTHER_BEFORE =
  /(?<!\b(?:incl|inkl|including|inklusive|incluye|includes|with|mit|con|s|včetně)\.? (?:all |checked |de |den |)?)(?:baggage|bag fee|fee|taxes|tax|fees|surcharge|deposit|under|budget of|hotel from|hotel for|hotels from|rooms from|per night from|spend|spent|earn|gepäck|maleta)(?:\s(?:of|from|for))?\s*:?\s*$/i;

/**
 * Two fares of one currency with nothing or an arrow between them are one fare before and after: an arrow leads to the new one, and
 * of two that only stand side by side ("£68 £58", one of them struck out in the mail) the lower is the new one.
 */
function castPair(text: string, price: PriceMention, next: PriceMention | undefined): void {
  if (next === undefined || price.role !== 'fare' || next.role !== 'fare' || price.currency !== next.currency) return;
  const gap = text.slice(price.end, next.start);
  if (/^\s*(?:→|➔|➡️?|->|=>|»)\s*$/u.test(gap)) {
    price.role = 'was';
    if (next.major > price.major) next.role = 'raised';
  } else if (/^[ \t]{1,4}$/.test(gap) && price.major !== next.major)
    (price.major > next.major ? price : next).role = 'was';
}

/** What an amount is, from the words around it; the window is fixed, so the scan stays linear. */
function roleOf(
  text: string,
  price: PriceMention,
  previous: PriceMention | undefined,
  next: PriceMention | undefined,
): PriceRole {
  const before = text.slice(Math.max(previous?.end ?? 0, price.start - 32), price.start);
  const after = text.slice(price.end, Math.min(next?.start ?? text.length, price.end + 24));
  if (DISCOUNT_BEFORE.test(before) || DISCOUNT_AFTER.test(after)) return 'discount';
  if (/(?:increased|risen|rose|up|climbed|jumped) to\s*$/i.test(before)) return 'raised';
  if (RAISED_BEFORE.test(before)) return 'was';
  if (RAISED_AFTER.test(after)) return 'raised';
  if (WAS_BEFORE.test(before)) return 'was';
  if (OTHER_AFTER.test(after) || OTHER_BEFORE.test(before)) return 'other';
  return 'fare';
}
