// Values that a JSON Schema takes.
import fc, { type Arbitrary } from 'fast-check';
import type { Schema } from './operations.js';
import { anyText, instants, named, storable, urls, words } from './texts.js';

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
  const object = fc.record(values, { requiredKeys: required, noNullPrototype: true });
  return 'role' in values && 'roleId' in values ? fc.tuple(object, fc.nat(9)).map(oneRole) : object;
}

/** A role is named in one of two ways; a body with both is refused before any handler, so that few may have both. */
function oneRole([object, n]: [Record<string, unknown>, number]): Record<string, unknown> {
  const { role, roleId, ...rest } = object;
  if (n === 0 || role === undefined || roleId === undefined) return object;
  return n % 2 === 0 ? { ...rest, role } : { ...rest, roleId };
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
