/** How a price stands against a route's earlier ones. */
export interface Score {
  /** Share of the earlier prices that are cheaper, 0 to 100. */
  percentile: number;
  /** Standard deviations from their mean; negative is cheaper. Null when all earlier prices are one and this is another. */
  z: number | null;
}

/** Fewer earlier prices say too little. */
export const ENOUGH_PRICES = 8;

/** What is known of a route's earlier prices; the deviation is that of a sample. */
export interface RouteHistory {
  count: number;
  cheaper: number;
  mean: number;
  deviation: number;
}

/** Scores a price in minor units; null until there are 8 earlier ones. */
export function scoreOf(priceMinor: number, history: RouteHistory): Score | null {
  if (history.count < ENOUGH_PRICES) return null;
  const percentile = (100 * history.cheaper) / history.count;
  const distance = priceMinor - history.mean;
  const z = history.deviation > 0 ? distance / history.deviation : distance === 0 ? 0 : null;
  // As the real columns hold them, so that row and event agree.
  return { percentile: Math.fround(percentile), z: z === null ? null : Math.fround(z) };
}
