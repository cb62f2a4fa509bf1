import { Logger } from '@nestjs/common';
import { createAdapter } from '@socket.io/redis-adapter';
import type { Redis } from 'ioredis';
import type { RedisConnections } from '#platform/redis/index.js';

const UNAWAITED = new Set(['publish', 'subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe']);

/**
 * The adapter that carries messages between processes. While Redis is away each process goes on by itself.
 *
 * @returns the adapter, and what ends its subscription
 */
export function redisAdapter(redis: RedisConnections): {
  adapter: ReturnType<typeof createAdapter>;
  close: () => void;
} {
  const listener = redis.create('sockets listener', { maxRetriesPerRequest: null });
  const adapter = createAdapter(unawaited(redis.get('sockets')), unawaited(listener), {
    key: `${redis.prefix}:sockets`,
  });
  return { adapter, close: () => listener.disconnect() };
}

/** The adapter awaits none of its calls: that Redis is away is told by the connection, and must not end the process. */
export function unawaited(client: Redis): Redis {
  const log = new Logger('realtime');
  return new Proxy(client, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found !== 'function') return found;
      if (!UNAWAITED.has(String(name))) return (found as () => unknown).bind(target);
      return (...values: unknown[]) =>
        Promise.resolve((found as (...values: unknown[]) => unknown).apply(target, values)).catch((error: Error) =>
          log.debug(`Redis did not ${String(name)} for sockets: ${error.message}`),
        );
    },
  });
}
