// Hostile requests, made from the operations of the API document.
import fc, { type Arbitrary } from 'fast-check';
import type { Operation } from './operations.js';
import { objectOf, valueOf } from './values.js';

/** A request as it was thought up. Ids and cursors are symbols until it is sent: what exists then is up to the requests before. */
export interface HostileRequest {
  operation: Operation;
  /** Symbols for the parameters of the path, in their order. */
  ids: string[];
  query: [name: string, value: string][];
  /** Bytes of the query that no encoder wrote. */
  rawQuery: string;
  headers: Record<string, string>;
  body?: string;
}

/**
 * A symbol for an id: `own:3` and `other:3` are a thing of that kind of our tenant or of another, `nobody:0` is an id that
 * nothing has; anything else stands for itself.
 */
const ids: Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: fc.nat(20).map((n) => `own:${n}`) },
  { weight: 3, arbitrary: fc.nat(5).map((n) => `other:${n}`) },
  { weight: 2, arbitrary: fc.constant('nobody:0') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '0',
      '-1',
      '%00',
      '%2e%2e',
      '%',
      '%zz',
      '%c0%af',
      "'",
      'null',
      '*',
      'x'.repeat(250),
      '..%2f',
      '%F0%9F%98%80',
    ),
  },
);

const ownWorkspace: Arbitrary<string> = fc.oneof(
  { weight: 40, arbitrary: fc.constant('own:0') },
  { weight: 1, arbitrary: fc.constantFrom('other:0', 'nobody:0', '%00', 'OWN') },
);

/** `next:3` asks for the page behind one that was answered before, with that request's own query; `cursor:3` for any list's. */
const cursors = fc.oneof(
  { weight: 3, arbitrary: fc.nat(50).map((n) => `next:${n}`) },
  { weight: 1, arbitrary: fc.nat(50).map((n) => `cursor:${n}`) },
  { weight: 1, arbitrary: fc.constantFrom('a', '.', 'W10.', 'W10=.a.b', 'bnVsbA.k.x', 'e30.1', 'a'.repeat(2048)) },
);

/** Faults that the parser or the schema refuses: they must be rare, or no handler would ever be met. */
const brokenBodies: Arbitrary<(text: string) => string> = fc.oneof(
  fc.nat(500).map((at) => (text: string) => text.slice(0, at)),
  fc.constantFrom(
    (text: string) => text.replace('{', '{"__proto__":{"admin":true},'),
    (text: string) => text.replace('{', '{"constructor":{"prototype":{"admin":true}},'),
    (text: string) => text.replace('{', '{"unknown":1,'),
    (text: string) => text.replace(/"([^"]+)":/, '"$1":null,"$1":'),
    (text: string) => text.replace(/:"/, ':"\\u0000'),
    (text: string) => text.replace(/:"/, ':"\\ud800'),
    (text: string) => text.replace(/:"[^"]*"/, ':7'),
    (text: string) => text.replace(/:"[^"]*"/, ':{"$gt":""}'),
    (text: string) => text.replace(/:"[^"]*"/, ':[]'),
    (text: string) => text.replace(/:[^,}]+/, ':1e400'),
    (text: string) => text.replace(/:[^,}]+/, ':-0'),
    (text: string) => text.replace(/:[^,}]+/, `:${'['.repeat(500)}${']'.repeat(500)}`),
    (text: string) => `[${text}]`,
    (text: string) => `${text}${text}`,
    (text: string) => `\ufeff${text}`,
    (text: string) => JSON.stringify(text),
    () => '',
    () => 'null',
    () => '0',
    () => '{"a":'.repeat(5000),
    () => 'a=1&b=2&__proto__=3',
  ),
);

/** Headers that change what a request means, in forms that nobody expects. */
const strangeHeaders: Arbitrary<Record<string, string>> = fc
  .record(
    {
      'if-match': fc.constantFrom(
        'W/"1"',
        '"1"',
        '*',
        'W/"999"',
        '',
        '"',
        'W/',
        '1',
        '"a", "b"',
        '"'.repeat(500),
        'W/"1",'.repeat(200),
      ),
      'if-none-match': fc.constantFrom('*', '""', 'W/"1"', ','.repeat(300), 'x'),
      'idempotency-key': fc.oneof(
        { weight: 40, arbitrary: fc.nat(2 ** 31 - 1).map((n) => `key-${n}`) },
        { weight: 1, arbitrary: fc.nat(9).map((n) => `key-${n}`) },
        { weight: 1, arbitrary: fc.constantFrom('', 'ü', ' ', 'x'.repeat(256)) },
      ),
      'x-request-id': fc.constantFrom('a', '../..', 'x'.repeat(200), '<b>', '${jndi:ldap://x}'),
      accept: fc.constantFrom('text/html', '*/*;q=0', 'application/xml', ';', 'a/b'.repeat(100)),
      'accept-encoding': fc.constantFrom('gzip', 'br;q=1', 'identity;q=0', '*;q=0', 'zstd, nonsense', ';;;'),
      range: fc.constantFrom('bytes=0-0', 'bytes=-1', 'items=5-2', 'bytes=0-1,2-3'),
      cookie: fc.constantFrom('a', '=;=', '__proto__=1', 'signalbox-session=x', 'a=%', `a=${'x'.repeat(3000)}`),
      // Seldom: pages of other sites are kept from what needs no sign-in, and handlers would not be met.
      origin: fc.constantFrom(...Array<string>(12), 'null', 'https://evil.example', 'a', 'file://'),
      'x-forwarded-for': fc.constantFrom('1.2.3.4', '::1', 'x', '127.0.0.1, 127.0.0.1'),
      'x-forwarded-host': fc.constantFrom('evil.example', ':', '[', 'a b'),
      'x-http-method-override': fc.constantFrom('DELETE', 'TRACE'),
      'user-agent': fc.constantFrom('', '<script>', 'x'.repeat(2000)),
    },
    { requiredKeys: [] },
  )
  .map((headers) => Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)));

