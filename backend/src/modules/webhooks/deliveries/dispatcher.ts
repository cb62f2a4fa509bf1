import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { InstanceConfig } from '#platform/config/index.js';
import { WebhooksConfig } from '../webhooks.config.js';
import { DispatcherPokes, type DispatcherEar } from './dispatcher-pokes.js';
import { Lane, type Handed, type Pace } from './lane.js';
import { LANE_SECONDS, LaneStore, TAKEN_AT_ONCE, type DueRow } from './lane-store.js';
import { quietSeconds, Results } from './results.js';
import { Sender, type Attempt } from './sender.js';
import { Slots, type Slot } from './slots.js';

const POLL_MS = 250;
const PATIENCE_MS = 1_000;
const RENEW_MS = (LANE_SECONDS * 1000) / 3;
const SWEEP_MS = 30_000;
const FIRST_LIMIT = 4;
/** Rows that wait in memory, over all lanes and at most in one. */
const READ_AHEAD = 4_000;
const MOST_AHEAD = 128;
const STOPS_WITHIN_MS = 5_000;
const STORE_TRIES = 8;

/**
 * Sends deliveries. It takes *lanes*, one an endpoint, and serves each by itself: its own concurrency, rate and order, so that
 * an endpoint that is slow or dead holds up nobody else. Rows are read, and results written, for all lanes together.
 */
