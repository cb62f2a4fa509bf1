import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { RedisConnections } from '#platform/redis/index.js';
import type { Handed } from './lane.js';

/** A dispatcher, as those see it who have work for it. */
export interface DispatcherEar {
  /** The name under which it holds lanes. */
  readonly owner: string;
  /** Something is due. */
  poked(): void;
  /** These were recorded, and their lanes are its. */
  handed(lanes: readonly Handed[]): void;
}

/**
 * Tells the dispatchers that something is due: the one of this process in memory, those of others through Redis. A poke only
 * saves time, since dispatchers also look by themselves.
 */
@Injectable()
export class DispatcherPokes implements OnModuleDestroy {
  private readonly log = new Logger('webhooks');
  private ear?: DispatcherEar;
  private subscriber?: Redis;

  constructor(private readonly redis: RedisConnections) {}

  /** The dispatcher of this process, where one runs. */
  get here(): DispatcherEar | undefined {
    return this.ear;
  }

  poke(): void {
    this.ear?.poked();
    this.pokeOthers();
  }

  /** Only those of other processes. */
  pokeOthers(): void {
    this.redis
      .get('webhook pokes')
      .publish(this.channel, this.ear?.owner ?? '')
      .catch((error: Error) => this.log.debug(`A poke was lost: ${error.message}`));
  }

  /** Tells `ear` of every poke, from this process and from others. @returns what ends it */
  listen(ear: DispatcherEar): () => void {
    this.ear = ear;
    this.subscriber = this.redis.create('webhook pokes listener', { maxRetriesPerRequest: null });
    this.subscriber.on('message', (_channel: string, from: string) => from !== ear.owner && ear.poked());
    // The client subscribes again by itself after every reconnection.
    this.subscriber
      .subscribe(this.channel)
      .catch((error: Error) => this.log.debug(`Pokes from other processes cannot be heard: ${error.message}`));
    return () => (this.ear = undefined);
  }

  onModuleDestroy(): void {
    this.subscriber?.disconnect();
  }

  private get channel(): string {
    return `${this.redis.prefix}:webhook-poke`;
  }
}
