import { z } from 'zod';
import { sourceOf } from '../validation/strict.js';

/** A JSON Schema document or a part of it. */
export type JsonSchema = Record<string, unknown>;

/** A schema with the named schemas that it refers to. */
export interface ConvertedSchema {
  schema: JsonSchema;
  components: Record<string, JsonSchema>;
}

/**
 * The JSON Schema of a zod schema, as requests may send it (`input`) or as answers hold it (`output`). A schema named by
 * `.meta({ id })` becomes a component; one that differs between the two directions becomes two, the sent one with `Input`
 * behind its name.
 */
export function jsonSchemaOf(given: z.core.$ZodType, direction: 'input' | 'output'): ConvertedSchema {
  const source = sourceOf(given);
  const named = z.globalRegistry.get(source)?.id !== undefined;
  const root = convert(named ? z.object({ root: source }) : source, direction);
  const definitions = (root['$defs'] ?? {}) as Record<string, JsonSchema>;
  const renamed = new Map<string, string>();
  if (direction === 'input') {
    const other = (convert(named ? z.object({ root: source }) : source, 'output')['$defs'] ?? {}) as Record<
      string,
      JsonSchema
    >;
    for (const [name, schema] of Object.entries(definitions))
      if (JSON.stringify(schema) !== JSON.stringify(other[name])) renamed.set(name, `${name}Input`);
  }
  const { $defs: _definitions, $schema: _dialect, ...rest } = root;
  const schema = named ? ((rest['properties'] as Record<string, JsonSchema>)['root'] ?? {}) : rest;
  return {
    schema: rename(schema, renamed) as JsonSchema,
    components: Object.fromEntries(
      Object.entries(definitions).map(([name, definition]) => {
        const { id: _id, ...body } = definition;
        return [renamed.get(name) ?? name, rename(body, renamed) as JsonSchema];
      }),
    ),
  };
}

function convert(schema: z.core.$ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema as z.ZodType, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { type } = zodSchema._zod.def;
      if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      if (type === 'bigint') Object.assign(jsonSchema, { type: 'integer' });
      if (zodSchema instanceof z.ZodObject) removeNeverGiven(zodSchema, jsonSchema);
      // Requests refuse unknown fields at every depth (see `strict.ts`).
      if (type === 'object' && io === 'input' && jsonSchema.additionalProperties === undefined)
        jsonSchema.additionalProperties = false;
    },
  }) as JsonSchema;
}

/** A field that may only be absent is there to be refused with a sentence of its own: it is none that a caller has. */
function removeNeverGiven(object: z.ZodObject, { properties }: { properties?: Record<string, unknown> }): void {
  for (const [name, field] of Object.entries(object.shape)) {
    const inner = field instanceof z.ZodOptional ? field.unwrap() : field;
    if (inner instanceof z.ZodUndefined) delete properties?.[name];
  }
}

function rename(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      if (key !== '$ref' || typeof child !== 'string') return [key, rename(child, names)];
      const name = child.replace('#/$defs/', '');
      return [key, `#/components/schemas/${names.get(name) ?? name}`];
    }),
  );
}
