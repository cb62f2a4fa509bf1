import { describe, expect, it } from '@jest/globals';
import type { LogEvent, LogTail, Stretch, TailHandler } from '#platform/event-log/index.js';
import type { EventSight, FilterTargets } from '#platform/filters/index.js';
import type { Metrics } from '#platform/telemetry/index.js';
import type { RealtimeConfig } from '../realtime.config.js';
import type { LiveSocket } from '../server/live-socket.js';
import { Pressure } from '../server/pressure.js';
import { Feed } from './feed.js';
import type { Watch, WatchGroup } from './watch.js';

const WORKSPACE = 'w';
const config = { bufferLimit: 1_000_000 } as RealtimeConfig;

const eventAt = (position: number) =>
  ({
    position,
    id: `e${position}`,
    type: 'deal.expired',
    version: 1,
    workspaceId: WORKSPACE,
    scope: { kind: 'workspace' },
    actor: { kind: 'system' },
    data: { title: `t${position}` },
    occurredAt: new Date(0),
  }) as unknown as LogEvent;

/** A log of which this process seals what is given to `seal`, and others what is given to `grow`. */
class Log {
  readonly asked: number[] = [];
  private head = 0;
  private handler: TailHandler | undefined;
  readonly tail = {
    head: async () => ({ position: 0, epoch: 'e' }),
    since: async (position: number, limit: number): Promise<Stretch> => {
      this.asked.push(position);
      const last = Math.min(position + limit, this.head);
      return { events: this.events(position, last), position: last, head: this.head };
    },
    subscribe: (handler: TailHandler) => {
      this.handler = handler;
      return () => undefined;
    },
  } as unknown as LogTail;

  grow(count: number): void {
    this.head += count;
    this.handler?.(this.head);
  }

  seal(count: number): void {
    const after = this.head;
    this.head += count;
    this.handler?.(this.head, { after, head: this.head, events: () => this.events(after, after + count) });
  }

  private events(after: number, upTo: number): LogEvent[] {
    return Array.from({ length: upTo - after }, (_, n) => eventAt(after + n + 1));
  }
}

/** A feed of one group of watches, all of one workspace. */
async function boot(sockets: number) {
  const log = new Log();
  const places = new Map([[WORKSPACE, { permissions: new Set(['deals:read']), projects: new Set() }]]);
  const group = { key: 'w1', about: { permission: 'deals:read' }, watches: new Map() } as unknown as WatchGroup;
  const filters = { listeners: () => ({ size: 1, put: () => undefined, matching: () => [group] }) };
  const feed = new Feed(
    log.tail,
    { needed: () => 'deals:read' } as unknown as EventSight,
    new Pressure(config),
    config,
    filters as unknown as FilterTargets,
    { gauge: () => undefined } as unknown as Metrics,
  );
  await feed.start();
  /** What was written, by socket; the very frames. */
  const written: { titles: string[]; frames: unknown[] }[] = [];
  const join = (state: Watch['state'], at: number): Watch => {
    const heard: { titles: string[]; frames: unknown[] } = { titles: [], frames: [] };
    written.push(heard);
    const write = (packet: string, { wsPreEncodedFrame: [frame] }: { wsPreEncodedFrame: unknown[] }) => {
      heard.titles.push(/"title":"(\w+)"/.exec(packet)?.[1] ?? '');
      heard.frames.push(frame);
    };
    const conn = { write, writeBuffer: [], transport: {} };
    const socket = { connected: true, conn, data: { standing: { workspaces: places } } } as unknown as LiveSocket;
    const watch: Watch = { group, socket, state, at };
    group.watches.set(socket, watch);
    return watch;
  };
  for (let n = 0; n < sockets; n++) join('live', 0);
  const told = async (position: number) => {
    while (feed.position < position) await new Promise((resolve) => setImmediate(resolve));
  };
  return { log, feed, group, written, join, told };
}

describe('the feed', () => {
  it('writes an event once, and the same frame to every socket', async () => {
    const { log, written, told } = await boot(1200);
    log.grow(2);
    await told(2);
    expect(written.map(({ titles }) => titles.join())).toEqual(Array(1200).fill('t1,t2'));
    expect(new Set(written.flatMap(({ frames }) => frames)).size).toBe(2);
  });

  it('reads nothing that its own process sealed, and everything else, in order', async () => {
    const { log, written, told } = await boot(1);
    log.seal(2);
    await told(2);
    expect(log.asked).toEqual([]);
    // Others sealed in between, so what is handed over is not what comes next.
    log.grow(1);
    log.seal(1);
    await told(4);
    log.seal(501);
    await told(505);
    log.seal(1);
    await told(506);
    expect(written[0]?.titles).toEqual(Array.from({ length: 506 }, (_, n) => `t${n + 1}`));
    expect(log.asked[0]).toBe(2);
    expect(log.asked).not.toContain(505);
  });

  it('gives way while it tells many, and a watch that begins then misses nothing and hears nothing twice', async () => {
    const { log, feed, written, join, told } = await boot(1200);
    log.seal(2);
    await new Promise((resolve) => setImmediate(resolve));
    // The first event is half told: one goes live behind it, and what has not come up to there does not.
    expect([feed.position, feed.ahead]).toEqual([0, 1]);
    expect(written.filter(({ titles }) => titles.length > 0).length).toBeLessThan(1200);
    join('live', feed.ahead);
    join('past', feed.position);
    await told(2);
    expect(written.slice(1200).map(({ titles }) => titles)).toEqual([['t2'], []]);
    expect(written.slice(0, 1200).every(({ titles }) => titles.join() === 't1,t2')).toBe(true);
  });
});
