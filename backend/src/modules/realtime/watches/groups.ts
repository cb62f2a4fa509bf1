import { Injectable } from '@nestjs/common';
import type { EventType } from '#contract/events/index.js';
import { toMatcher } from '#contract/filter/index.js';
import { FilterContexts, type FilterTarget, readFilter } from '#platform/filters/index.js';
import type { LiveSocket } from '../server/live-socket.js';
import { Feed } from './feed.js';
import type { WatchGroup } from './watch.js';

/** What a socket asks to watch. */
export interface Asked {
  readonly workspaceId: string;
  readonly about: FilterTarget;
  readonly filter: string;
  /** Those that the target hears. */
  readonly types?: readonly string[] | undefined;
}

/** The same, read: all that ask for it may be told together. */
export interface Wanted extends Omit<WatchGroup, 'key' | 'watches'> {
  /** Equal for watches that find the same events. */
  readonly same: string;
}

/** Whoever does not say "me" means the same by a filter as anybody else in their time zone and currency. */
const OF_ONE = /\bme\b/i;

/** Brings together what asks for the same events, of however many sockets. */
@Injectable()
export class Groups {
  /** By what they ask for. */
  private readonly groups = new Map<string, WatchGroup>();
  private readonly asked = new WeakMap<WatchGroup, string>();
  private count = 0;

  constructor(
    private readonly contexts: FilterContexts,
    private readonly feed: Feed,
  ) {}

  /** @throws FilterRefused with the position of the fault */
  async read({ workspaceId, about, filter, types }: Asked, userId: string | null): Promise<Wanted> {
    const owner = await this.contexts.ownerContext({ userId });
    const matcher = toMatcher(readFilter(filter, about.catalogue, owner, '/filter'));
    const { rates } = this.contexts;
    const chosen = types && ([...new Set(types)].sort() as EventType[]);
    const me = OF_ONE.test(filter) ? userId : null;
    return {
      workspaceId,
      about,
      target: about.name,
      filter,
      owner,
      ...(chosen && { types: chosen }),
      same: JSON.stringify([workspaceId, about.name, filter, chosen, owner.zone, owner.currency, me]),
      matches: (event) =>
        (chosen ?? about.events).includes(event.type) &&
        about.events.includes(event.type) &&
        (about.news?.(event) ?? true) &&
        matcher(about.subject(event), { now: event.occurredAt.getTime(), type: event.type, rates }),
    };
  }

  /** The group of those that ask for it in which the socket is not yet; one that asks twice is in two. */
  join({ same, ...wanted }: Wanted, socket: LiveSocket): WatchGroup {
    for (let copy = 0; ; copy++) {
      const name = `${copy} ${same}`;
      const known = this.groups.get(name);
      if (known && !known.watches.has(socket)) return known;
      if (!known) return this.make(name, wanted);
    }
  }

  /** The last one out takes the group along. */
  leave(group: WatchGroup, socket: LiveSocket): void {
    group.watches.delete(socket);
    if (group.watches.size > 0) return;
    this.feed.remove(group);
    this.groups.delete(this.asked.get(group) ?? '');
  }

  private make(name: string, wanted: Omit<Wanted, 'same'>): WatchGroup {
    const group: WatchGroup = { ...wanted, key: `w${++this.count}`, watches: new Map() };
    this.groups.set(name, group);
    this.asked.set(group, name);
    this.feed.add(group);
    return group;
  }
}
