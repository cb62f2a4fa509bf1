import { Global, Module, Optional, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import { Quotas } from '#platform/quotas/index.js';
import { API_CALLS, Gate } from './gate.js';
import { OwnOrigins } from './cross-site/own-origins.js';
import { Claims } from './idempotency/claims.js';
import { Idempotency } from './idempotency/idempotency.js';
import { Cursor } from './lists/cursor.js';
import { RateLimits } from './rate/rate-limits.js';
import { RouteTable } from './routes/route-table.js';
import { RequestLog } from './server/request-log.js';

/** The HTTP side of the house. `configureApp` puts it into an application. */
@Global()
@Module({
  providers: [Claims, Cursor, Gate, Idempotency, MetadataScanner, OwnOrigins, RateLimits, RequestLog, RouteTable],
  exports: [Cursor, OwnOrigins, RateLimits, RouteTable],
})
export class HttpModule implements OnApplicationBootstrap, OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly routes: RouteTable,
    @Optional() private readonly quotas?: Quotas,
  ) {}

  onModuleInit(): void {
    this.quotas?.register({ name: API_CALLS, noun: 'API calls', unit: 'count', period: 'month' });
  }

  /** @throws Error when the application serves HTTP and nothing stands before its routes */
  onApplicationBootstrap(): void {
    // A context without a server, such as a command's, has no adapter.
    const serves = (this.host.httpAdapter as unknown) && this.host.httpAdapter.getType() === 'fastify';
    if (serves && !this.routes.discovered)
      throw new Error('The application was not made by createHttpApp: its routes would stand open.');
  }
}
