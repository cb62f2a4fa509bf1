import type { JsonSchema } from './json-schema.js';

const BY_FORMAT: Record<string, string> = {
  uuid: '01977c5e-8a3b-7c2d-9e4f-5a6b7c8d9e0f',
  'date-time': '2027-03-14T09:26:53Z',
  date: '2027-03-14',
  time: '09:26:53',
  duration: 'P7D',
  email: 'ada@example.com',
  uri: 'https://example.com/offers/1',
  ipv4: '192.0.2.7',
  ipv6: '2001:db8::7',
};
const TEXT = 'text';

/**
 * An example of what a schema describes: its own example, default or first choice where it has one, else made from its type.
 * A text with a pattern needs an example of its own in the schema.
 */
export function exampleOf(schema: JsonSchema, components: Record<string, JsonSchema>, depth = 0): unknown {
  const given = own(schema);
  if (given !== undefined || depth > 8) return given ?? null;
  const reference = schema['$ref'];
  if (typeof reference === 'string')
    return exampleOf(components[reference.split('/').at(-1) ?? ''] ?? {}, components, depth + 1);
  const choices = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (choices) return exampleOf(choices.find((choice) => choice['type'] !== 'null') ?? {}, components, depth + 1);
  const parts = schema['allOf'] as JsonSchema[] | undefined;
  if (parts) return Object.assign({}, ...parts.map((part) => exampleOf(part, components, depth + 1)));
  const type = Array.isArray(schema['type']) ? (schema['type'] as string[]).find((t) => t !== 'null') : schema['type'];
  switch (type) {
    case 'object': {
      const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
      return Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, exampleOf(property, components, depth + 1)]),
      );
    }
    case 'array': {
      const fixed = schema['prefixItems'] as JsonSchema[] | undefined;
      if (fixed) return fixed.map((item) => exampleOf(item, components, depth + 1));
      const count = Math.max(1, Number(schema['minItems'] ?? 1));
      return Array.from({ length: count }, () =>
        exampleOf((schema['items'] ?? {}) as JsonSchema, components, depth + 1),
      );
    }
    case 'string':
      return (
        BY_FORMAT[String(schema['format'])] ??
        TEXT.repeat(Math.ceil(Number(schema['minLength'] ?? 1) / TEXT.length)).slice(
          0,
          Number(schema['maxLength'] ?? Infinity),
        )
      );
    case 'integer':
    case 'number':
      return numberWithin(schema);
    case 'boolean':
      return true;
    default:
      return null;
  }
}

function own(schema: JsonSchema): unknown {
  const { example, examples, default: fallback, const: fixed, enum: choices } = schema;
  if (example !== undefined) return example;
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as unknown;
  if (fixed !== undefined) return fixed;
  if (fallback !== undefined) return fallback;
  return Array.isArray(choices) ? (choices.find((choice) => choice !== null) as unknown) : undefined;
}

function numberWithin(schema: JsonSchema): number {
  const low = Number(
    schema['minimum'] ?? (schema['exclusiveMinimum'] !== undefined ? Number(schema['exclusiveMinimum']) + 1 : 1),
  );
  const high = Number(schema['maximum'] ?? Infinity);
  return low < -1e15 ? Math.min(1, high) : Math.min(Math.max(low, 1), high);
}
