import { Inject, Injectable, Logger, Optional, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { RedisConnections } from '#platform/redis/index.js';

/**
 * Tells the sealers that the outbox has something: the one of this process in memory, those of other processes through
 * Redis. A poke only saves time: sealers also look by themselves, so a lost one costs a moment and nothing else.
 */
@Injectable()
export class Pokes implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('event-log');
  private readonly listeners = new Set<() => void>();
  private publisher?: Redis;
  private subscriber?: Redis;
  private publishing = false;

  constructor(@Optional() @Inject(RedisConnections) private readonly redis?: RedisConnections) {}

  onModuleInit(): void {
    this.publisher = this.redis?.get('log pokes');
  }

  /** Wakes the sealer of this process or, when it has none, those of the others. */
  poke(): void {
    if (this.listeners.size > 0) for (const listener of this.listeners) listener();
    else this.publish();
  }

  /** Calls `listener` on every poke, from this process and from others. @returns what stops it */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    this.subscribe();
    return () => this.listeners.delete(listener);
  }

  onModuleDestroy(): void {
    this.subscriber?.disconnect();
  }

  private get channel(): string {
    return `${this.redis?.prefix}:log-poke`;
  }

  private publish(): void {
    if (!this.publisher || this.publishing) return;
    this.publishing = true;
    this.publisher
      .publish(this.channel, '')
      .catch((error: Error) => this.log.debug(`A poke was lost: ${error.message}`))
      .finally(() => (this.publishing = false));
  }

  private subscribe(): void {
    if (!this.redis || this.subscriber) return;
    this.subscriber = this.redis.create('log pokes listener', { maxRetriesPerRequest: null });
    this.subscriber.on('message', () => {
      for (const listener of this.listeners) listener();
    });
    // The client subscribes again by itself after every reconnection.
    this.subscriber
      .subscribe(this.channel)
      .catch((error: Error) => this.log.debug(`Pokes from other processes cannot be heard: ${error.message}`));
  }
}
