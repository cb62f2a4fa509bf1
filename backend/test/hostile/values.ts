// Values for the fields of requests: right ones, and right ones that hurt.
import fc, { type Arbitrary } from 'fast-check';
import { dealFilters } from '#contract/filter/testing/arbitraries.js';
import type { Schema } from './operations.js';

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
const anyText = fc.oneof(
  { weight: 3, arbitrary: cruel },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }).map(storable) },
);

const words = fc.constantFrom(
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
const urls = fc.constantFrom(
  ...['http://127.0.0.1:1/', 'https://nothing.invalid/feed?a=1#b', 'http://[::1]:1/', 'http://169.254.169.254/latest/'],
  ...['http://nothing.invalid/%00', 'https://xn--.invalid/', 'http://0/', 'http://2130706433/'],
);
const addresses = fc
  .tuple(fc.constantFrom('ada', 'o.neill', 'a+tag', 'A.B', 'x'.repeat(60), '用户'), fc.nat(10_000))
  .map(([local, n]) => `${local}${n % 3 ? '' : n}@example.com`);
const instants = fc
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
const named: Record<string, Arbitrary<unknown>> = {
  email: addresses,
  password: fc.constantFrom('something quite long', 'пароль пароль', '😀a😀b😀c😀d', 'x y z '.repeat(150)),
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

function storable(text: string): string {
  return text.replace(UNSTORABLE, '');
}

/**
 * Values that a field's schema takes. A few of its texts are cruel: what the schema cannot say (a time zone, a currency)
 * is then refused by the room, or has to be borne by it.
 *
 * @param ids gives symbols for ids, which are filled in when the request is sent
 */
export function valueOf(name: string, schema: Schema, ids: Arbitrary<string>): Arbitrary<unknown> {
  const usual = named[name] ?? byShape(schema, ids);
  if (schema['enum'] !== undefined || schema['const'] !== undefined || schema['format'] === 'uuid')
    return byShape(schema, ids);
  const takesText = schema['type'] === 'string';
  return takesText
    ? fc.oneof({ weight: 24, arbitrary: usual }, { weight: 1, arbitrary: within(anyText, schema) })
    : usual;
}

function byShape(schema: Schema, ids: Arbitrary<string>): Arbitrary<unknown> {
  const { enum: choices, const: fixed, default: fallback } = schema;
  if (fixed !== undefined) return fc.constant(fixed);
  if (Array.isArray(choices)) return fc.constantFrom<unknown>(...(choices as unknown[]));
  const several = (schema['oneOf'] ?? schema['anyOf']) as Schema[] | undefined;
  if (several) return fc.oneof(...several.map((one) => byShape(one, ids)));
  const type = Array.isArray(schema['type']) ? (schema['type'] as string[])[0] : schema['type'];
  switch (type) {
    case 'object':
      return objectOf(schema, ids);
    case 'array':
      return fc.array(byShape((schema['items'] ?? {}) as Schema, ids), {
        minLength: Number(schema['minItems'] ?? 0),
        maxLength: Math.min(Number(schema['maxItems'] ?? 5), 5),
      });
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return textOf(schema, ids);
    default:
      return fallback === undefined ? fc.jsonValue({ maxDepth: 2 }) : fc.constant(fallback);
  }
}

/** An object with all that is required and some of the rest. */
export function objectOf(schema: Schema, ids: Arbitrary<string>): Arbitrary<Record<string, unknown>> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const required = (schema['required'] ?? []) as string[];
  const values = Object.fromEntries(properties.map(([name, property]) => [name, valueOf(name, property, ids)]));
  return fc.record(values, { requiredKeys: required, noNullPrototype: true });
}

/** Both ends of a range, what lies between, and where machines run out of digits. */
function numberOf(schema: Schema): Arbitrary<number> {
  const min = Math.max(Number(schema['minimum'] ?? -(2 ** 53)), -(2 ** 53));
  const max = Math.min(Number(schema['maximum'] ?? 2 ** 53), 2 ** 53);
  const ends = [min, max, 0, 1, -1, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1].filter((n) => n >= min && n <= max);
  return fc.oneof(
    fc.constantFrom(...ends),
    fc.integer({ min: Math.ceil(Math.max(min, -1e9)), max: Math.floor(Math.min(max, 1e9)) }),
  );
}

function textOf(schema: Schema, ids: Arbitrary<string>): Arbitrary<string> {
  const { format, pattern } = schema;
  if (format === 'uuid') return ids;
  if (format === 'date-time') return instants;
  if (format === 'uri') return urls;
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  return within(fc.oneof({ weight: 3, arbitrary: words }, { weight: 1, arbitrary: anyText }), schema);
}

/** Texts cut or repeated to the length that a schema asks for. */
function within(texts: Arbitrary<string>, schema: Schema): Arbitrary<string> {
  const min = Number(schema['minLength'] ?? 0);
  const max = Number(schema['maxLength'] ?? 20_000);
  return texts.map((text) => storable((text.length < min ? text.padEnd(min, 'x') : text).slice(0, max)));
}
