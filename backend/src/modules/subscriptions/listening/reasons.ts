import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { compile, explain, FilterError, toMatcher, type BoundFilter, type Moment } from '#contract/filter/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { FilterContexts, FilterTargets } from '#platform/filters/index.js';
import type { Reason } from '#platform/notifications/index.js';
import type { SeatListener } from './listener.js';

/** Reads single filters, to say why somebody is told, and whether a thing that matched still does. */
@Injectable()
export class Reasons {
  private readonly bound = new LRUCache<string, BoundFilter | FilterError>({ max: 10_000 });

  constructor(
    private readonly targets: FilterTargets,
    private readonly contexts: FilterContexts,
  ) {}

  /** The filter's text and the terms of it that were true of the event. */
  of(listener: SeatListener, event: LogEvent): Reason {
    const filter = this.read(listener);
    const terms = filter && explain(filter, this.targets.get(listener.target).subject(event), this.moment(event));
    return { filter: listener.filter, terms: terms ?? [] };
  }

  /** Whether an event says that its thing matches, be it news or not; undefined when it says nothing to the filter. */
  matches(listener: SeatListener, event: LogEvent): boolean | undefined {
    const filter = this.read(listener);
    if (!filter) return undefined;
    const target = this.targets.get(listener.target);
    if (event.workspaceId !== listener.workspaceId || !target.events.includes(event.type)) return undefined;
    return toMatcher(filter)(target.subject(event), this.moment(event));
  }

  private moment(event: LogEvent): Moment {
    return { now: event.occurredAt.getTime(), type: event.type, rates: this.contexts.rates };
  }

  private read(listener: SeatListener): BoundFilter | undefined {
    const { key, version, owner, target, filter } = listener;
    if (!this.targets.has(target)) return undefined;
    const name = `${key} ${version} ${owner.zone} ${owner.currency}`;
    let found = this.bound.get(name);
    if (!found) this.bound.set(name, (found = this.compile(filter, listener)));
    return found instanceof FilterError ? undefined : found;
  }

  private compile(filter: string, { target, owner }: SeatListener): BoundFilter | FilterError {
    try {
      return compile(filter, this.targets.get(target).catalogue, owner);
    } catch (error) {
      // It was right when it was saved: a place or a field has left the catalogue since.
      if (error instanceof FilterError) return error;
      throw error;
    }
  }
}
