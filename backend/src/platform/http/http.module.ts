import { Global, Module } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { Gate } from './gate.js';
import { Claims } from './idempotency/claims.js';
import { Idempotency } from './idempotency/idempotency.js';
import { Cursor } from './lists/cursor.js';
import { RateLimits } from './rate/rate-limits.js';
import { RouteTable } from './routes/route-table.js';
import { RequestLog } from './server/request-log.js';

/** The HTTP side of the house. `configureApp` puts it into an application. */
@Global()
@Module({
  providers: [Claims, Cursor, Gate, Idempotency, MetadataScanner, RateLimits, RequestLog, RouteTable],
  exports: [Cursor, RateLimits, RouteTable],
})
export class HttpModule {}
