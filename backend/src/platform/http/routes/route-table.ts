import { Injectable } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/internal';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { RouteOptions } from 'fastify';
import type { EndpointOptions } from '../endpoint.js';
import { unboundParts, type PartSchemas } from '../validation/bind-schemas.js';
import { planOf, type RoutePlan } from './route-plan.js';

/** One route that the server serves. */
export interface Route {
  method: string;
  /** The full path with `:name` parameters. */
  path: string;
  plan: RoutePlan;
}

/** A route without an `@Endpoint`: the process must not start. */
export class BareRoute extends Error {}

interface Origin {
  name: string;
  unbound: Set<keyof PartSchemas>;
}

/** Every route of the process with what it demands. Deny by default: a route that says nothing cannot boot. */
@Injectable()
export class RouteTable {
  private readonly routes: Route[] = [];
  private readonly patterns: { pattern: RegExp; method: string }[] = [];
  private origins: Map<EndpointOptions, Origin> | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly scanner: MetadataScanner,
  ) {}

  /**
   * Reads the endpoints of all controllers. Call it before the server registers routes.
   *
   * @throws BareRoute naming controller and method of a route without `@Endpoint`
   */
  discover(): void {
    this.origins = new Map();
    for (const module of this.modules.values())
      for (const { metatype } of module.controllers.values())
        if (typeof metatype === 'function') this.readController(metatype);
  }

  /** True once the endpoints were read: the gate stands. */
  get discovered(): boolean {
    return this.origins !== undefined;
  }

  /**
   * The plan of a route that is being registered.
   *
   * @throws BareRoute when it has no endpoint
   */
  add(options: RouteOptions & { routePath?: string }): RoutePlan {
    const endpoint = options.config?.endpoint;
    const methods = [options.method].flat();
    if (!endpoint)
      throw new BareRoute(
        `The route ${methods.join(', ')} ${options.url} declares no permission: give its config an endpoint.`,
      );
    const origin = this.origins?.get(endpoint) ?? { name: options.url, unbound: new Set() };
    const plan = planOf(origin.name, options.url, endpoint, origin.unbound);
    for (const method of methods) {
      if (method === 'HEAD' && endpoint.getOnly) continue;
      this.routes.push({ method, path: options.url, plan });
      this.patterns.push({ method, pattern: patternOf(options.url) });
    }
    return plan;
  }

  /** All routes, in the order they were registered; HEAD twins of GET left out. */
  all(): readonly Route[] {
    return this.routes.filter((route) => route.method !== 'HEAD');
  }

  /** The methods that are served at a path. */
  methodsAt(path: string): string[] {
    return [...new Set(this.patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
  }

  private readController(type: { prototype: object; name: string } & object): void {
    for (const method of this.scanner.getAllMethodNames(type.prototype)) {
      const handler = (type.prototype as Record<string, object>)[method];
      if (!handler || !Reflect.hasMetadata(METHOD_METADATA, handler) || !Reflect.hasMetadata(PATH_METADATA, handler))
        continue;
      const name = `${type.name}.${method}`;
      const config = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as
        { endpoint?: EndpointOptions } | undefined;
      if (!config?.endpoint)
        throw new BareRoute(`${name} is a route without @Endpoint: say which permission it needs.`);
      this.origins?.set(config.endpoint, { name, unbound: unboundParts(type, method) });
    }
  }
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}$`);
}
