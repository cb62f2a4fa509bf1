import { Injectable, Optional } from '@nestjs/common';
import type { EventData, EventType } from '#contract/events/index.js';
import type { FieldCatalogue, FilterContext, Rates, Subject } from '#contract/filter/index.js';
import type { WordsOf } from '#platform/language/index.js';
import type { Permission } from '#platform/access/index.js';
import { activityTarget } from './activity-target.js';
import { EventFilterSnapshots } from './event-filter-snapshots.js';
import { EventFilters, type Listener } from './event-filters.js';
import { EventSight } from './event-sight.js';
import { FilterContexts, type FilterOwner } from './filter-contexts.js';
import { StoredEventFilters, type RowListener } from './stored-event-filters.js';
import { TargetEngines } from './target-engines.js';

/** An event as far as a target looks at it. */
export interface TargetEvent {
  readonly type: EventType;
  readonly data: unknown;
}

/** A subscription that is ready to be made. */
export interface FilterTemplate {
  /** Unique within its target, lower case with dashes. */
  readonly id: string;
  /** For people; the title is also the name of the subscription that it makes. */
  readonly words: WordsOf<{ readonly title: string; readonly description: string }>;
  /** In the filter language. */
  readonly filter: string;
  /** Gathered into one message every morning instead of told at once. */
  readonly daily?: boolean;
}

/** What the filter language can be asked about: rows of one kind and the events that tell of them. */
export interface FilterTarget {
  /** Such as `deal`. */
  readonly name: string;
  /** For people: "Deals". */
  readonly title: string;
  /** What somebody must hold to see the target's things, and so to ask a filter about them or to hear of them. */
  readonly permission: Permission;
  /** The events that a subscription to this target hears. */
  readonly events: readonly EventType[];
  readonly catalogue: FieldCatalogue;
  /** What a statement selects from, with the alias that the catalogue's columns use: `deal d`. */
  readonly from: string;
  readonly idColumn: string;
  readonly workspaceColumn: string;
  readonly timeColumn: string;
  /** The text that names a row to people. */
  readonly titleColumn: string;
  /** Only its own room asks it, behind a permission of its own: nobody can subscribe to it, and `has` and `all` pass it over. */
  readonly guarded?: boolean;
  /**
   * Its things need different permissions, by the type of the event (see `EventSight`), beside the target's own: whoever lists
   * them or tells of them asks for each.
   */
  readonly mixed?: boolean;
  /** A number or money of its things, and which way is better: what "again only when it improves" looks at. */
  readonly measure?: { readonly field: string; readonly better: 'lower' | 'higher' };
  /** Filters that many want, each of which one click makes a subscription. */
  readonly templates?: readonly FilterTemplate[];
  /** False for an event of those types that is no news to a subscriber; every event is news when absent. */
  news?(event: TargetEvent): boolean;
  /** What the matcher is given of one of the target's events. */
  subject(event: TargetEvent): Subject;
}

/** The targets of all rooms: each registers its own at boot, so that rooms which use targets import no room. */
@Injectable()
export class FilterTargets {
  private readonly targets = new Map<string, FilterTarget>();
  /** The open targets that hear each type of event; made again when one is registered. */
  private byType?: ReadonlyMap<EventType, readonly FilterTarget[]>;

  constructor(
    private readonly contexts: FilterContexts,
    private readonly sight: EventSight,
    @Optional() private readonly snapshots?: EventFilterSnapshots,
  ) {
    this.register(activityTarget);
  }

  /** @throws Error when the name is taken: a fault of the developer */
  register(target: FilterTarget): void {
    if (this.targets.has(target.name)) throw new Error(`Two filter targets are called "${target.name}".`);
    this.targets.set(target.name, target);
    this.byType = undefined;
    if (!target.mixed) this.sight.place(target.permission, target.events);
  }

  /** An empty set of listeners; see `EventFilters`. */
  listeners<L extends Listener>(): EventFilters<L> {
    return new EventFilters<L>(new TargetEngines(this, this.contexts.rates));
  }

  /** An empty set of listeners whose filters are kept on disk; see `StoredEventFilters`. @param name unique among those */
  stored<L extends RowListener>(name: string): StoredEventFilters<L> {
    const kept = this.snapshots && { name, snapshots: this.snapshots };
    return new StoredEventFilters<L>(this, new TargetEngines(this, this.contexts.rates), kept);
  }

  /** @throws Error when there is no such target; ask `has` about names that people wrote */
  get(name: string): FilterTarget {
    const found = this.targets.get(name);
    if (!found) throw new Error(`There is no filter target "${name}".`);
    return found;
  }

  /** True when there is such a target, for everybody. */
  has(name: string): boolean {
    const found = this.targets.get(name);
    return found !== undefined && !found.guarded;
  }

  /** Every target that is not guarded, by name. */
  all(): FilterTarget[] {
    const open = [...this.targets.values()].filter(({ guarded }) => !guarded);
    return open.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What money in other currencies is worth. */
  get rates(): Rates {
    return this.contexts.rates;
  }

  /** What the filters of a person mean, to read them and to compile them to SQL; see `FilterContexts`. */
  context(owner: FilterOwner, now = new Date()): Promise<FilterContext> {
    return this.contexts.context(owner, now);
  }

  /** The targets to which an event is news. */
  hearing(event: TargetEvent): FilterTarget[] {
    this.byType ??= byTypeOf(this.all());
    const hearing = this.byType.get(event.type) ?? [];
    return hearing.filter((target) => target.news?.(event) ?? true);
  }
}

function byTypeOf(targets: readonly FilterTarget[]): Map<EventType, FilterTarget[]> {
  const heard = new Map<EventType, FilterTarget[]>();
  for (const target of targets)
    for (const type of new Set(target.events)) heard.set(type, [...(heard.get(type) ?? []), target]);
  return heard;
}

/** Narrows an event's data to its type's; the log validated it when it was recorded. */
export function dataOf<T extends EventType>(event: TargetEvent, _type: T): EventData<T> {
  return event.data as EventData<T>;
}
