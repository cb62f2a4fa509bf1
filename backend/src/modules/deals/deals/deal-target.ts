import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EventData } from '#contract/events/index.js';
import { dealFields } from '#contract/filter/index.js';
import { dataOf, EventSight, FilterTargets, type FilterTarget } from '#platform/filters/index.js';
import { dealTemplates } from './deal-template-words.js';

/**
 * What the filter language can be asked about deals. A known deal is news again when its price falls; one that was over when
 * it was found is none. */
export const dealTarget: FilterTarget = {
  name: 'deal',
  title: 'Deals',
  permission: 'deals:read',
  events: ['deal.found', 'deal.repriced'],
  catalogue: dealFields,
  from: 'deal d',
  idColumn: 'd.id',
  workspaceColumn: 'd.workspace_id',
  timeColumn: 'd.found_at',
  titleColumn: 'd.title',
  measure: { field: 'price', better: 'lower' },
  templates: [
    {
      id: 'bargains',
      words: dealTemplates.bargains,
      filter: 'percentile<=10',
    },
    {
      id: 'premium-cabins',
      words: dealTemplates['premium-cabins'],
      filter: 'cabin:business,first z<=-1',
    },
    {
      id: 'soon',
      words: dealTemplates.soon,
      filter: 'book-by<=3d',
    },
    {
      id: 'morning',
      words: dealTemplates.morning,
      filter: '',
      daily: true,
    },
  ],
  news: (event) =>
    event.type === 'deal.repriced'
      ? fell(dataOf(event, 'deal.repriced'))
      : dataOf(event, 'deal.found').status === 'active',
  subject: (event) => {
    if (event.type !== 'deal.repriced') return dataOf(event, 'deal.found');
    const { before, after } = dataOf(event, 'deal.repriced');
    return { ...after, before };
  },
};

function fell({ before, after }: EventData<'deal.repriced'>): boolean {
  return after.priceMinor < before.priceMinor;
}

/** Tells the platform of the target, so that subscriptions need not know this room. */
@Injectable()
export class DealTarget implements OnModuleInit {
  constructor(
    private readonly targets: FilterTargets,
    private readonly sight: EventSight,
  ) {}

  onModuleInit(): void {
    this.targets.register(dealTarget);
    this.sight.place('deals:read', ['deal.corrected', 'deal.expired', 'deal.withdrawn']);
    this.sight.place('messages:read', ['message.received', 'message.parsed', 'message.refused', 'message.deleted']);
    this.sight.place('sources:read', [
      'source.created',
      'source.updated',
      'source.deleted',
      'source.failed',
      'source.recovered',
    ]);
  }
}
