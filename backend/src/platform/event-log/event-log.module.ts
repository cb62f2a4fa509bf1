import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { EventLog } from './event-log.js';
import { LogMetrics } from './log-metrics.js';
import { LogTail } from './log-tail.js';
import { ParkedEvents } from './parked-events.js';
import { Pokes } from './pokes.js';
import { ReaderOperations } from './reader-operations.js';
import { ReaderRegistry } from './reader-registry.js';
import { Readers } from './readers.js';
import { Sealer } from './sealer.js';

/** The event log: record, seal, read, tail. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [EventLog, Pokes, Sealer, LogTail, ReaderRegistry, Readers, ReaderOperations, ParkedEvents, LogMetrics],
  exports: [EventLog, LogTail, ReaderOperations, ParkedEvents, ReaderRegistry, Readers, Sealer],
})
export class EventLogModule {}
