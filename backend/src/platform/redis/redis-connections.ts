import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { RedisConfig } from './redis.config.js';

/**
 * How long a connection may take to close, in milliseconds. One that broke before never closes again, and this long the
 * client's timer then keeps the process from ending (two seconds by default).
 */
const CLOSE_MS = 250;

/**
 * The process's Redis connections, by purpose. Redis is never the only keeper of anything, so each connection reports
 * its faults once per outage and reconnects for ever.
 */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly log = new Logger('redis');
  private readonly open = new Map<string, Redis>();

  constructor(private readonly config: RedisConfig) {}

  /** What every key of this instance begins with. */
  get prefix(): string {
    return this.config.prefix;
  }

  /**
   * The shared connection of that name, made on first use. While Redis is away a command fails after one attempt to
   * reconnect, so that a caller can fall back; a subscriber should ask for a connection of its own name.
   */
  get(name: string): Redis {
    const known = this.open.get(name);
    if (known) return known;
    const made = this.create(name, { maxRetriesPerRequest: 1 });
    this.open.set(name, made);
    return made;
  }

  /** A new connection that the caller owns, for libraries that need their own: Bull, the socket adapter. */
  create(name: string, options: RedisOptions = {}): Redis {
    const client = new Redis({
      ...this.config.options(),
      connectionName: `signalbox ${name}`,
      disconnectTimeout: CLOSE_MS,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 2000),
      ...options,
    });
    let away = false;
    client.on('error', (error: Error) => {
      if (!away) this.log.warn(`Redis is away (${name}): ${error.message}`);
      away = true;
    });
    client.on('ready', () => {
      if (away) this.log.log(`Redis is back (${name})`);
      away = false;
    });
    return client;
  }

  /** True when Redis answers within a second. */
  async alive(): Promise<boolean> {
    const client = this.get('health');
    const late = new Promise<false>((resolve) => setTimeout(resolve, 1000, false).unref());
    return Promise.race([
      client.ping().then(
        () => true,
        () => false,
      ),
      late,
    ]);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const client of this.open.values()) client.disconnect();
  }
}