@Injectable()
export class Dispatcher implements DispatcherEar, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('webhooks');
  readonly owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  private readonly lanes = new Map<string, Lane>();
  private readonly paces = new LRUCache<string, Pace>({ max: 10_000 });
  private readonly stopping = new AbortController();
  private readonly aborted = new AbortController();
  private main: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  private rung = false;
  private unlisten: () => void = () => undefined;
  private readonly slots: Slots<Lane>;
  /** Requests of one lane that may be under way: with very many lanes at work, each gets its share. */
  private most = 1;
  /** Rows that may wait in memory for one lane. */
  private share = MOST_AHEAD;
  private looked = 0;
  private renewed = performance.now();
  private swept = 0;

  constructor(
    private readonly store: LaneStore,
    private readonly sender: Sender,
    private readonly results: Results,
    private readonly pokes: DispatcherPokes,
    private readonly instance: InstanceConfig,
    @Inject(WebhooksConfig) private readonly config: WebhooksConfig,
  ) {
    this.slots = new Slots(config.inFlight, (lane) => this.pump(lane, 1));
  }

  onApplicationBootstrap(): void {
    if (!this.instance.plays('workers')) return;
    this.unlisten = this.pokes.listen(this);
    this.main = this.loop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.unlisten();
    this.stopping.abort();
    this.ring();
    await this.main;
    const until = performance.now() + STOPS_WITHIN_MS;
    while (this.slots.all > 0 && performance.now() < until) await sleep(20);
    this.aborted.abort();
    while (this.busy > 0 && performance.now() < until + PATIENCE_MS) await sleep(20);
    await this.store
      .abandon([...this.lanes.values()], this.owner)
      .catch((error: Error) => this.log.debug(error.message));
  }

  /** Something is due: every lane looks once more. */
  poked(): void {
    for (const lane of this.lanes.values()) lane.hungry = true;
    this.lookAgain();
  }

  handed(handed: readonly Handed[]): void {
    const now = performance.now();
    for (const one of handed) {
      const held = this.lanes.get(one.id);
      const lane = held?.epoch === one.epoch ? held : this.hold(one);
      lane.take(one, this.share, now);
      this.pump(lane);
      if (lane.hungry) this.ring();
    }
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.pass();
        await this.rest();
      } catch (error) {
        this.log.warn(`Webhooks wait: ${(error as Error).message}`);
        await sleep(PATIENCE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined); // woken to stop
      }
    }
  }

  private async pass(): Promise<void> {
    const now = performance.now();
    if (now - this.renewed > RENEW_MS) await this.renew(now);
    if (now - this.swept > SWEEP_MS) {
      this.swept = now;
      await this.store.sweep();
    }
    if (this.looked === 0 || now - this.looked > POLL_MS) {
      this.looked = now;
      const taken = await this.store.take(this.owner);
      for (const one of taken) this.hold(one);
      if (taken.length === TAKEN_AT_ONCE) this.lookAgain();
      this.divide();
    }
    await this.feed();
    for (const lane of this.lanes.values()) this.pump(lane);
    await this.giveBack();
  }

  private hold({ id, epoch }: { id: string; epoch: string }): Lane {
    const lane = new Lane(id, epoch, this.pace(id));
    this.lanes.set(id, lane);
    return lane;
  }

  /** Unless it was taken anew meanwhile. */
  private drop(lane: Lane): void {
    if (this.lanes.get(lane.id) === lane) this.lanes.delete(lane.id);
  }

  private lookAgain(): void {
    this.looked = 0;
    this.ring();
  }

  private divide(): void {
    const { perEndpoint, inFlight } = this.config;
    const working = [...this.lanes.values()].reduce((n, lane) => (lane.empty ? n : n + 1), 0);
    this.most = Math.max(1, Math.min(perEndpoint, Math.floor(inFlight / Math.max(1, working))));
    this.share = Math.min(MOST_AHEAD, Math.ceil(READ_AHEAD / Math.max(1, working)));
  }

  private async giveBack(): Promise<void> {
    const now = performance.now();
    const idle = [...this.lanes.values()].filter((lane) => lane.idle(now));
    if (idle.length === 0) return;
    const given = idle.map((lane) => ({
      lane,
      id: lane.id,
      epoch: lane.epoch,
      wakes: lane.quiet(now) ? null : lane.wakes,
    }));
    const released = await this.store.release(given, this.owner);
    for (const { lane, wakes } of given)
      if (released.has(lane.id)) this.drop(lane);
      else if (lane.wakes === wakes) lane.hungry = true; // woken meanwhile, or lost: the next look or renewal tells
  }

  private async feed(): Promise<void> {
    const now = performance.now();
    const wanted = [...this.lanes.values()]
      .map((lane) => ({ lane, id: lane.id, epoch: lane.epoch, n: lane.wants(this.share, this.most, now) }))
      .filter(({ n }) => n > 0);
    if (wanted.length === 0) return;
    try {
      await this.read(wanted);
    } catch (error) {
      for (const { lane } of wanted) lane.unread();
      throw error;
    }
  }

  private async read(wanted: readonly { lane: Lane; id: string; epoch: string; n: number }[]): Promise<void> {
    const found = await this.store.fetch(wanted, this.owner);
    const endpoints = await this.store.endpoints(
      [...found].filter(([, { rows }]) => rows.length > 0).map(([id]) => id),
    );
    const now = performance.now();
    for (const { lane, id, n } of wanted) {
      const read = found.get(id);
      if (!read) {
        this.drop(lane); // somebody else's by now, or gone with its workspace
        continue;
      }
      const endpoint = endpoints.get(id);
      if (endpoint) lane.serve(endpoint);
      lane.feed(lane.endpoint?.served ? read.rows : [], n, read.wakes, now);
      if (read.quietMs > 0) lane.pause(now + read.quietMs, now);
    }
  }

  /** Starts what a lane may send at this moment, at most so many. @returns whether that was anything, or will be */
  private pump(lane: Lane, most = Infinity): boolean {
    let started = 0;
    for (; started < most && !this.stopping.signal.aborted; started++) {
      const now = performance.now();
      if (!lane.may(this.most, now)) break;
      const slot = this.slots.take(lane, lane.slow);
      if (!slot) return true;
      void this.send(lane, lane.next(now), slot);
    }
    return started > 0;
  }

  private async send(lane: Lane, row: DueRow, slot: Slot): Promise<void> {
    const endpoint = lane.endpoint!;
    let attempt: Attempt | undefined;
    try {
      attempt = await this.sender.attempt(row, endpoint, this.aborted.signal);
    } catch (error) {
      // The process stops: another sends it again, with the same id.
      this.log.debug(`The webhook ${row.id} was broken off: ${(error as Error).message}`);
    }
    lane.sending--;
    slot.end();
    const now = performance.now();
    if (attempt && attempt.outcome !== 'dropped' && attempt.outcome !== 'withheld')
      lane.learn(attempt.outcome === 'delivered', attempt.durationMs, this.most);
    const quiet = attempt && quietSeconds(attempt);
    if (quiet) lane.pause(now + quiet * 1000, now);
    if (!endpoint.ordered) this.pump(lane);
    if (attempt) await this.keep(lane, row, attempt);
    lane.end(row.id);
    if (endpoint.ordered) this.pump(lane);
    if (attempt?.outcome === 'gone') lane.forget();
    if (lane.hungry && lane.waiting < this.most) this.ring();
  }

  /** Stores a result, through a short absence of the database. What cannot be stored is sent again, with the same id. */
  private async keep(lane: Lane, row: DueRow, attempt: Attempt): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        // Too late: the lane is somebody else's, or the delivery was changed meanwhile. Either way what was read of it is old.
        if (!(await this.results.add({ row, lane, attempt }))) lane.forget();
        return;
      } catch (error) {
        if (tries < STORE_TRIES && this.lanes.get(lane.id) === lane) {
          await sleep(50 * 2 ** tries, undefined, { ref: false });
          continue;
        }
        this.log.warn(`What became of the webhook ${row.id} could not be stored: ${(error as Error).message}`);
        return;
      }
    }
  }

  private async renew(now: number): Promise<void> {
    this.renewed = now;
    const held = [...this.lanes.values()];
    if (held.length === 0) return;
    const kept = await this.store.renew(held, this.owner);
    for (const lane of held) if (!kept.has(lane.id)) this.drop(lane);
  }

  /** Until somebody rings, a rate permits more, or it is time to look. */
  private async rest(): Promise<void> {
    if (this.rung || this.stopping.signal.aborted) {
      this.rung = false;
      return;
    }
    const now = performance.now();
    const waits = [...this.lanes.values()]
      .filter((lane) => lane.waiting > 0)
      .map((lane) => lane.wait(now))
      .filter((ms) => ms > 0);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, Math.min(POLL_MS, ...waits)));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.rung = false;
    this.wake = () => undefined;
  }

  private ring(): void {
    this.rung = true;
    this.wake();
  }

  private pace(id: string): Pace {
    const known = this.paces.get(id);
    if (known) return known;
    const pace: Pace = { limit: FIRST_LIMIT, starts: [] };
    this.paces.set(id, pace);
    return pace;
  }

  private get busy(): number {
    let all = 0;
    for (const lane of this.lanes.values()) all += lane.busy.size;
    return all;
  }
}