const brokenHeaders: Arbitrary<Record<string, string>> = fc.constantFrom<Record<string, string>>(
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'application/xml' },
  { 'content-type': 'multipart/form-data' },
  { 'content-type': 'application/json, application/json' },
  { 'content-type': ';' },
  { 'content-encoding': 'gzip' },
  { authorization: 'Bearer' },
  { authorization: 'Basic YTpi' },
  { authorization: `Bearer ${'x'.repeat(4000)}` },
  { 'x-api-key': 'sbx_nonsense' },
  { 'x-big': 'x'.repeat(20_000) },
);

const brokenQueries = fc.constantFrom(
  '%',
  '%zz=1',
  'a=%ff',
  '__proto__=1',
  'limit=1&limit=2',
  '&&&=',
  'limit[]=1',
  'a=%00',
  'sort=%ed%a0%80',
  'x=1',
  'limit=1e3',
  'limit=0',
  'sort=nothing',
);

/** Requests of all operations, each operation as likely as another. */
export function hostileRequests(operations: readonly Operation[]): Arbitrary<HostileRequest> {
  return fc.oneof(...operations.map(requestOf));
}

function requestOf(operation: Operation): Arbitrary<HostileRequest> {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const path = fc.tuple(...names.map((name) => (name === 'workspaceId' ? ownWorkspace : ids)));
  // One request in eight is broken in one of three ways; the others get as far as their contents let them.
  const fault = fc.oneof(
    { weight: 21, arbitrary: fc.constant('none') },
    ...['body', 'headers', 'query'].map((kind) => ({ weight: 1, arbitrary: fc.constant(kind) })),
  );
  return fc
    .record({
      ids: path,
      query: queryOf(operation),
      headers: strangeHeaders,
      body: bodyOf(operation),
      fault,
      breakBody: brokenBodies,
      brokenHeaders,
      brokenQueries,
    })
    .map(({ ids: chosen, query, headers, body, fault: broken, ...faults }) => ({
      operation,
      ids: chosen,
      query,
      rawQuery: broken === 'query' ? faults.brokenQueries : '',
      headers: {
        ...(body === undefined
          ? {}
          : { 'content-type': operation.multipart ? 'multipart/form-data; boundary=x' : 'application/json' }),
        ...headers,
        ...(broken === 'headers' ? faults.brokenHeaders : {}),
      },
      ...(body === undefined ? {} : { body: broken === 'body' ? faults.breakBody(body) : body }),
    }));
}

function queryOf({ query }: Operation): Arbitrary<[string, string][]> {
  const parameters = query.map(({ name, required, schema }) => {
    const value = name === 'cursor' ? cursors : valueOf(name, schema, ids);
    const pair = value.map((v): [string, string] => [name, typeof v === 'object' ? JSON.stringify(v) : String(v)]);
    const given = name === 'cursor' ? 1 : 2;
    return required ? pair : fc.oneof({ weight: given, arbitrary: pair }, { weight: 2, arbitrary: fc.constant(null) });
  });
  return fc.tuple(...parameters).map((pairs) => pairs.filter((pair): pair is [string, string] => pair !== null));
}

function bodyOf({ body, multipart }: Operation): Arbitrary<string | undefined> {
  if (multipart) return parts;
  if (!body) return fc.constant(undefined);
  const choices = (body['oneOf'] ?? body['anyOf']) as Record<string, unknown>[] | undefined;
  const objects = fc.oneof(...(choices ?? [body]).map((choice) => objectOf(choice, ids)));
  return objects.map((value) => JSON.stringify(value));
}

/** Files of mail, some of them none, in forms that are mostly forms. */
const parts: Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.constantFrom('files', 'file', '__proto__', ''),
      fc.constantFrom('a.eml', 'a.mbox', '../../a.eml', '', 'ü.eml', 'a.eml\\"; x="'),
      fc.constantFrom(
        'From: a@example.com\r\nSubject: Hi\r\n\r\nNew York to Lisbon $99',
        'From x\nSubject: a\n\nb\nFrom y\n\n',
        '',
        '\0\0',
        'PK\u0003\u0004',
        '\r\n'.repeat(200),
      ),
    ),
    { maxLength: 3 },
  )
  .map((files) =>
    files
      .map(
        ([name, file, content]) =>
          `--x\r\nContent-Disposition: form-data; name="${name}"; filename="${file}"\r\n\r\n${content}\r\n`,
      )
      .join('')
      .concat('--x--\r\n'),
  );
