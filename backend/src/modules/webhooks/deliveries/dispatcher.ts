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
import { DispatcherPokes } from './dispatcher-pokes.js';
import { Lane, type Pace } from './lane.js';
import { LANE_SECONDS, LaneStore, type DueRow } from './lane-store.js';
import { Results } from './results.js';
import { Sender, type Attempt } from './sender.js';

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
export class Dispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('webhooks');
  private readonly owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  private readonly lanes = new Map<string, Lane>();
  private readonly paces = new LRUCache<string, Pace>({ max: 10_000 });
  private readonly stopping = new AbortController();
  private readonly aborted = new AbortController();
  private main: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  private rung = false;
  private sending = 0;
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
  ) {}

  onApplicationBootstrap(): void {
    if (!this.instance.plays('workers')) return;
    this.pokes.listen(() => this.poked());
    this.main = this.loop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.ring();
    await this.main;
    const until = performance.now() + STOPS_WITHIN_MS;
    while (this.sending > 0 && performance.now() < until) await sleep(20);
    this.aborted.abort();
    while (this.busy > 0 && performance.now() < until + PATIENCE_MS) await sleep(20);
    await this.store
      .abandon([...this.lanes.values()], this.owner)
      .catch((error: Error) => this.log.debug(error.message));
  }

  /** Something is due: every lane looks once more. */
  private poked(): void {
    for (const lane of this.lanes.values()) lane.hungry = true;
    this.looked = 0;
    this.ring();
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
      for (const { id, epoch } of await this.store.take(this.owner))
        this.lanes.set(id, new Lane(id, epoch, this.pace(id)));
    }
    await this.feed();
    for (const lane of this.lanes.values()) this.pump(lane);
    const idle = [...this.lanes.values()].filter((lane) => lane.idle);
    if (idle.length === 0) return;
    const released = await this.store.release(idle, this.owner);
    for (const lane of idle)
      if (released.has(lane.id)) this.lanes.delete(lane.id);
      else lane.hungry = true; // woken meanwhile, or lost: the next look or renewal tells
  }

  private async feed(): Promise<void> {
    const share = Math.min(MOST_AHEAD, Math.ceil(READ_AHEAD / Math.max(1, this.lanes.size)));
    const wanted = [...this.lanes.values()]
      .map((lane) => ({ id: lane.id, epoch: lane.epoch, n: lane.wants(share, this.most) }))
      .filter(({ n }) => n > 0);
    if (wanted.length === 0) return;
    const found = await this.store.fetch(wanted, this.owner);
    const endpoints = await this.store.endpoints(
      [...found].filter(([, { rows }]) => rows.length > 0).map(([id]) => id),
    );
    for (const { id, n } of wanted) {
      const lane = this.lanes.get(id);
      const read = found.get(id);
      if (!lane) continue;
      if (!read) {
        this.lanes.delete(id); // somebody else's by now, or gone with its workspace
        continue;
      }
      lane.endpoint = endpoints.get(id) ?? lane.endpoint;
      lane.feed(lane.endpoint?.served ? read.rows : [], n, read.wakes, performance.now());
    }
  }

  /** Starts what a lane may send at this moment. */
  private pump(lane: Lane): void {
    while (this.sending < this.config.inFlight && !this.stopping.signal.aborted) {
      const row = lane.next(this.most, performance.now());
      if (!row) return;
      this.sending++;
      void this.send(lane, row);
    }
  }

  private async send(lane: Lane, row: DueRow): Promise<void> {
    const endpoint = lane.endpoint!;
    let attempt: Attempt | undefined;
    try {
      attempt = await this.sender.attempt(row, endpoint, this.aborted.signal);
    } catch (error) {
      // The process stops: another sends it again, with the same id.
      this.log.debug(`The webhook ${row.id} was broken off: ${(error as Error).message}`);
    }
    lane.sending--;
    this.sending--;
    if (attempt && attempt.outcome !== 'dropped' && attempt.outcome !== 'withheld')
      lane.learn(attempt.outcome === 'delivered', this.most);
    if (attempt?.asked && (attempt.status === 429 || attempt.status === 503))
      lane.pause(performance.now() + attempt.asked * 1000);
    if (!endpoint.ordered) this.pump(lane);
    if (attempt) await this.keep(lane, row, attempt);
    lane.end(row.id);
    if (endpoint.ordered) this.pump(lane);
    if (attempt?.outcome === 'gone') lane.forget();
    if (lane.idle || (lane.hungry && lane.waiting < this.most)) this.ring();
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
    for (const lane of held) if (!kept.has(lane.id)) this.lanes.delete(lane.id);
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

  /** Requests of one lane that may be under way: with very many lanes, each gets its share. */
  private get most(): number {
    return Math.max(
      1,
      Math.min(this.config.perEndpoint, Math.floor(this.config.inFlight / Math.max(1, this.lanes.size))),
    );
  }

  private get busy(): number {
    let all = 0;
    for (const lane of this.lanes.values()) all += lane.busy.size;
    return all;
  }
}
