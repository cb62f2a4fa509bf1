import type { RedisOptions } from 'ioredis';
import { Config, configClass, setting, url } from '#platform/config/index.js';
import { z } from 'zod';

/** Settings of the Redis connection. */
@Config
export class RedisConfig extends configClass('redis', {
  url: setting(
    'REDIS_URL',
    url('redis', 'rediss', 'unix'),
    'Redis 6 or newer: redis://, rediss://, or unix:///path?password=… . `npm start` runs a private one when absent.',
    true,
  ),
  prefix: setting(
    'SIGNALBOX_REDIS_PREFIX',
    z
      .string()
      .regex(/^[\w:-]{1,40}$/, 'must be 1 to 40 letters, digits, "_", "-" or ":"')
      .default('signalbox'),
    'What every key begins with; two instances that share one Redis need two prefixes.',
  ),
}) {
  /** Connection parameters for ioredis. */
  options(): RedisOptions {
    const at = new URL(this.url);
    const credentials = {
      username: decodeURIComponent(at.username) || undefined,
      password: at.searchParams.get('password') ?? (decodeURIComponent(at.password) || undefined),
    };
    if (at.protocol === 'unix:') return { path: decodeURIComponent(at.pathname), ...credentials };
    return {
      host: at.hostname,
      port: Number(at.port || 6379),
      db: Number(at.pathname.slice(1) || 0),
      ...credentials,
      ...(at.protocol === 'rediss:' ? { tls: {} } : {}),
    };
  }
}
