import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { RedisConnections } from '#platform/redis/index.js';
import { RealtimeConfig } from '../realtime.config.js';

/**
 * Who looks at which page, of all processes: in Redis, a sorted set a page with when each stay ends unless it is said again.
 * What a process that died said ends by itself. While Redis is away nobody of other processes is known.
 */
@Injectable()
export class Visitors {
  private readonly log = new Logger('realtime');
  private readonly process = randomUUID();

  constructor(
    private readonly redis: RedisConnections,
    private readonly config: RealtimeConfig,
  ) {}

  /** Says who of this process looks at a page, nobody included. @returns who does elsewhere */
  async say(page: string, here: ReadonlySet<string>, left: readonly string[] = []): Promise<string[]> {
    const redis = this.redis.get('presence');
    // Whoever enters shall not wait for a Redis that is away.
    if (redis.status !== 'ready' && redis.status !== 'connecting' && redis.status !== 'connect') return [];
    const key = `${this.redis.prefix}:presence:${page}`;
    const now = Date.now();
    const until = now + this.config.presenceSeconds * 1000;
    const named = (user: string) => `${user} ${this.process}`;
    try {
      const steps = redis.multi().zremrangebyscore(key, '-inf', now);
      if (left.length > 0) steps.zrem(key, ...left.map(named));
      if (here.size > 0) steps.zadd(key, ...[...here].flatMap((user) => [until, named(user)]));
      const answers = await steps.pexpireat(key, until).zrange(key, 0, -1).exec();
      const members = (answers?.at(-1)?.[1] ?? []) as string[];
      return members.flatMap((member) => {
        const [user = '', process] = member.split(' ');
        return process === this.process ? [] : [user];
      });
    } catch (error) {
      this.log.debug(`Who looks at a page elsewhere is not known: ${(error as Error).message}`);
      return [];
    }
  }
}
