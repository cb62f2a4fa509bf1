// Texts for the fields of requests: right ones, and right ones that hurt.
import fc, { type Arbitrary } from 'fast-check';
import { dealFilters } from '#contract/filter/testing/arbitraries.js';

/** Texts that have broken programs and that a schema of text lets through. */
const cruel = fc.constantFrom(
  ...[
    '',
    ' ',
    '\t',
    '-',
    '.',
    '..',
    '/',
    '%',
    '%00',
    '%s%n',
    '\\',
    "'",
    '"',
    '`',
    ';',
    '--',
    '/*',
    '$1',
    '${7*7}',
    '{{7*7}}',
  ],
  ...[
    "' or 1=1 --",
    '"; drop table deal; --',
    '../../../etc/passwd',
    '<script>alert(1)</script>',
    '<!--',
    ']]>',
    'javascript:1',
  ],
  ...[
    'null',
    'undefined',
    'true',
    'NaN',
    '-0',
    '1e999',
    '0x10',
    '1_000',
    '٣',
    '𝟙',
    '__proto__',
    'constructor',
    'hasOwnProperty',
  ],
  ...[
    'İ',
    'ß',
    'ﬁ',
    'Σς',
    'e\u0301',
    '\u0301',
    '\u202eabc',
    '\u200b',
    '\u2028',
    '\ufeff',
    '\ufffe',
    '👩‍👩‍👧‍👦',
    '北京',
    'שלום',
    '𐍈',
  ],
  ...[
    'a'.repeat(121),
    'é'.repeat(255),
    '😀'.repeat(64),
    'a,'.repeat(500),
    '('.repeat(150),
    ' '.repeat(1000),
    '9'.repeat(400),
  ],
);

/** Any text that JSON and PostgreSQL hold. */
export const anyText = fc.oneof(
  { weight: 3, arbitrary: cruel },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }).map(storable) },
);

export const words = fc.constantFrom(
  'Ada',
  'Lisbon & more',
  '北京 特价',
  "O'Neill",
  'Ünïcödé',
  'a'.repeat(100),
  '<b>bold</b>',
  '50 % off',
);
const hosts = fc.constantFrom(
  '127.0.0.1',
  'localhost',
  'nothing.invalid',
  '::1',
  '0.0.0.0',
  '169.254.169.254',
  'a.invalid'.repeat(20),
);
export const urls = fc.constantFrom(
  ...['http://127.0.0.1:1/', 'https://nothing.invalid/feed?a=1#b', 'http://[::1]:1/', 'http://169.254.169.254/latest/'],
  ...['http://nothing.invalid/%00', 'https://xn--.invalid/', 'http://0/', 'http://2130706433/'],
);
const networks = fc.constantFrom(
  ...['192.0.2.7', '192.0.2.77/24', '0.0.0.0/0', '255.255.255.255/32', '::', '::/0', '2001:DB8::1/33'],
  ...['::ffff:192.0.2.7', '::ffff:0:0/96', '::ffff:192.0.2.7/95', 'ff02::1/128'],
);
const addresses = fc
  .tuple(fc.constantFrom('ada', 'o.neill', 'a+tag', 'A.B', 'x'.repeat(60), '用户'), fc.nat(10_000))
  .map(([local, n]) => `${local}${n % 3 ? '' : n}@example.com`);
export const instants = fc
  .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
  .map((date) => date.toISOString());
const soon = fc.integer({ min: 1, max: 1800 }).map((days) => new Date(Date.now() + days * 86_400_000).toISOString());

/** A filter by its grammar, then with a few characters changed, then any text. */
const filters: Arbitrary<string> = fc
  .oneof(
    { weight: 6, arbitrary: dealFilters },
    {
      weight: 2,
      arbitrary: fc
        .tuple(dealFilters, fc.nat(200), cruel)
        .map(([text, at, junk]) => text.slice(0, at) + junk + text.slice(at + 1)),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(
          fc.constantFrom(
            '(',
            ')',
            '-',
            'not ',
            'or ',
            'and ',
            'price',
            ':',
            '<=',
            '..',
            ',',
            '"',
            '*',
            'NYC',
            '400',
            ' ',
          ),
          { maxLength: 60 },
        )
        .map((tokens) => tokens.join('')),
    },
    { weight: 1, arbitrary: anyText },
  )
  .map(storable);

/** What fields of these names take although their schema says text only. */
export const named: Record<string, Arbitrary<unknown>> = {
  email: addresses,
  password: fc.constantFrom('something quite long', 'пароль пароль', '😀a😀b😀c😀d', 'x y z '.repeat(150)),
  code: fc.stringMatching(/^[0-9]{6}$/),
  name: words,
  workspaceName: words,
  locale: fc.constantFrom('en', 'de-AT', 'zh-Hans-CN', 'pt-BR-u-ca-buddhist', 'x-private', 'en-US-posix'),
  timeZone: fc.constantFrom('UTC', 'Europe/Lisbon', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'Etc/GMT+12'),
  zone: fc.constantFrom('UTC', 'Europe/Lisbon', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'America/New_York'),
  currency: fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'CLF', 'XAU'),
  scopes: fc.uniqueArray(fc.constantFrom('deals:read', 'deals:write', 'audit:read', 'members:write', 'sources:read'), {
    minLength: 1,
  }),
  expiresAt: fc.option(soon),
  allowedAddresses: fc.array(
    fc.oneof({ weight: 40, arbitrary: networks }, { weight: 1, arbitrary: anyText.map((text) => text.slice(0, 100)) }),
    { maxLength: 3 },
  ),
  token: fc.oneof(fc.base64String({ minLength: 4, maxLength: 60 }), fc.constantFrom('a', '..', 'null')),
  target: fc.constant('deal'),
  filter: filters,
  host: hosts,
  url: urls,
  tokenUrl: urls,
  origin: fc.constantFrom('NYC', 'Lisbon', 'city:LON', 'airport:JFK', 'country:PT', '北京', 'são paulo'),
  destination: fc.constantFrom('TYO', 'Lisbon', 'city:PAR', 'country:US', 'region:europe', 'ORD'),
  fields: fc.constantFrom('id', 'id,subject', 'id,title,priceMinor', ' id , id ', ',', 'id,__proto__'),
  setupCode: fc.base64String({ minLength: 4, maxLength: 40 }),
  invitation: fc.base64String({ minLength: 4, maxLength: 40 }),
  held: fc.constantFrom('true', 'false', '1', 'no'),
  queue: fc.constantFrom('mail', 'alerts', 'a', 'z'.repeat(60)),
};

const UNSTORABLE = /[\0]|\p{Surrogate}/gu;

/** The text without what PostgreSQL cannot hold. */
export function storable(text: string): string {
  return text.replace(UNSTORABLE, '');
}
