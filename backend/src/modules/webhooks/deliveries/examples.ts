import { z } from 'zod';
import { eventCatalogue, type EventDefinition, type EventType } from '#contract/events/index.js';
import { exampleOf } from '#platform/http/index.js';
import type { ToldOutside } from './payload.js';

const known = new Map<EventType, unknown>();

/** The data of an event of this type as it may look, made from the catalogue's schema. */
export function exampleData(type: EventType): unknown {
  if (!known.has(type)) {
    const schema = z.toJSONSchema(eventCatalogue[type].data, { unrepresentable: 'any' }) as Record<string, unknown>;
    known.set(type, exampleOf(schema, (schema['$defs'] ?? {}) as Record<string, Record<string, unknown>>));
  }
  return known.get(type);
}

/** An event of this type that never happened, for tests of endpoints and samples of hooks. */
export function exampleEvent(
  type: EventType,
  about: Pick<ToldOutside, 'id' | 'workspaceId' | 'subjectId' | 'occurredAt'>,
): ToldOutside {
  const definition: EventDefinition = eventCatalogue[type];
  const { version, subject: subjectType } = definition;
  return { ...about, type, version, subjectType, actor: { kind: 'system', id: null }, data: exampleData(type) };
}
