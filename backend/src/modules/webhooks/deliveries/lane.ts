import type { DueRow, ServedEndpoint } from './lane-store.js';
import { SLOW_MS } from './slots.js';

/** What a lane remembers of its endpoint when it is given back and taken again. */
export interface Pace {
  /** Requests that may be under way at once: grows while it answers well, shrinks when it fails. */
  limit: number;
  /** When the last requests began, milliseconds, at most as many as its rate. */
  starts: number[];
  /** Its last request took long. */
  slow?: boolean;
}

/** Deliveries that were recorded a moment ago, handed on without being read. */
export interface Handed {
  readonly id: string;
  readonly epoch: string;
  /** The lane's wakes, these rows included. */
  readonly wakes: string;
  /** Whether nothing else waited in the lane when it was taken for them; undefined when it was held before. */
  readonly alone: boolean | undefined;
  readonly endpoint: ServedEndpoint;
  /** Undefined when there are some that are not handed on: they are to be read. */
  readonly rows: readonly DueRow[] | undefined;
}

/** How long rows may wait in memory: what was decided when they were read should still hold. */
const FRESH_MS = 5_000;
const RATE_WINDOW_MS = 1_000;
/** A lane in which nothing else waits is kept for so long: more may come, and it costs nothing. */
const LINGER_MS = 2_000;
/** What waits for a later attempt is looked for so often in a lane that is never idle; so is, rarely, what nobody told of. */
const LOOK_MS = 2_000;
const LOOK_ALONE_MS = 30_000;
/** Who asks for quiet for longer than this is not waited for: the lane is given back until then. */
const SHORT_PAUSE_MS = 2_000;

/** One endpoint as this process serves it: what it sends now, what comes next, and how fast. */
export class Lane {
  endpoint?: ServedEndpoint;
  /** Deliveries that are under way, or whose result is not stored yet. */
  readonly busy = new Set<string>();
  /** Requests under way. */
  sending = 0;
  wakes = '';
  /** There may be more than what was read. */
  hungry = true;
  private ready: DueRow[] = [];
  private readAt = 0;
  /** What ended while rows were being read: they may still show it as waiting. */
  private ended?: Set<string>;
  /** Nothing waits in it but what is here. */
  private alone = false;
  private usedAt = performance.now();
  private lookAt = performance.now() + LOOK_MS;
  /** Nothing is sent before: the other side asked for it. */
  private until = 0;
  private failing = false;

  constructor(
    readonly id: string,
    readonly epoch: string,
    private readonly pace: Pace,
  ) {}

  /** Takes rows that were read for it. @param asked as many as there could have been */
  feed(rows: readonly DueRow[], asked: number, wakes: string, now: number): void {
    this.wakes = wakes;
    this.readAt = now;
    this.usedAt = now;
    if (rows.length >= asked) this.hungry = true;
    const next = this.endpoint?.ordered ? prefix(rows, (row) => row.due) : rows;
    this.ready = next.filter(({ id }) => !this.busy.has(id) && !this.ended?.has(id));
    this.ended = undefined;
  }

  /** Nothing could be read. */
  unread(): void {
    this.ended = undefined;
    this.hungry = true;
  }

  /**
   * Takes rows that were handed on, when nothing stands before them; else they are read in their turn.
   *
   * @param room rows that may wait in memory for it
   */
  take({ wakes, alone, endpoint, rows }: Handed, room: number, now: number): void {
    this.serve(endpoint);
    if (alone !== undefined) this.begin(alone, now);
    const follows = !this.hungry && !this.ended && (alone ?? Number(this.wakes) + 1 === Number(wakes));
    if (!follows || !rows || endpoint.ordered || this.quiet(now) || this.ready.length + rows.length > room) {
      this.hungry = true;
      return;
    }
    if (this.ready.length === 0) this.readAt = now;
    this.usedAt = now;
    this.wakes = wakes;
    this.ready.push(...rows);
  }

  /** Takes what the endpoint is now. Whether it fails, the lane itself knows best once it has begun. */
  serve(endpoint: ServedEndpoint): void {
    if (!this.endpoint) this.failing = endpoint.failingSince !== null;
    this.endpoint = endpoint;
    if (!endpoint.served) this.forget();
  }

