// The messages that sockets take, found by themselves: one that is no entrance of the matrix fails it, as a route does that
// has no row.
import type { ModulesContainer } from '@nestjs/core';
import { MESSAGE_MAPPING_METADATA, MESSAGE_METADATA } from '@nestjs/websockets/constants.js';

/** The messages that gateways handle, such as `MESSAGE deals.watch`: the names of their entrances. */
export function socketMessages(modules: Pick<ModulesContainer, 'values'>): string[] {
  const types = [...modules.values()].flatMap(({ providers }) =>
    [...providers.values()].flatMap(({ metatype }) => (typeof metatype === 'function' ? [metatype] : [])),
  );
  return types.flatMap((type) => {
    const prototype = (type as { prototype?: object }).prototype ?? {};
    return Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value }: PropertyDescriptor) => {
      if (typeof value !== 'function' || !Reflect.hasMetadata(MESSAGE_MAPPING_METADATA, value as object)) return [];
      return [`MESSAGE ${String(Reflect.getMetadata(MESSAGE_METADATA, value as object))}`];
    });
  });
}
