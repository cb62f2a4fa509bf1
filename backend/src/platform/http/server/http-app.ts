import type { DynamicModule, NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { InstanceConfig, readConfig } from '#platform/config/index.js';
import { BODY_LIMIT, HttpConfig } from '../http.config.js';
import { securityHeaders } from '../responses/security-headers.js';
import { configureApp, type ConfigureOptions } from './configure-app.js';
import { frameworkErrors, socketErrors } from './early-errors.js';
import { requestId } from './request-ids.js';

/** Longer than the idle time of usual reverse proxies, so that they close first and never meet a closed connection. */
const KEEP_ALIVE_MS = 75_000;

const CHECK_MS = 10_000;

/** How the application is made. */
export interface HttpAppOptions extends ConfigureOptions {
  /** The environment that the server's own settings are read from. */
  env: Record<string, string | undefined>;
  nest?: NestApplicationOptions;
}

/**
 * Makes the application of a module on Fastify, with everything of this room in place. It is neither initialised nor
 * listening.
 */
export async function createHttpApp(
  module: Type | DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const adapter = httpAdapter(readConfig(HttpConfig, options.env), readConfig(InstanceConfig, options.env));
  const nest = { ...options.nest, bodyParser: false, abortOnError: false };
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, nest);
  try {
    await configureApp(app, options);
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

/** The Fastify server: limits, timeouts, request ids and whose word on the client's address is taken. */
export function httpAdapter(config: HttpConfig, { origin }: InstanceConfig): FastifyAdapter {
  const fixed = securityHeaders(origin.startsWith('https:'));
  return new FastifyAdapter({
    trustProxy: config.trustProxy.length > 0 ? config.trustProxy : false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Node looks for requests that are late only this often.
    http: { connectionsCheckingInterval: Math.min(CHECK_MS, config.requestTimeoutMs / 4) },
    return503OnClosing: true,
    genReqId: requestId,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: frameworkErrors(fixed),
    clientErrorHandler: socketErrors(fixed),
  });
}
