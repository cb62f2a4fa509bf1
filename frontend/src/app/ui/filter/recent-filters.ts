const KEPT = 5;
const keyOf = (list: string) => `signalbox.filters.${list}`;

/** The filters of a list that this browser asked last, the latest first. */
export function recentFilters(list: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(list)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  } catch {
    // Somebody else's writing under our name: as if nothing were kept.
    return [];
  }
}

/** Remembers a filter that found its way into the address. */
export function keepFilter(list: string, filter: string): void {
  const others = recentFilters(list).filter((one) => one !== filter);
  localStorage.setItem(keyOf(list), JSON.stringify([filter, ...others].slice(0, KEPT)));
}