  /**
   * How many rows to read now, or none: enough are there, or nothing came since.
   *
   * @param share rows that may wait in memory for one lane
   * @param most requests that may be under way in one lane
   */
  wants(share: number, most: number, now: number): number {
    if (now > this.lookAt) this.look(now);
    // What is under way in an ordered lane may fail, and then comes first again: until then nothing behind it is read.
    if ((this.endpoint?.ordered && this.busy.size > 0) || this.quiet(now)) return 0;
    const one = this.endpoint?.ordered || this.failing;
    if (!this.hungry || this.ready.length >= (one ? 1 : most)) return 0;
    // What comes from now on makes it hungry again.
    this.hungry = false;
    this.ended = new Set();
    return this.busy.size + (this.failing ? 2 : Math.max(share, most));
  }

  /** A delivery is over, or will be tried later: its result is stored. */
  end(id: string): void {
    this.busy.delete(id);
    this.ended?.add(id);
  }

  /** Whether a row may be sent at this moment. */
  may(most: number, now: number): boolean {
    const { endpoint } = this;
    if (!endpoint || this.ready.length === 0 || this.wait(now) > 0) return false;
    if (now - this.readAt > FRESH_MS) {
      this.forget();
      return false;
    }
    const limit = endpoint.ordered || this.failing ? 1 : Math.min(most, this.pace.limit);
    return (endpoint.ordered ? this.busy.size : this.sending) < limit;
  }

  /** The next row to send, which `may` permitted. */
  next(now: number): DueRow {
    const row = this.ready.shift()!;
    this.busy.add(row.id);
    this.sending++;
    this.started(now);
    return row;
  }

  /** The other side asked for quiet. For more than a moment the lane is given back, and taken again then. @param until milliseconds */
  pause(until: number, now: number): void {
    this.until = Math.max(this.until, until);
    if (this.quiet(now)) this.forget();
  }

  /** Whether nothing is sent for more than a moment. */
  quiet(now: number): boolean {
    return this.until - now > SHORT_PAUSE_MS;
  }

  /** Milliseconds until its rate, or what the other side asked for, permits another request. */
  wait(now: number): number {
    const asked = Math.max(0, this.until - now);
    const rate = this.endpoint?.ratePerSecond;
    if (asked > 0 || !rate || this.pace.starts.length < rate) return asked;
    return Math.max(0, this.pace.starts[this.pace.starts.length - rate]! + RATE_WINDOW_MS - now);
  }

  /** Learns how a request ended. */
  learn(well: boolean, tookMs: number, most: number): void {
    this.pace.limit = well ? Math.min(most, this.pace.limit * 2) : Math.max(1, this.pace.limit >> 1);
    this.pace.slow = tookMs > SLOW_MS;
    this.failing = !well;
    // It waits for another attempt now.
    if (!well) this.alone = false;
    if (!well && this.endpoint?.ordered) this.forget();
  }

  /** Reads anew: something changed. */
  forget(): void {
    this.ready = [];
    this.hungry = true;
  }

  get waiting(): number {
    return this.ready.length;
  }

  /** Whether it waits for nothing: no row, no answer, no look. */
  get empty(): boolean {
    return !this.hungry && this.busy.size === 0 && this.ready.length === 0;
  }

  /** Whether it may be given back. */
  idle(now: number): boolean {
    if (this.quiet(now)) return this.busy.size === 0;
    return this.empty && (!this.alone || now - this.usedAt > LINGER_MS);
  }

  /** Whether its requests take long, or fail. */
  get slow(): boolean {
    return this.failing || this.pace.slow === true;
  }

  private begin(alone: boolean, now: number): void {
    this.alone = alone;
    this.hungry = !alone;
    if (alone) this.lookAt = now + LOOK_ALONE_MS;
  }

  private look(now: number): void {
    this.hungry = true;
    this.lookAt = now + (this.alone ? LOOK_ALONE_MS : LOOK_MS);
  }

  private started(now: number): void {
    const rate = this.endpoint?.ratePerSecond;
    if (!rate) return;
    this.pace.starts.push(now);
    if (this.pace.starts.length > 2 * rate) this.pace.starts.splice(0, this.pace.starts.length - rate);
  }
}

function prefix<T>(items: readonly T[], keeps: (item: T) => boolean): readonly T[] {
  const end = items.findIndex((item) => !keeps(item));
  return end < 0 ? items : items.slice(0, end);
}
