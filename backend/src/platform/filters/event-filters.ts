import type { EventType } from '#contract/events/index.js';
import type { FilterError, OwnerContext } from '#contract/filter/index.js';
import type { JudgedEvent } from './judged-event.js';
import type { TargetEngines } from './target-engines.js';

/** Whoever waits for events of one target in one workspace: a subscription, a webhook endpoint, a live watch. */
export interface Listener {
  /** Its id, unique among all that one set holds. */
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

/** Listeners in memory, asked about one event at a time by `TargetEngines`; made by `FilterTargets.listeners()`. */
export class EventFilters<L extends Listener> {
  private readonly listeners = new Map<string, Held<L>>();

  constructor(private readonly engines: TargetEngines) {}

  get size(): number {
    return this.listeners.size;
  }

  /** The listener of this key. */
  get(key: string): L | undefined {
    return this.listeners.get(key)?.listener;
  }

  /** Adds a listener, or replaces the one of its key. @returns the fault of its filter, as `TargetEngines.put` */
  put(listener: L): FilterError | undefined {
    this.listeners.set(listener.key, { listener, types: listener.types && new Set(listener.types) });
    return this.engines.put(listener);
  }

  /** @returns false when there is none of this key */
  remove(key: string): boolean {
    this.engines.remove(key);
    return this.listeners.delete(key);
  }

  /** Those whose filter the event matches, in no particular order. Who may see the event is for the caller to ask. */
  matching(event: JudgedEvent): L[] {
    return this.engines.matching(event).flatMap((key) => {
      const held = this.listeners.get(key);
      return held && (held.types?.has(event.type) ?? true) ? [held.listener] : [];
    });
  }
}
