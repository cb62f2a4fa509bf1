import type { DealDraft } from './deal-draft.js';
import type { Deal } from './deal.entity.js';

/** Below this a vanished deal and a new one are two deals. */
const ALIKE = 2;

/** How likely a new draft is what a vanished deal of the same message should have been. */
function likeness(deal: Deal, draft: DealDraft): number {
  if (deal.offer.equals(draft.offer)) return 4;
  const [from, to] = [
    sameKeys(deal.originKeys, draft.originKeys),
    sameKeys(deal.destinationKeys, draft.destinationKeys),
  ];
  const price = deal.priceMinor === draft.priceMinor && deal.currency === draft.currency;
  if (from && to) return 3;
  return price && (from || to) ? 2 : 0;
}

/** Pairs what a message no longer offers with what it newly offers, the likeliest first, each once. */
export function pairUp(gone: readonly Deal[], fresh: readonly DealDraft[]): Map<Deal, DealDraft> {
  const candidates = gone
    .flatMap((deal) => fresh.map((draft) => ({ deal, draft, likeness: likeness(deal, draft) })))
    .filter((c) => c.likeness >= ALIKE)
    .sort((a, b) => b.likeness - a.likeness);
  const pairs = new Map<Deal, DealDraft>();
  const taken = new Set<DealDraft>();
  for (const { deal, draft } of candidates) {
    if (pairs.has(deal) || taken.has(draft)) continue;
    pairs.set(deal, draft);
    taken.add(draft);
  }
  return pairs;
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  return a.length > 0 && a.length === b.length && a.every((key) => b.includes(key));
}
