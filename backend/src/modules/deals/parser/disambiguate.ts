import type { Place } from '#platform/places/index.js';
import type { Endpoint } from './endpoints.js';
import { homeCurrency } from './currencies.js';
import type { ParsedPlace } from './types.js';

/**
 * Which of several places of one name is meant: an origin whose country counts in the price's currency, else one in the
 * country of the route's other end, else the likeliest. "San Jose to Honolulu for $199" leaves from California.
 */
export function settlePlace(
  endpoint: Endpoint,
  side: 'origin' | 'destination',
  currency: string,
  others: readonly Endpoint[],
): ParsedPlace {
  const { place, candidates } = endpoint;
  if (candidates.length < 2 || place.place === undefined || !candidates.includes(place.place)) return place;
  const home = (candidate: Place): boolean => side === 'origin' && homeCurrency(candidate.country) === currency;
  const same = (candidate: Place): boolean => others.some((other) => other.place.place?.country === candidate.country);
  const chosen =
    (home(candidates[0] ?? place.place) ? candidates[0] : undefined) ??
    candidates.find((candidate) => home(candidate)) ??
    (side === 'destination' && currency === 'USD'
      ? candidates.find((candidate) => candidate.country === 'US' && same(candidate))
      : undefined);
  return { text: place.text, place: chosen ?? place.place };
}
