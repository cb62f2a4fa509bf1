import { Logger } from '@nestjs/common';
import { compile, FilterEngine, FilterError, type BoundFilter, type Rates } from '#contract/filter/index.js';
import type { Listener } from './event-filters.js';
import type { FilterTargets } from './filter-targets.js';
import type { JudgedEvent } from './judged-event.js';

/**
 * The filters of many listeners, compiled, in an engine for each target: what an event costs follows from the filters it
 * matches, not from how many there are.
 */
export class TargetEngines {
  /** By target; each asks only the filters of the event's workspace. */
  private readonly byTarget = new Map<string, FilterEngine>();
  private readonly log = new Logger('filters');
  /** Those that were said to be broken: each is said once. */
  private readonly broken = new Set<string>();

  constructor(
    private readonly targets: FilterTargets,
    private readonly rates: Rates | undefined,
  ) {}

  /** How many filters there are; broken ones are none. */
  get size(): number {
    let size = 0;
    for (const engine of this.byTarget.values()) size += engine.size;
    return size;
  }

  *[Symbol.iterator](): Generator<readonly [target: string, engine: FilterEngine]> {
    yield* this.byTarget;
  }

  /** Takes an engine over that was stored. */
  restore(target: string, engine: FilterEngine): void {
    this.byTarget.set(target, engine);
  }

  /** What a filter was made of; undefined when there is none of this key. */
  mark(target: string, key: string): bigint | undefined {
    return this.byTarget.get(target)?.mark(key);
  }

  /**
   * Adds a listener's filter, or replaces the one of its key.
   *
   * @returns the fault of a filter that is not right any more, such as a field that has left the catalogue: it hears nothing.
   *   Nor does one that breaks the compiler or the engine, such as by a time zone that is none any more; the log says so once
   */
  put(listener: Listener, mark = 0n): FilterError | undefined {
    const { key, workspaceId, target } = listener;
    this.take(key);
    try {
      const filter = this.compiled(listener);
      if (filter) this.engine(target, filter).put(key, filter, workspaceId, mark);
      this.broken.delete(key);
      return undefined;
    } catch (error) {
      if (error instanceof FilterError) return error;
      this.silence(key, target, error);
      return undefined;
    }
  }

  /** @returns false when there is none of this key */
  remove(key: string): boolean {
    this.broken.delete(key);
    return this.take(key);
  }

  /** Removes the key from all targets but one. */
  removeElsewhere(key: string, target: string): void {
    for (const [name, engine] of this.byTarget) if (name !== target) engine.remove(key);
  }

  /** The keys of all whose filter the event matches, in no particular order. */
  matching(event: JudgedEvent): string[] {
    const moment = { now: event.occurredAt.getTime(), type: event.type, ...(this.rates && { rates: this.rates }) };
    return this.targets
      .hearing(event)
      .flatMap(
        (target) => this.byTarget.get(target.name)?.match(target.subject(event), moment, event.workspaceId) ?? [],
      );
  }

  private take(key: string): boolean {
    let taken = false;
    for (const engine of this.byTarget.values()) if (engine.remove(key)) taken = true;
    return taken;
  }

  private engine(target: string, { catalogue }: BoundFilter): FilterEngine {
    let engine = this.byTarget.get(target);
    if (!engine) this.byTarget.set(target, (engine = new FilterEngine(catalogue)));
    return engine;
  }

  /** Undefined for a target that no room registers: there is nothing to hear. @throws FilterError; RangeError on an unknown time zone */
  private compiled({ target, filter, owner }: Listener): BoundFilter | undefined {
    if (!this.targets.has(target)) return undefined;
    // A moving date, such as today, is resolved when an event is matched: there it would break the filters of all.
    requireZone(owner.zone);
    return compile(filter, this.targets.get(target).catalogue, owner);
  }

  /** One listener that breaks must not keep the others from being heard: it is one of many that are read together. */
  private silence(key: string, target: string, error: unknown): void {
    if (this.broken.has(key)) return;
    this.broken.add(key);
    this.log.error(`The filter of ${key} on "${target}" cannot be used, and hears nothing: ${String(error)}`);
  }
}

/** Those that this machine knows, as far as they were asked for. */
const zones = new Set<string>();

/** @throws RangeError when this machine does not know the zone */
function requireZone(zone: string): void {
  if (zones.has(zone)) return;
  new Intl.DateTimeFormat('en', { timeZone: zone });
  zones.add(zone);
}
