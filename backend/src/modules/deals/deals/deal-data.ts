import type { EventData } from '#contract/events/index.js';
import type { Deal } from './deal.entity.js';

/** A deal as its events carry it. */
export function dealData(deal: Deal): EventData<'deal.found'> {
  return {
    title: deal.title,
    titleFolded: deal.titleFolded,
    words: deal.words,
    origins: deal.origins,
    destinations: deal.destinations,
    originKeys: deal.originKeys,
    destinationKeys: deal.destinationKeys,
    priceMinor: deal.priceMinor,
    currency: deal.currency,
    airlines: deal.airlines,
    airlinesFolded: deal.airlinesFolded,
    cabin: deal.cabin,
    tripType: deal.tripType,
    nonstop: deal.nonstop,
    travelFrom: deal.travelFrom,
    travelTo: deal.travelTo,
    bookBy: deal.bookBy,
    link: deal.link,
    kind: deal.kind,
    confidence: deal.confidence,
    percentile: deal.percentile,
    z: deal.z,
    status: deal.status,
    sourceId: deal.sourceId,
    foundAt: deal.foundAt.toISOString(),
  };
}
