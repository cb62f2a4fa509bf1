import type { EventType } from '#contract/events/index.js';
import {
  compile,
  FilterError,
  toMatcher,
  type Matcher,
  type OwnerContext,
  type Rates,
} from '#contract/filter/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import type { FilterTarget, FilterTargets } from './filter-targets.js';

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
  readonly matches: Matcher;
  readonly types: ReadonlySet<EventType> | undefined;
}

type Partition<L> = Map<string, Held<L>>;

/**
 * Filters of many listeners, asked about one event at a time; the listeners of other workspaces and targets are not asked.
 * It lives in memory and is filled from committed rows.
 */
export class EventFilters<L extends Listener> {
  /** By target, then workspace, then key. */
  private readonly partitions = new Map<string, Partition<L>>();
  private readonly places = new Map<string, Listener>();

  /** Made by `FilterTargets.listeners()`. */
  constructor(
    private readonly targets: FilterTargets,
    private readonly rates: Rates | undefined,
  ) {}

  get size(): number {
    return this.places.size;
  }

  /** The listener of this key. */
  get(key: string): L | undefined {
    const place = this.places.get(key);
    return place && this.partition(place.target, place.workspaceId)?.get(key)?.listener;
  }

  /**
   * Adds a listener, or replaces the one of its key.
   *
   * @returns the fault of a filter that is not right any more, such as a field that has left the catalogue: it hears nothing
   */
  put(listener: L): FilterError | undefined {
    const { key, workspaceId, target } = listener;
    this.remove(key);
    const made = this.matcher(listener);
    const workspaces: Map<string, Held<L>> = this.partition(target, workspaceId) ?? new Map<string, Held<L>>();
    const types = listener.types && new Set(listener.types);
    workspaces.set(key, { listener, types, matches: made instanceof FilterError ? () => false : made });
    this.partitions.set(slot(target, workspaceId), workspaces);
    this.places.set(key, listener);
    return made instanceof FilterError ? made : undefined;
  }

  /** @returns false when there is none of this key */
  remove(key: string): boolean {
    const place = this.places.get(key);
    if (!place) return false;
    const partition = this.partition(place.target, place.workspaceId);
    partition?.delete(key);
    if (partition?.size === 0) this.partitions.delete(slot(place.target, place.workspaceId));
    return this.places.delete(key);
  }

  /** Those whose filter the event matches, in no particular order. Who may see the event is for the caller to ask. */
  matching(event: LogEvent): L[] {
    const moment = { now: event.occurredAt.getTime(), type: event.type, ...(this.rates && { rates: this.rates }) };
    return this.targets.hearing(event).flatMap((target) => {
      const partition = this.partition(target.name, event.workspaceId);
      if (!partition) return [];
      const subject = target.subject(event);
      return [...partition.values()]
        .filter(({ types, matches }) => (types?.has(event.type) ?? true) && matches(subject, moment))
        .map(({ listener }) => listener);
    });
  }

  private partition(target: string, workspaceId: string): Partition<L> | undefined {
    return this.partitions.get(slot(target, workspaceId));
  }

  private matcher({ target, filter, owner }: L): Matcher | FilterError {
    if (!this.targets.has(target)) return () => false;
    const found: FilterTarget = this.targets.get(target);
    try {
      return toMatcher(compile(filter, found.catalogue, owner));
    } catch (error) {
      if (error instanceof FilterError) return error;
      throw error;
    }
  }
}

function slot(target: string, workspaceId: string): string {
  return `${target} ${workspaceId}`;
}
