// Counts the requests that get past gate, parsers and schemas, to the method of a controller.
import { METHOD_METADATA } from '@nestjs/common/internal';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

type Method = (...args: unknown[]) => unknown;

/**
 * Calls `reached` before each handler runs. Call it after the application is made and before it is initialised: Nest binds
 * the methods then.
 *
 * @param reached gets `Controller.method`
 */
export function watchHandlers(app: NestFastifyApplication, reached: (name: string) => void): void {
  for (const module of app.get(ModulesContainer).values())
    for (const { instance, metatype } of module.controllers.values()) {
      const controller = instance as Record<string, Method>;
      const prototype = (metatype as unknown as { prototype: object }).prototype;
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const method = controller[name];
        if (!method || !Reflect.hasMetadata(METHOD_METADATA, method)) continue;
        const watched: Method = (...args) => {
          reached(`${(metatype as { name: string }).name}.${name}`);
          return method.apply(controller, args);
        };
        for (const key of Reflect.getMetadataKeys(method) as string[])
          Reflect.defineMetadata(key, Reflect.getMetadata(key, method), watched);
        controller[name] = watched;
      }
    }
}
