import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type LogEvent, type LogHead, LogTail } from '#platform/event-log/index.js';
import { type EventFilters, EventSight, FilterTargets } from '#platform/filters/index.js';
import { Metrics } from '#platform/telemetry/index.js';
import { RealtimeConfig } from '../realtime.config.js';
import type { LiveServer } from '../server/live-socket.js';
import { Pressure } from '../server/pressure.js';
import { guarded, seenBy, told, type Watch, type WatchGroup } from './watch.js';

const BATCH = 500;
/** After a read that failed. */
const AGAIN_MS = 500;
/** How often sockets that were full are looked at, in milliseconds. */
const BEHIND_MS = 50;

/**
 * New events, read once for all watches of this process, matched once for all that ask for the same, and written once for
 * all sockets that may see them. Only the sockets of this process are told: every process reads the log itself.
 */
@Injectable()
export class Feed implements OnModuleDestroy {
  private readonly log = new Logger('realtime');
  private readonly filters: EventFilters<WatchGroup>;
  private readonly behind = new Set<Watch>();
  private server?: LiveServer;
  private started?: Promise<void>;
  private stop?: () => void;
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private due = false;
  private stopped = false;
  private read = 0;
  private head = 0;
  private epoch = '';
  /** Characters of events that were written since the transports could last do their part, and how many may be. */
  private written = 0;
  private readonly breath: number;

  constructor(
    private readonly tail: LogTail,
    private readonly sight: EventSight,
    private readonly pressure: Pressure,
    config: RealtimeConfig,
    targets: FilterTargets,
    metrics: Metrics,
  ) {
    this.breath = config.bufferLimit / 4;
    this.filters = targets.listeners<WatchGroup>();
    const behind = 'Events that the sockets of this process have not been told of yet.';
    metrics.gauge('signalbox_socket_feed_lag_events', behind, [], (gauge) => gauge.set(this.head - this.read));
  }

  /** Everything up to here was told to those who watch. */
  get position(): number {
    return this.read;
  }

  /** Tells the sockets of this server. */
  serve(server: LiveServer): void {
    this.server = server;
  }

  /** Where the watches of this process stand; of the log while there are none. */
  async stands(): Promise<LogHead> {
    if (this.started === undefined) return this.tail.head();
    await this.started;
    return { position: this.read, epoch: this.epoch };
  }

  /** Follows the log from here on. @throws what the database throws; then it can be tried again */
  start(): Promise<void> {
    this.started ??= this.begin().catch((error: unknown) => {
      this.started = undefined;
      throw error;
    });
    return this.started;
  }

  /** Adds watches that are to be told. */
  add(group: WatchGroup): void {
    this.filters.put(group);
  }

  remove({ key }: WatchGroup): void {
    this.filters.remove(key);
  }

  /** The ids of sockets that are owed a word on what they skipped; until then nothing may say that they are up to date. */
  owing(): string[] {
    return [...new Set([...this.behind].map(({ socket }) => socket.id))];
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.stop?.();
    clearTimeout(this.timer);
    await this.running;
  }

  private async begin(): Promise<void> {
    const { position, epoch } = await this.tail.head();
    [this.read, this.head, this.epoch] = [position, position, epoch];
    this.stop = this.tail.subscribe((head) => this.wake(head));
  }

  private wake(head: number): void {
    this.head = Math.max(this.head, head);
    this.due = true;
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  private async run(): Promise<void> {
    while (this.due && !this.stopped) {
      this.due = false;
      // Nobody watches: there is nothing to read.
      if (this.filters.size === 0) this.read = this.head;
      else await this.catchUp();
    }
  }

  private async catchUp(): Promise<void> {
    try {
      while (!this.stopped) {
        const { events, position, head } = await this.tail.since(this.read, BATCH);
        for (const event of events) {
          guarded(event, this.log, () => this.tell(event));
          this.read = event.position;
          if (this.written > this.breath) await this.breathe();
        }
        this.read = position;
        this.head = Math.max(this.head, head);
        if (position >= head) return;
      }
    } catch (error) {
      this.log.debug(`New events could not be read: ${(error as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      this.due = true;
    }
  }

  /** Lets the transports write: a socket is slow only if it is full then. */
  private async breathe(): Promise<void> {
    this.written = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }

  private tell(event: LogEvent): void {
    let message;
    for (const group of this.filters.matching(event)) {
      const to = [...group.watches.values()].filter((watch) => this.takes(watch, event)).map(({ socket }) => socket.id);
      if (to.length === 0) continue;
      if (!message) {
        message = told(event);
        this.written += JSON.stringify(message.data).length;
      }
      this.server?.local.to(to).emit('event', { watch: group.key, event: message });
    }
  }

  private takes(watch: Watch, event: LogEvent): boolean {
    const { socket, group } = watch;
    if (watch.state !== 'live' || event.position <= watch.at || !seenBy(socket, group, event, this.sight)) return false;
    if (!this.pressure.full(socket)) return true;
    watch.state = 'behind';
    watch.at = event.position - 1;
    this.behind.add(watch);
    this.timer ??= setTimeout(() => this.resume(), BEHIND_MS);
    return false;
  }

  /** Tells sockets that have read again what they skipped. */
  private resume(): void {
    for (const watch of this.behind) {
      const { socket, group, at } = watch;
      if (watch.state === 'behind' && socket.connected && !this.pressure.free(socket)) continue;
      this.behind.delete(watch);
      if (watch.state !== 'behind' || !socket.connected) continue;
      watch.state = 'live';
      watch.at = this.read;
      socket.emit('skipped', { watch: group.key, from: at, to: this.read });
    }
    this.timer = this.behind.size > 0 && !this.stopped ? setTimeout(() => this.resume(), BEHIND_MS) : undefined;
  }
}
