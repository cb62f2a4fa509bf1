import { hash } from 'node:crypto';
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
import type { EventFilterSnapshots, Stored } from './event-filter-snapshots.js';
import { placeResolver } from './filter-contexts.js';
import type { FilterTargets } from './filter-targets.js';
import type { JudgedEvent } from './judged-event.js';

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
export class EventFilters<L extends Listener> implements Stored {
  /** By target; each asks only the filters of the event's workspace. */
  private readonly byTarget = new Map<string, FilterEngine>();
  private readonly listeners = new Map<string, Held<L>>();
  private readonly log = new Logger('filters');
  /** Those that were said to be broken: each is said once. */
  private readonly broken = new Set<string>();
  /** By target and key: what filters of a snapshot were made of, for which nobody has been put yet. */
  private readonly unclaimed = new Map<string, Map<string, string>>();
  private changed = 0;

  /**
   * Made by `FilterTargets.listeners()`.
   *
   * @param kept where its engines are stored, and under which name
   */
  constructor(
    private readonly targets: FilterTargets,
    private readonly rates: Rates | undefined,
    private readonly kept?: { readonly name: string; readonly snapshots: EventFilterSnapshots },
  ) {}

  /**
   * Fills it with listeners. Filters that a snapshot holds are not compiled again if they are what they were, word for word;
   * what it holds besides is forgotten.
   *
   * @param put puts all listeners that there are
   */
  async fill(put: () => Promise<void>): Promise<void> {
    if (this.kept) await this.restore(this.kept);
    await put();
    let gone = 0;
    for (const [target, marks] of this.unclaimed) {
      gone += marks.size;
      for (const key of marks.keys()) this.byTarget.get(target)?.remove(key);
    }
    this.unclaimed.clear();
    this.changed += gone;
    this.kept?.snapshots.keep(this.kept.name, this);
  }

  private async restore({ name, snapshots }: NonNullable<typeof this.kept>): Promise<void> {
    for (const { name: target, catalogue } of this.targets.all()) {
      const restored = await snapshots.restore(name, target, catalogue);
      if (!restored) continue;
      this.byTarget.set(target, restored.engine);
      this.unclaimed.set(target, restored.marks);
    }
  }

  /** How many filters have come and gone, those of a snapshot left out. */
  get changes(): number {
    return this.changed;
  }

  /** @inheritdoc */
  engines(): Iterable<readonly [target: string, engine: FilterEngine]> {
    return this.byTarget;
  }

  /** What a listener's filter is made of; empty for one that must be compiled each time. */
  markOf(key: string): string {
    const listener = this.get(key);
    return listener ? markOf(listener) : '';
  }

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
    const isClaimed = this.claim(listener);
    this.drop(key);
    this.listeners.set(key, { listener, types: listener.types && new Set(listener.types) });
    if (isClaimed) return undefined;
    try {
      this.changed += 1;
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

  /** Takes over what a snapshot holds of a listener, if it is the same filter; else the snapshot's is forgotten. */
  private claim(listener: L): boolean {
    let isClaimed = false;
    for (const [target, marks] of this.unclaimed) {
      const mark = marks.get(listener.key);
      if (mark === undefined) continue;
      marks.delete(listener.key);
      if (target === listener.target && mark !== '' && mark === markOf(listener)) isClaimed = true;
      else this.byTarget.get(target)?.remove(listener.key);
    }
    return isClaimed;
  }

  private drop(key: string): boolean {
    const held = this.listeners.get(key);
    if (!held) return false;
    this.changed += 1;
    this.byTarget.get(held.listener.target)?.remove(key);
    return this.listeners.delete(key);
  }

  /** Those whose filter the event matches, in no particular order. Who may see the event is for the caller to ask. */
  matching(event: JudgedEvent): L[] {
    const moment = { now: event.occurredAt.getTime(), type: event.type, ...(this.rates && { rates: this.rates }) };
    return this.targets.hearing(event).flatMap((target) => {
      const engine = this.byTarget.get(target.name);
      if (!engine) return [];
      return engine.match(target.subject(event), moment, event.workspaceId).flatMap((key) => {
        const held = this.listeners.get(key);
        return held && (held.types?.has(event.type) ?? true) ? [held.listener] : [];
      });
    });
  }

  private engine(target: string, { catalogue }: BoundFilter): FilterEngine {
    let engine = this.byTarget.get(target);
    if (!engine) this.byTarget.set(target, (engine = new FilterEngine(catalogue)));
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
    this.byTarget.get(target)?.remove(key);
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

/** All that a filter is compiled from, in one digest; empty when that cannot be said. */
function markOf({ workspaceId, target, filter, owner }: Listener): string {
  const { zone, currency, places, me, people } = owner;
  if (places !== placeResolver || people) return '';
  return hash('sha256', JSON.stringify([workspaceId, target, filter, zone, currency, me]), 'base64');
}
