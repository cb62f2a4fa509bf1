import { Logger } from '@nestjs/common';
import type { EventType } from '#contract/events/index.js';
import {
  compile,
  FilterEngine,
  FilterError,
  type BoundFilter,
  type OwnerContext,
  type Rates,
} from '#contract/filter/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import type { FilterTargets } from './filter-targets.js';

/** Whoever waits for events of one target in one workspace: a subscription, a webhook endpoint, a live watch. */
export interface Listener {
  /** Its id, unique among all that one `EventFilters` holds. */
  readonly key: string;
  readonly workspaceId: string;
  /** The name of a filter target. */
  readonly target: string;
  /** In the filter language; empty for everything. */
  readonly filter: string;
  /** Whose words the filter is: time zone, currency, `me`. */
  readonly owner: OwnerContext;
  /** Only events of these types; all that the target hears when absent. */
  readonly types?: readonly EventType[];
}

interface Held<L> {
  readonly listener: L;
  readonly types: ReadonlySet<EventType> | undefined;
}

/**
 * Filters of many listeners, asked about one event at a time by an engine for each target: what an event costs follows from
 * the filters it matches, not from how many there are. It lives in memory and is filled from committed rows.
 */
export class EventFilters<L extends Listener> {
  /** By target; each asks only the filters of the event's workspace. */
  private readonly engines = new Map<string, FilterEngine>();
  private readonly listeners = new Map<string, Held<L>>();
  private readonly log = new Logger('filters');
  /** Those that were said to be broken: each is said once. */
  private readonly broken = new Set<string>();

  /** Made by `FilterTargets.listeners()`. */
  constructor(
    private readonly targets: FilterTargets,
    private readonly rates: Rates | undefined,
  ) {}

  get size(): number {
    return this.listeners.size;
  }

  /** The listener of this key. */
  get(key: string): L | undefined {
    return this.listeners.get(key)?.listener;
  }

  /**
   * Adds a listener, or replaces the one of its key.
   *
   * @returns the fault of a filter that is not right any more, such as a field that has left the catalogue: it hears nothing.
   *   Nor does one that breaks the compiler or the engine, such as by a time zone that is none any more; the log says so once
   */
  put(listener: L): FilterError | undefined {
    const { key, workspaceId, target } = listener;
    this.drop(key);
    this.listeners.set(key, { listener, types: listener.types && new Set(listener.types) });
    try {
      const filter = this.compiled(listener);
      if (filter) this.engine(target, filter).put(key, filter, workspaceId);
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
    return this.drop(key);
  }

  private drop(key: string): boolean {
    const held = this.listeners.get(key);
    if (!held) return false;
    this.engines.get(held.listener.target)?.remove(key);
    return this.listeners.delete(key);
  }

  /** Those whose filter the event matches, in no particular order. Who may see the event is for the caller to ask. */
  matching(event: LogEvent): L[] {
    const moment = { now: event.occurredAt.getTime(), type: event.type, ...(this.rates && { rates: this.rates }) };
    return this.targets.hearing(event).flatMap((target) => {
      const engine = this.engines.get(target.name);
      if (!engine) return [];
      return engine.match(target.subject(event), moment, event.workspaceId).flatMap((key) => {
        const held = this.listeners.get(key);
        return held && (held.types?.has(event.type) ?? true) ? [held.listener] : [];
      });
    });
  }

  private engine(target: string, { catalogue }: BoundFilter): FilterEngine {
    let engine = this.engines.get(target);
    if (!engine) this.engines.set(target, (engine = new FilterEngine(catalogue)));
    return engine;
  }

  /** Undefined for a target that no room registers: there is nothing to hear. @throws FilterError; RangeError on an unknown time zone */
  private compiled({ target, filter, owner }: L): BoundFilter | undefined {
    if (!this.targets.has(target)) return undefined;
    // A moving date, such as today, is resolved when an event is matched: there it would break the filters of all.
    requireZone(owner.zone);
    return compile(filter, this.targets.get(target).catalogue, owner);
  }

  /** One listener that breaks must not keep the others from being heard: it is one of many that are read together. */
  private silence(key: string, target: string, error: unknown): void {
    this.engines.get(target)?.remove(key);
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
