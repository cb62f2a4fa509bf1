import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { FilterContext, OwnerContext, PlaceResolver, Rates, ResolvedPlace } from '#contract/filter/index.js';
import { Reads } from '#platform/database/index.js';
import { places, type Place } from '#platform/places/index.js';
import { FiltersConfig } from './filters.config.js';

/** Whose filter it is; null for the instance itself. */
export interface FilterOwner {
  readonly userId: string | null;
}

interface Preferences {
  time_zone: string;
  currency: string;
}

const resolved = (place: Place): ResolvedPlace => ({ key: `${place.kind}:${place.code}`, label: place.name });

/** Places for the filter language, from the gazetteer. */
export const placeResolver: PlaceResolver = {
  resolve: (value) => {
    const place = places.resolve(value);
    return place && resolved(place);
  },
  suggest: (prefix, limit) => places.suggest(prefix, limit).map(resolved),
};

/** Says what a filter's text means for its owner: time zone and currency of their preferences, places, rates of the day. */
@Injectable()
export class FilterContexts {
  /** Preferences change rarely; a change is believed within this many milliseconds. */
  private readonly known = new LRUCache<string, Preferences>({ max: 10_000, ttl: 5_000 });

  constructor(
    private readonly reads: Reads,
    @Inject(FiltersConfig) private readonly config: FiltersConfig,
  ) {}

  /** What money in other currencies is worth. */
  get rates(): Rates {
    return this.config.rates;
  }

  /** Everything that reading a filter and compiling it to SQL needs. */
  async context(owner: FilterOwner, now = new Date()): Promise<FilterContext> {
    return { ...(await this.ownerContext(owner)), now, rates: this.rates };
  }

  /** What binds a filter's text: it changes only when the owner changes their preferences. */
  async ownerContext(owner: FilterOwner): Promise<OwnerContext> {
    const preferences = await this.preferences(owner.userId);
    return {
      zone: preferences?.time_zone ?? 'UTC',
      currency: preferences?.currency ?? 'USD',
      places: placeResolver,
      ...(owner.userId === null ? {} : { me: owner.userId }),
    };
  }

  private async preferences(userId: string | null): Promise<Preferences | undefined> {
    if (userId === null) return undefined;
    const known = this.known.get(userId);
    if (known) return known;
    const text = 'select time_zone, currency from user_account where id = $1';
    const found = await this.reads.one<Preferences>('filters.preferences', text, [userId]);
    if (found) this.known.set(userId, found);
    return found;
  }
}
