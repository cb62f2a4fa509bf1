// What a route's schemas must refuse, worked out from the API document.
import type { Route } from '#platform/http/index.js';

type Schema = Record<string, unknown>;

/** A body with one fault; `field` begins the JSON pointer that the refusal must name. */
export interface BodyFault {
  what: string;
  body: object;
  field: string;
}

/** One value of each JSON type. */
const VALUES: [type: string, value: unknown][] = [
  ['object', { nonsense: true }],
  ['array', [[]]],
  ['number', 7.25],
  ['boolean', true],
  ['string', 'nonsense'],
  ['null', null],
];

/**
 * A field that no schema has; each field of the valid body with a value of a type that it does not take; no body at all.
 * A route that takes no body must refuse any.
 */
export function bodyFaults(
  { method, plan }: Route,
  schema: Schema | undefined,
  valid: object | undefined,
  document: { components?: { schemas?: object } },
): BodyFault[] {
  if (method === 'GET' || plan.endpoint.multipart || plan.endpoint.rawBody) return [];
  if (!plan.endpoint.body) return [{ what: 'a body', body: { nonsense: 1 }, field: '/body/nonsense' }];
  const components = (document.components?.schemas ?? {}) as Record<string, Schema>;
  if (!schema || typesOf(schema, components).size === VALUES.length) return [];
  const body = { ...valid } as Record<string, unknown>;
  const faults: BodyFault[] = [{ what: 'an unknown field', body: { ...body, nonsense: 1 }, field: '/body/nonsense' }];
  for (const [name, property] of Object.entries(propertiesOf(schema, body, components))) {
    const taken = typesOf(property, components);
    const wrong = VALUES.find(([type]) => !taken.has(type) && !(type === 'number' && taken.has('integer')));
    if (wrong)
      faults.push({ what: `${name}: ${wrong[0]}`, body: { ...body, [name]: wrong[1] }, field: `/body/${name}` });
  }
  const array: object = [];
  return [...faults, { what: 'an array instead of an object', body: array, field: '/body' }];
}

/** An unknown parameter, and nonsense for each parameter whose schema is narrower than text. */
export function queryFaults(
  parameters: readonly { name: string; schema: Schema }[],
): { what: string; name: string; value: string }[] {
  const narrow = parameters.filter(({ schema }) => {
    const { type, enum: choices, format } = schema;
    return choices !== undefined || format !== undefined || (type !== undefined && type !== 'string');
  });
  return [
    { what: 'an unknown parameter', name: 'nonsense', value: '1' },
    ...narrow.map(({ name }) => ({ what: `nonsense for ${name}`, name, value: 'nonsense' })),
  ];
}

/** The properties of an object; of several kinds of objects, of the one that the body is. */
function propertiesOf(
  given: Schema,
  body: Record<string, unknown>,
  components: Record<string, Schema>,
): Record<string, Schema> {
  const schema = resolve(given, components);
  const choices = (schema['oneOf'] ?? schema['anyOf']) as Schema[] | undefined;
  if (!choices) return (schema['properties'] ?? {}) as Record<string, Schema>;
  const fits = choices
    .map((choice) => propertiesOf(choice, body, components))
    .find((properties) =>
      Object.entries(properties).every(([name, { const: fixed }]) => fixed === undefined || fixed === body[name]),
    );
  return fits ?? {};
}

/** The JSON types that a schema takes. */
function typesOf(given: Schema, components: Record<string, Schema>): Set<string> {
  const schema = resolve(given, components);
  const { type, const: fixed, enum: choices } = schema;
  const several = (schema['oneOf'] ?? schema['anyOf']) as Schema[] | undefined;
  if (several) return new Set(several.flatMap((choice) => [...typesOf(choice, components)]));
  const values = choices ? (choices as unknown[]) : fixed === undefined ? [] : [fixed];
  if (values.length > 0) return new Set(values.map((value) => (value === null ? 'null' : typeof value)));
  if (type === undefined) return new Set(VALUES.map(([name]) => name));
  return new Set([type].flat() as string[]);
}

function resolve(schema: Schema, components: Record<string, Schema>): Schema {
  const reference = schema['$ref'];
  return typeof reference === 'string' ? (components[reference.split('/').at(-1) ?? ''] ?? {}) : schema;
}
