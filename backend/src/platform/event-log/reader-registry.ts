import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { LogReaderMetadata, type LogReaderOptions, type ReadsLog } from './log-reader.js';
import { LogOperationRefused } from './event-log.errors.js';

/** One discovered reader. */
export interface RegisteredReader extends LogReaderOptions {
  instance: ReadsLog;
}

/** Every `@LogReader` of the process. Boot fails when two share a name or one cannot read. */
@Injectable()
export class ReaderRegistry implements OnModuleInit {
  private readonly readers = new Map<string, RegisteredReader>();

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: LogReaderMetadata.KEY })) {
      const options = this.discovery.getMetadataByDecorator(LogReaderMetadata, wrapper);
      const instance = wrapper.instance as Partial<ReadsLog> | undefined;
      if (!options || !instance)
        throw new Error(`The log reader ${wrapper.name} must be an ordinary singleton provider.`);
      if (typeof instance.read !== 'function') throw new Error(`The log reader "${options.name}" has no read().`);
      const known = this.readers.get(options.name);
      if (known && known.instance !== instance) throw new Error(`Two log readers are named "${options.name}".`);
      this.readers.set(options.name, { ...options, instance: instance as ReadsLog });
    }
  }

  all(): RegisteredReader[] {
    return [...this.readers.values()];
  }

  /** @throws LogOperationRefused when there is no reader of that name */
  get(name: string): RegisteredReader {
    const reader = this.readers.get(name);
    if (!reader) throw new LogOperationRefused(`There is no log reader named "${name}".`);
    return reader;
  }
}
