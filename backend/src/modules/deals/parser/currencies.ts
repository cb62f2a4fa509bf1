/** ISO 4217 minor units that are not 2 (https://www.six-group.com/en/products-services/financial-information/data-standards.html). */
const DIGITS: Record<string, number> = {
  JPY: 0,
  KRW: 0,
  CLP: 0,
  VND: 0,
  ISK: 0,
  PYG: 0,
  UGX: 0,
  RWF: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  KMF: 0,
  DJF: 0,
  GNF: 0,
  BIF: 0,
  VUV: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

/** Codes read in text; the set is closed so that "FOR" or "ALL" is never a currency ("ALL", the Albanian lek, is left out). */
export const CODES = (
  'USD EUR GBP CAD AUD NZD HKD SGD JPY CNY RMB KRW TWD THB INR IDR MYR PHP VND CHF SEK NOK DKK ISK PLN CZK HUF RON BGN HRK RSD UAH RUB TRY ' +
  'ILS AED SAR QAR KWD BHD OMR JOD EGP MAD TND ZAR KES NGN MUR BRL ARS CLP COP PEN MXN UYU CRC GTQ DOP JMD TTD BBD FJD XPF LKR PKR BDT NPR MOP'
).split(' ');

const CODE_SET = new Set(CODES);

/** Words, folded, that stand for a currency after a number. */
const WORDS: Record<string, string> = {
  euro: 'EUR',
  euros: 'EUR',
  eur: 'EUR',
  eu: 'EUR',
  dollar: 'USD',
  dollars: 'USD',
  dolares: 'USD',
  dollari: 'USD',
  pound: 'GBP',
  pounds: 'GBP',
  quid: 'GBP',
  libras: 'GBP',
  pfund: 'GBP',
  zl: 'PLN',
  zloty: 'PLN',
  zlotych: 'PLN',
  kc: 'CZK',
  korun: 'CZK',
  ft: 'HUF',
  forint: 'HUF',
  lei: 'RON',
  lv: 'BGN',
  leva: 'BGN',
  kr: 'kr',
  krona: 'SEK',
  kronor: 'SEK',
  kroner: 'kr',
  franken: 'CHF',
  francs: 'CHF',
  sfr: 'CHF',
  yen: 'JPY',
  yuan: 'CNY',
  rmb: 'CNY',
  rupees: 'INR',
  rand: 'ZAR',
  reais: 'BRL',
  pesos: 'MXN',
  baht: 'THB',
  dirhams: 'AED',
  tl: 'TRY',
  rm: 'MYR',
  rp: 'IDR',
  元: 'CNY',
  人民币: 'CNY',
  日元: 'JPY',
  美元: 'USD',
  欧元: 'EUR',
  英镑: 'GBP',
  港币: 'HKD',
  港元: 'HKD',
  块: 'CNY',
};

/** Signs before or after a number, longest first; `$`, `kr`, `¥` and `R` are settled by context. */
const SIGNS: [string, string][] = [
  ['US$', 'USD'],
  ['USD$', 'USD'],
  ['CA$', 'CAD'],
  ['CAD$', 'CAD'],
  ['CDN$', 'CAD'],
  ['C$', 'CAD'],
  ['AU$', 'AUD'],
  ['AUD$', 'AUD'],
  ['A$', 'AUD'],
  ['NZ$', 'NZD'],
  ['NZD$', 'NZD'],
  ['HK$', 'HKD'],
  ['HKD$', 'HKD'],
  ['SG$', 'SGD'],
  ['S$', 'SGD'],
  ['SGD$', 'SGD'],
  ['NT$', 'TWD'],
  ['R$', 'BRL'],
  ['MX$', 'MXN'],
  ['MXN$', 'MXN'],
  ['AR$', 'ARS'],
  ['CLP$', 'CLP'],
  ['COP$', 'COP'],
  ['CN¥', 'CNY'],
  ['JP¥', 'JPY'],
  ['RMB¥', 'CNY'],
  ['Fr.', 'CHF'],
  ['SFr.', 'CHF'],
  ['Rs.', 'INR'],
  ['Rs', 'INR'],
  ['RM', 'MYR'],
  ['Rp', 'IDR'],
  ['zł', 'PLN'],
  ['Kč', 'CZK'],
  ['kr', 'kr'],
  ['Ft', 'HUF'],
  ['лв', 'BGN'],
  ['$', '$'],
  ['£', 'GBP'],
  ['€', 'EUR'],
  ['¥', '¥'],
  ['￥', '¥'],
  ['₹', 'INR'],
  ['₩', 'KRW'],
  ['₪', 'ILS'],
  ['₺', 'TRY'],
  ['฿', 'THB'],
  ['₫', 'VND'],
  ['₱', 'PHP'],
  ['₴', 'UAH'],
  ['₽', 'RUB'],
  ['R', 'R'],
];
SIGNS.sort((a, b) => b[0].length - a[0].length);

/** How many digits a currency's minor unit has. */
export const minorDigits = (currency: string): number => DIGITS[currency] ?? 2;

/** Major units to integer minor units, by ISO 4217: 349.5 GBP is 34950, 1299 JPY is 1299. */
export const toMinor = (major: number, currency: string): number => Math.round(major * 10 ** minorDigits(currency));

/** Integer minor units to major units. */
export const toMajor = (minor: number, currency: string): number => minor / 10 ** minorDigits(currency);

/** A code as ISO 4217 spells it, or undefined. */
export function currencyCode(word: string): string | undefined {
  const upper = word.toUpperCase();
  if (!CODE_SET.has(upper)) return undefined;
  return upper === 'RMB' ? 'CNY' : upper;
}

/** A currency word after a number ("euros", "Kč", "元"): its code, or `kr`, settled by context. */
export const currencyWord = (folded: string): string | undefined => WORDS[folded];

/** The sign that ends at the end of `before`, and its length there. */
export function signBefore(before: string): { currency: string; length: number } | undefined {
  const trimmed = before.trimEnd();
  for (const [sign, currency] of SIGNS) {
    if (!trimmed.endsWith(sign)) continue;
    const preceding = trimmed[trimmed.length - sign.length - 1] ?? ' ';
    if (/[A-Za-z]/.test(sign[0] ?? '') && /[\p{Script=Latin}\d]/u.test(preceding)) continue;
    return { currency, length: before.length - trimmed.length + sign.length };
  }
  return undefined;
}

/** The sign that `after` starts with; letters must not follow it. */
export function signAfter(after: string): { currency: string; length: number } | undefined {
  const trimmed = after.trimStart();
  for (const [sign, currency] of SIGNS) {
    if (currency === 'R' || !trimmed.startsWith(sign)) continue;
    if (/\p{L}/u.test(sign.at(-1) ?? '') && /[\p{L}\d]/u.test(trimmed[sign.length] ?? ' ')) continue;
    return { currency, length: after.length - trimmed.length + sign.length };
  }
  return undefined;
}

/** Currency of a country where a text's bare `$`, `kr` or cents are most likely meant so. */
const HOME: Record<string, string> = {
  US: 'USD',
  CA: 'CAD',
  AU: 'AUD',
  NZ: 'NZD',
  HK: 'HKD',
  SG: 'SGD',
  SE: 'SEK',
  NO: 'NOK',
  DK: 'DKK',
  IS: 'ISK',
  JP: 'JPY',
  CN: 'CNY',
  GB: 'GBP',
  ZA: 'ZAR',
  PL: 'PLN',
  CZ: 'CZK',
  HU: 'HUF',
  CH: 'CHF',
  MX: 'MXN',
  BR: 'BRL',
  IN: 'INR',
  FO: 'DKK',
  GL: 'DKK',
};
const EURO = new Set('AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK RE GP MQ GF YT'.split(' '));

/** The currency people of a country count in, where the parser needs to know it. */
export const homeCurrency = (country: string | undefined): string | undefined =>
  country === undefined ? undefined : (HOME[country] ?? (EURO.has(country) ? 'EUR' : undefined));
