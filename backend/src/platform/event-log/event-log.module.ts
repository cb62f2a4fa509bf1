import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Transactions } from '#platform/database/index.js';
import { refuseUnfinishedRestore } from './backup/index.js';
import { EventLog } from './event-log.js';
import { LogMetrics } from './log-metrics.js';
import { LogTail } from './log-tail.js';
import { ParkedEvents } from './parked-events.js';
import { Pokes } from './pokes.js';
import { ReaderOperations } from './reader-operations.js';
import { ReaderRegistry } from './reader-registry.js';
import { Readers } from './readers.js';
import { Sealer } from './sealer.js';

/** Made before any process of the log works: the boot fails on half a restore. */
const wholeDatabase = {
  provide: 'whole database',
  inject: [Transactions],
  useFactory: async (transactions: Transactions) => {
    await transactions.run(refuseUnfinishedRestore);
    return true;
  },
};

/** The event log: record, seal, read, tail. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    wholeDatabase,
    EventLog,
    Pokes,
    Sealer,
    LogTail,
    ReaderRegistry,
    Readers,
    ReaderOperations,
    ParkedEvents,
    LogMetrics,
  ],
  exports: [EventLog, LogTail, ReaderOperations, ParkedEvents, ReaderRegistry, Readers, Sealer],
})
export class EventLogModule {}
