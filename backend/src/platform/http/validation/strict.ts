import { z } from 'zod';

const made = new WeakMap<z.core.$ZodType, z.core.$ZodType>();
const sources = new WeakMap<z.core.$ZodType, z.core.$ZodType>();

/**
 * The schema with every plain object in it refusing unknown fields, however deep: what a request says and we do not
 * understand is an error, not something to drop. Loose objects and records stay as they are; so do intersections, whose
 * sides would refuse each other's fields.
 */
export function strict<T extends z.core.$ZodType>(schema: T): T {
  const known = made.get(schema);
  if (known) return known as T;
  const def = schema._zod.def as unknown as Record<string, unknown> & { type: string };
  const change = changed(def);
  const result = change ? z.core.clone(schema, { ...def, ...change } as never) : schema;
  made.set(schema, result);
  made.set(result, result);
  sources.set(result, schema);
  return result as T;
}

/** The schema that `strict` made this one of: the one with the room's name and description. */
export function sourceOf(schema: z.core.$ZodType): z.core.$ZodType {
  return sources.get(schema) ?? schema;
}

function changed(def: Record<string, unknown> & { type: string }): Record<string, unknown> | undefined {
  switch (def.type) {
    case 'object': {
      const shape = def['shape'] as Record<string, z.core.$ZodType>;
      const fields = Object.entries(shape).map(([name, field]) => [name, strict(field)] as const);
      return { shape: Object.fromEntries(fields), catchall: def['catchall'] ?? z.never() };
    }
    case 'array':
      return { element: strict(def['element'] as z.core.$ZodType) };
    case 'tuple':
      return { items: (def['items'] as z.core.$ZodType[]).map((item) => strict(item)) };
    case 'record':
      return { valueType: strict(def['valueType'] as z.core.$ZodType) };
    case 'union':
      return { options: (def['options'] as z.core.$ZodType[]).map((option) => strict(option)) };
    case 'pipe':
      return { in: strict(def['in'] as z.core.$ZodType) };
    case 'lazy': {
      const getter = def['getter'] as () => z.core.$ZodType;
      return { getter: () => strict(getter()) };
    }
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return { innerType: strict(def['innerType'] as z.core.$ZodType) };
    default:
      return undefined;
  }
}
