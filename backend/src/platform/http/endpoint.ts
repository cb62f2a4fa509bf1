import { applyDecorators, HttpCode } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { z } from 'zod';
import type { RoutePermission } from '#platform/access/index.js';
import type { DomainErrorClass } from '#platform/errors/index.js';
import { documented } from './openapi/documented.js';
import { bindSchemas } from './validation/bind-schemas.js';

/** Groups of endpoints that share a rate limit. `auth` is counted exactly and refuses while Redis is away; `none` is for health, metrics, files of the console, and what its own room counts. */
export type RateClass = 'default' | 'auth' | 'upload' | 'export' | 'none';

/** What one route needs, takes and gives: the only place where a route says it. */
export interface EndpointOptions {
  /** Who may call it. A permission of a workspace needs `:workspaceId` in the path. */
  permission: RoutePermission;
  /** One line for the list of operations. */
  summary: string;
  description?: string;
  /** The status of success; 201 for POST and 200 otherwise when absent. */
  status?: 200 | 201 | 202 | 204;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  response?: z.ZodType;
  /** What it refuses with, beyond what every endpoint may answer. */
  errors?: DomainErrorClass[];
  rateClass?: RateClass;
  /** False: an Idempotency-Key is ignored. POST by signed-in callers honours it when absent. */
  idempotent?: boolean;
  /** The answer holds a secret that is shown once: it is never stored, and a repeated key is refused instead of replayed. */
  oneTimeSecret?: boolean;
  /**
   * Its authority may be a cookie, which browsers send unasked. The handler reads it through a class that asks for an
   * `Origin` of ours and an `X-CSRF-Token` of the session, and that refuses to read it for a route without this mark.
   */
  cookieAuthority?: true;
  /** Pages of other sites may send it, such as a mail program's: it takes and gives nothing that a browser keeps. */
  anySite?: true;
  /**
   * For a GET that is an act: it leaves an event, and may send a whole file. HEAD is then answered 405, instead of doing and
   * recording all of it for nobody.
   */
  getOnly?: true;
  /** Answers carry an ETag (of `version` when the answer has one, else of its bytes), and If-None-Match is honoured. */
  etag?: boolean;
  /** The largest body in bytes; 1 MB when absent. */
  bodyLimit?: number;
  /** The body is `multipart/form-data`; the handler reads its parts from the request. `body` documents the fields. */
  multipart?: boolean;
  /** The body, JSON or a form, reaches the handler as the bytes that were sent, for a signature over them: `request.body` is a Buffer. `any`: so does every other media type. `body` documents it. */
  rawBody?: boolean | 'any';
  /** The media type of the answer when it is not JSON. */
  produces?: string;
  /** Instead of a problem document for whoever prefers HTML: for routes that people reach by a link. */
  refusalPage?: RefusalPage;
  /** An example of the answer, when the one made from the schema says too little. */
  example?: unknown;
  /** An example of the body, likewise. */
  bodyExample?: unknown;
}

/** Makes the page that says what a route refuses. @returns it, with the `Content-Security-Policy` that it needs */
export type RefusalPage = (
  refusal: { readonly status: number },
  request: {
    readonly headers: Readonly<Record<string, string | string[] | undefined>> & { 'accept-language'?: string };
  },
) => { html: string; policy: string };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route's `@Endpoint` says; a route without one cannot boot. */
    endpoint?: EndpointOptions;
  }
}

/**
 * Declares a route: permission, summary, schemas, errors and limits. It stands below Nest's own `@Get()`, `@Post()` …
 *
 * @example
 * ```ts
 * @Get(':dealId')
 * @Endpoint({ permission: 'deals:read', summary: 'One deal with its evidence', params: dealParams, response: dealSchema })
 * one(@Who() who: Member, @Input.params() { dealId }: DealParams) { return this.deals.one(who, dealId); }
 * ```
 */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  const decorators: MethodDecorator[] = [bindSchemas(options), RouteConfig({ endpoint: options }), documented(options)];
  if (options.status) decorators.push(HttpCode(options.status));
  return applyDecorators(...decorators);
}
