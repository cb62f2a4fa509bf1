import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { RedisConnections } from '#platform/redis/index.js';

/**
 * Tells the dispatchers that something is due: the one of this process in memory, or, where none runs, those of the others
 * through Redis. A poke only saves time, since dispatchers also look by themselves.
 */
@Injectable()
export class DispatcherPokes implements OnModuleDestroy {
  private readonly log = new Logger('webhooks');
  private listener?: () => void;
  private subscriber?: Redis;

  constructor(private readonly redis: RedisConnections) {}

  poke(): void {
    if (this.listener) return this.listener();
    this.redis
      .get('webhook pokes')
      .publish(this.channel, '')
      .catch((error: Error) => this.log.debug(`A poke was lost: ${error.message}`));
  }

  /** Calls `listener` on every poke, from this process and from those without a dispatcher. */
  listen(listener: () => void): void {
    this.listener = listener;
    this.subscriber = this.redis.create('webhook pokes listener', { maxRetriesPerRequest: null });
    this.subscriber.on('message', listener);
    // The client subscribes again by itself after every reconnection.
    this.subscriber
      .subscribe(this.channel)
      .catch((error: Error) => this.log.debug(`Pokes from other processes cannot be heard: ${error.message}`));
  }

  onModuleDestroy(): void {
    this.subscriber?.disconnect();
  }

  private get channel(): string {
    return `${this.redis.prefix}:webhook-poke`;
  }
}
