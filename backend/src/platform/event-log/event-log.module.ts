import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { EventLog } from './event-log.js';
import { Pokes } from './pokes.js';

/** The event log: record, seal, read, tail. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [EventLog, Pokes],
  exports: [EventLog],
})
export class EventLogModule {}
