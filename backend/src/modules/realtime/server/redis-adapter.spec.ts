import { describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { unawaited } from './redis-adapter.js';

/** A client of a Redis that is away. */
class Away {
  readonly asked: string[] = [];
  readonly status = 'reconnecting';

  publish(channel: string): Promise<number> {
    this.asked.push(channel);
    return Promise.reject(new Error('Connection is closed.'));
  }

  psubscribe = this.publish.bind(this);
  subscribe = this.publish.bind(this);
  unsubscribe = this.publish.bind(this);
  punsubscribe = this.publish.bind(this);

  ping(): Promise<string[]> {
    return Promise.resolve(this.asked);
  }
}

describe('a client whose calls nobody awaits', () => {
  it('fails none of those that the adapter makes, so that a Redis that is away ends no process', async () => {
    const away = new Away();
    const client = unawaited(away as unknown as Redis);
    const calls = ['publish', 'subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe'] as const;
    for (const name of calls)
      await expect((client[name] as (channel: string) => unknown)(name)).resolves.toBeUndefined();
    expect(away.asked).toEqual([...calls]);
  });

  it('is the client itself in everything else', async () => {
    const away = new Away();
    const client = unawaited(away as unknown as Redis);
    expect(client.status).toBe('reconnecting');
    expect(await (client as unknown as Away).ping()).toBe(away.asked);
  });
});
