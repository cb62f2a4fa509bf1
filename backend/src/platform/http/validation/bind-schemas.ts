import 'reflect-metadata';
import { ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import type { z } from 'zod';
import { strict } from './strict.js';

interface ArgumentMetadata {
  index: number;
  data?: unknown;
  schema?: z.ZodType;
}

/** The schemas of the parts of a request. */
export interface PartSchemas {
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
}

const PARTS = new Map<number, keyof PartSchemas>([
  [RouteParamtypes.PARAM, 'params'],
  [RouteParamtypes.QUERY, 'query'],
  [RouteParamtypes.BODY, 'body'],
]);

/**
 * Gives the parameters of a handler the schemas of its endpoint, under Nest's own metadata: its validation pipe and its
 * OpenAPI explorer then read them as if they stood at each parameter. Parameter decorators have run when this one does.
 *
 * @throws Error when a handler takes a part that the endpoint gives no schema for
 */
export function bindSchemas(schemas: PartSchemas): MethodDecorator {
  return (target, method) => {
    const args: Record<string, ArgumentMetadata> =
      Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, method) ?? {};
    for (const [key, argument] of Object.entries(args)) {
      const part = PARTS.get(Number(key.split(':')[0]));
      if (!part || argument.data !== undefined) continue;
      const schema = schemas[part];
      if (!schema)
        throw new Error(
          `${target.constructor.name}.${String(method)} takes @Input.${part}() but its @Endpoint has no ${part} schema.`,
        );
      args[key] = { ...argument, schema: strict(schema) };
    }
    Reflect.defineMetadata(ROUTE_ARGS_METADATA, args, target.constructor, method);
  };
}

/** The parts whose schemas no parameter of the handler takes: they are validated all the same, by the gate. */
export function unboundParts(type: object, method: string): Set<keyof PartSchemas> {
  const args: Record<string, ArgumentMetadata> = Reflect.getMetadata(ROUTE_ARGS_METADATA, type, method) ?? {};
  const bound = Object.keys(args).map((key) => PARTS.get(Number(key.split(':')[0])));
  return new Set([...PARTS.values()].filter((part) => !bound.includes(part)));
}
