/** Minor-unit digits that differ from the usual two (ISO 4217 table A.1). */
const DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
  CLF: 4,
  UYW: 4,
};

/**
 * Value of one major unit of each currency in one common unit of account (which one does not matter), by ISO 4217 code.
 * A currency that is missing, or whose rate is not a positive number, cannot be compared with another.
 */
export type Rates = ReadonlyMap<string, number>;

/** An amount in major units, as people write it. */
export interface Amount {
  readonly value: number;
  /** ISO 4217 code, upper case. */
  readonly currency: string;
}

const known = new Set(Intl.supportedValuesOf('currency'));

/** Whether this is an ISO 4217 code, in upper case. */
export function isCurrency(code: string): boolean {
  return known.has(code);
}

/** How many digits the minor unit of a currency has: 2 for USD, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number {
  return Object.hasOwn(DIGITS, currency) ? (DIGITS[currency] ?? 2) : 2;
}

/**
 * An amount in the nearest minor unit of another currency: what a stored price is compared with, in SQL and in memory
 * alike, so that both give one answer.
 *
 * @returns an integer, clamped to what a double holds exactly; undefined when a rate is unknown
 */
export function inMinorUnits(amount: Amount, currency: string, rates: Rates | undefined): number | undefined {
  const rate = crossRate(amount.currency, currency, rates);
  return rate === undefined ? undefined : roundMinor(amount.value, rate, 10 ** minorDigits(currency));
}

/** The arithmetic of `inMinorUnits`: never falls while `value` grows. `power` is how many minor units make a major one. */
export function roundMinor(value: number, rate: number, power: number): number {
  const minor = Math.round(value * rate * power);
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, minor)) + 0;
}

/** `inMinorUnits` for every currency that the rates know, and for the amount's own. */
export function minorTable(amount: Amount, rates: Rates | undefined): Record<string, number> {
  const currencies = new Set([amount.currency, ...(rates?.keys() ?? [])]);
  const entries = [...currencies].map((currency) => [currency, inMinorUnits(amount, currency, rates)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** What one unit of `from` is in `to`; 1 for one and the same currency, whatever the rates know. */
export function crossRate(from: string, to: string, rates: Rates | undefined): number | undefined {
  if (from === to) return 1;
  if (!/^[A-Z]{3}$/.test(to)) return undefined;
  const one = rates?.get(from);
  const other = rates?.get(to);
  if (!isRate(one) || !isRate(other)) return undefined;
  return one / other;
}

function isRate(rate: number | undefined): rate is number {
  return rate !== undefined && Number.isFinite(rate) && rate > 0;
}
