import { z } from 'zod';
import { invalid } from '../validation/hostile.js';

/** The members of what an endpoint answers, or of the items of its page, as `?fields=` may name them. */
export function fieldNames(response: z.ZodType): ReadonlySet<string> | undefined {
  if (!(response instanceof z.ZodObject)) return undefined;
  const items: unknown = response.shape['items'];
  const item = items instanceof z.ZodArray ? items.element : response;
  return item instanceof z.ZodObject ? new Set(Object.keys(item.shape)) : undefined;
}

/**
 * The members that `?fields=` asks for, or undefined when it is absent.
 *
 * @throws ValidationFailed naming the members that do not exist
 */
export function requestedFields(text: unknown, known: ReadonlySet<string>): string[] | undefined {
  if (typeof text !== 'string') return undefined;
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw invalid([
      {
        path: '/query/fields',
        message: `names ${unknown.slice(0, 5).join(', ')}, but there are only ${[...known].join(', ')}`,
      },
    ]);
  return names.length > 0 ? names : undefined;
}

/** The answer with only these members; of a page, each item with only these. */
export function narrow(answer: unknown, fields: readonly string[]): unknown {
  if (typeof answer !== 'object' || answer === null) return answer;
  if ('items' in answer && Array.isArray(answer.items))
    return { ...answer, items: answer.items.map((item) => pick(item, fields)) };
  return pick(answer, fields);
}

function pick(item: unknown, fields: readonly string[]): unknown {
  if (typeof item !== 'object' || item === null) return item;
  const from = item as Record<string, unknown>;
  return Object.fromEntries(fields.filter((name) => Object.hasOwn(from, name)).map((name) => [name, from[name]]));
}
