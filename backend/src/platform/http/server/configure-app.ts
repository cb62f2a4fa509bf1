import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import multipart from '@fastify/multipart';
import { RequestMethod } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { InstanceConfig } from '#platform/config/index.js';
import { Gate } from '../gate.js';
import { HttpConfig } from '../http.config.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { serveApiDocument } from '../openapi/serve.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import { securityHeaders } from '../responses/security-headers.js';
import { RouteTable } from '../routes/route-table.js';
import { registerBodyParsers } from '../validation/body-parsers.js';
import { RequestValidationPipe } from '../validation/request-validation.pipe.js';
import { RequestLog } from './request-log.js';
import { RouteHooks } from './route-hooks.js';
import { TimeLimit } from './time-limit.js';

/** What every address of the API begins with. */
export const API_PREFIX = '/api/v1';
/** Routes of controllers that stand outside the prefix. */
const OUTSIDE = ['health', 'health/live', 'health/ready', 'metrics', 'api/v1/health'].map((path) => ({
  path,
  method: RequestMethod.GET,
}));
/** Smaller answers cost more to compress than they save. */
const COMPRESS_FROM_BYTES = 1024;

/** How the server behaves in tests. */
export interface ConfigureOptions {
  /** Refuse to send an answer that its endpoint's response schema does not describe. For tests: it costs a parse. */
  checkAnswers?: boolean;
}

/**
 * Puts everything of this room into an application: parsers, headers, the gate before every route, problem documents, the
 * API document. Call it after the application is made and before it is initialised.
 *
 * @throws BareRoute when a controller has a route without `@Endpoint`
 */
export async function configureApp(app: NestFastifyApplication, options: ConfigureOptions = {}): Promise<void> {
  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const config = app.get(HttpConfig);
  const routes = app.get(RouteTable);
  const filter = new ProblemFilter(routes, app.get(Gate).watch);
  app.setGlobalPrefix(API_PREFIX, { exclude: OUTSIDE });
  app.useGlobalPipes(new RequestValidationPipe());
  app.useGlobalFilters(filter);

  routes.discover();
  new TimeLimit(config.requestTimeoutMs, filter, app.get(Idempotency)).attach(server);
  registerBodyParsers(server);
  registerHeaders(app, server);
  // Before the plugins that add hooks to each route: ours run first, so that answers are kept and tagged uncompressed.
  const hooks = new RouteHooks(routes, app.get(Gate), app.get(Idempotency), options.checkAnswers ?? false);
  server.addHook('onRoute', (route: RouteOptions) => hooks.attach(route));
  server.addHook('onRequest', (request, reply, done) => hooks.nowhere(request, reply, done));
  app.get(RequestLog).attach(server);
  // Awaited: it adds a hook to each route that is registered later, and so must be there before them.
  await server.register(compress, {
    threshold: COMPRESS_FROM_BYTES,
    encodings: ['br', 'gzip'],
    globalDecompression: false,
  });
  await server.register(cookie);
  void app.register(
    multipart as never,
    { limits: { fileSize: config.uploadLimit, files: 20, fields: 50, parts: 70, headerPairs: 100 } } as never,
  );
  serveApiDocument(app, server, config.explorer);
}

/** Request id and security headers on every answer, and CORS for the origins that the settings allow. */
function registerHeaders(app: NestFastifyApplication, server: FastifyInstance): void {
  const { corsOrigins } = app.get(HttpConfig);
  const fixed = securityHeaders(app.get(InstanceConfig).origin.startsWith('https:'));
  server.decorateRequest('actor', null);
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(fixed).header('X-Request-Id', request.id);
    done();
  });
  if (corsOrigins.length === 0) return;
  void server.register(cors, {
    origin: corsOrigins,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      'If-Match',
      'If-None-Match',
      'Idempotency-Key',
      'X-CSRF-Token',
      'X-Request-Id',
    ],
    exposedHeaders: [
      'ETag',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'X-Request-Id',
      'Idempotency-Replayed',
    ],
    maxAge: 600,
  });
}
