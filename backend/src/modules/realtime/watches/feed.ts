import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type LogEvent, type LogHead, LogTail, type Sealed, type Stretch } from '#platform/event-log/index.js';
import { type EventFilters, EventSight, FilterTargets } from '#platform/filters/index.js';
import { Metrics } from '#platform/telemetry/index.js';
import { RealtimeConfig } from '../realtime.config.js';
import { EventPacket } from '../server/event-packet.js';
import type { LiveSocket } from '../server/live-socket.js';
import { Pressure } from '../server/pressure.js';
import { guarded, sightOf, told, type Watch, type WatchGroup } from './watch.js';

const BATCH = 500;
/** After a read that failed. */
const AGAIN_MS = 500;
/** How often sockets that were full are looked at, in milliseconds. */
const BEHIND_MS = 50;
/** Sockets that are written to at a time, each some 20 µs: between them everything else gets its turn. */
const SLICE = 500;

/** Somebody else in this process who has something to do with new events. */
export interface Follower {
  /** Whether there is anybody to tell; the log is not read for nobody. */
  wants(): boolean;
  hear(event: LogEvent): void;
}

/**
 * New events, read once for all watches of this process, matched once for all that ask for the same, and written once for
 * all sockets that may see them. Only the sockets of this process are told: every process reads the log itself.
 */
@Injectable()
export class Feed implements OnModuleDestroy {
  private readonly log = new Logger('realtime');
  private readonly filters: EventFilters<WatchGroup>;
  private readonly behind = new Set<Watch>();
  private readonly followers: Follower[] = [];
  private started?: Promise<void>;
  private stop?: () => void;
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private due = false;
  /** What came with the last word of the log. */
  private sealed: Sealed | undefined;
  private stopped = false;
  /** Up to here everything was told. */
  private read = 0;
  /** The event that is being told, or the last one. */
  private telling = 0;
  private head = 0;
  private epoch = '';
  /** Characters and packets that were written since the transports could last do their part, and how many characters may be. */
  private written = 0;
  private sent = 0;
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

  /** A watch that stands here misses nothing and hears nothing twice: what is being told now is not for it. */
  get ahead(): number {
    return Math.max(this.read, this.telling);
  }

  /** Has somebody hear every event from here on, in the order of the log. */
  follow(follower: Follower): void {
    this.followers.push(follower);
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
    this.stop = this.tail.subscribe((head, sealed) => this.wake(head, sealed));
  }

  private wake(head: number, sealed?: Sealed): void {
    this.sealed = sealed;
    this.head = Math.max(this.head, head);
    this.due = true;
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  private async run(): Promise<void> {
    while (this.due && !this.stopped) {
      const { sealed } = this;
      [this.due, this.sealed] = [false, undefined];
      // Nobody watches: there is nothing to read.
      if (this.filters.size === 0 && !this.followers.some((one) => one.wants())) this.read = this.head;
      else if (this.read < this.head) await this.catchUp(sealed);
    }
  }

  private async catchUp(sealed?: Sealed): Promise<void> {
    try {
      while (!this.stopped) {
        const { events, position, head } = this.handed(sealed) ?? (await this.tail.since(this.read, BATCH));
        for (const event of events) {
          this.telling = event.position;
          await guarded(event, this.log, () => this.tell(event));
          for (const follower of this.followers) await guarded(event, this.log, () => follower.hear(event));
          this.read = event.position;
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

  /** What this process has just sealed, if that is what comes next. */
  private handed(sealed?: Sealed): Stretch | undefined {
    if (sealed?.after !== this.read || sealed.head - sealed.after > BATCH) return undefined;
    return { events: sealed.events(), position: sealed.head, head: sealed.head };
  }

  /** Lets the transports write, since a socket is slow only if it is full then, and whoever else waits. */
  private async breathe(): Promise<void> {
    [this.written, this.sent] = [0, 0];
    await new Promise((resolve) => setImmediate(resolve));
  }

  private async tell(event: LogEvent): Promise<void> {
    let json: string | undefined;
    for (const group of this.filters.matching(event)) {
      const sees = sightOf(group, event, this.sight);
      let packet: EventPacket | undefined;
      for (const watch of group.watches.values()) {
        if (!this.takes(watch, event, sees)) continue;
        json ??= JSON.stringify(told(event));
        packet ??= new EventPacket(group.key, json);
        packet.send(watch.socket);
        if (++this.sent >= SLICE) await this.breathe();
      }
      this.written += packet?.length ?? 0;
      if (this.written > this.breath) await this.breathe();
    }
  }

  private takes(watch: Watch, event: LogEvent, sees: (socket: LiveSocket) => boolean): boolean {
    const { socket } = watch;
    if (watch.state !== 'live' || event.position <= watch.at || !socket.connected || !sees(socket)) return false;
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
      watch.at = this.ahead;
      socket.emit('skipped', { watch: group.key, from: at, to: watch.at });
    }
    this.timer = this.behind.size > 0 && !this.stopped ? setTimeout(() => this.resume(), BEHIND_MS) : undefined;
  }
}
