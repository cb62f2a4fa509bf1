import type { DueRow, ServedEndpoint } from './lane-store.js';

/** What a lane remembers of its endpoint when it is given back and taken again. */
export interface Pace {
  /** Requests that may be under way at once: grows while it answers well, shrinks when it fails. */
  limit: number;
  /** When the last requests began, milliseconds, at most as many as its rate. */
  starts: number[];
  /** Nothing is sent before: the other side asked for it. */
  until?: number;
}

/** How long rows may wait in memory: what was decided when they were read should still hold. */
const FRESH_MS = 5_000;
const RATE_WINDOW_MS = 1_000;

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

  constructor(
    readonly id: string,
    readonly epoch: string,
    private readonly pace: Pace,
  ) {}

  /** Takes rows that were read for it. @param asked as many as there could have been */
  feed(rows: readonly DueRow[], asked: number, wakes: string, now: number): void {
    this.wakes = wakes;
    this.readAt = now;
    this.hungry = rows.length >= asked;
    const next = this.endpoint?.ordered ? prefix(rows, (row) => row.due) : rows;
    this.ready = next.filter(({ id }) => !this.busy.has(id) && !this.ended?.has(id));
    this.ended = undefined;
  }

  /**
   * How many rows to read now, or none: enough are there, or nothing came since.
   *
   * @param share rows that may wait in memory for one lane
   * @param most requests that may be under way in one lane
   */
  wants(share: number, most: number): number {
    // What is under way in an ordered lane may fail, and then comes first again: until then nothing behind it is read.
    if (this.endpoint?.ordered && this.busy.size > 0) return 0;
    const one = this.endpoint?.ordered || this.failing;
    if (!this.hungry || this.ready.length >= (one ? 1 : most)) return 0;
    this.ended = new Set();
    return this.busy.size + (this.failing ? 2 : Math.max(share, most));
  }

  /** A delivery is over, or will be tried later: its result is stored. */
  end(id: string): void {
    this.busy.delete(id);
    this.ended?.add(id);
  }

  /** The next row to send, if one may be sent at this moment. */
  next(most: number, now: number): DueRow | undefined {
    const { endpoint } = this;
    if (!endpoint || this.ready.length === 0) return undefined;
    if (this.wait(now) > 0) return undefined;
    if (now - this.readAt > FRESH_MS) return this.forget();
    const limit = endpoint.ordered ? 1 : this.failing ? 1 : Math.min(most, this.pace.limit);
    if ((endpoint.ordered ? this.busy.size : this.sending) >= limit) return undefined;
    const row = this.ready.shift()!;
    this.busy.add(row.id);
    this.sending++;
    this.started(now);
    return row;
  }

  /** The other side asked for quiet. @param until milliseconds */
  pause(until: number): void {
    this.pace.until = Math.max(this.pace.until ?? 0, until);
  }

  /** Milliseconds until its rate, or what the other side asked for, permits another request. */
  wait(now: number): number {
    const asked = Math.max(0, (this.pace.until ?? 0) - now);
    const rate = this.endpoint?.ratePerSecond;
    if (asked > 0 || !rate || this.pace.starts.length < rate) return asked;
    return Math.max(0, this.pace.starts[this.pace.starts.length - rate]! + RATE_WINDOW_MS - now);
  }

  /** Learns how a request ended. */
  learn(well: boolean, most: number): void {
    this.pace.limit = well ? Math.min(most, this.pace.limit * 2) : Math.max(1, this.pace.limit >> 1);
    if (this.endpoint) {
      if (well) this.endpoint = { ...this.endpoint, failingSince: null };
      else this.endpoint = { ...this.endpoint, failingSince: this.endpoint.failingSince ?? new Date() };
    }
    if (!well && this.endpoint?.ordered) this.forget();
  }

  /** Reads anew: something changed. */
  forget(): undefined {
    this.ready = [];
    this.hungry = true;
  }

  get waiting(): number {
    return this.ready.length;
  }

  get idle(): boolean {
    return !this.hungry && this.busy.size === 0 && this.ready.length === 0;
  }

  private get failing(): boolean {
    return this.endpoint !== undefined && this.endpoint.failingSince !== null;
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
