import type { historyList, Item } from '../../api';

export type Delivery = Item<typeof historyList>;

/** How a delivery stands, in words and their colour. */
export function deliveryStanding({ state, held, heldBack, attempts, status }: Delivery): {
  readonly word: string;
  readonly badge: string;
} {
  if (state === 'delivered') return { word: status ? String(status) : $localize`Arrived`, badge: 'badge-ok' };
  if (state === 'failed') return { word: status ? String(status) : $localize`Failed`, badge: 'badge-bad' };
  if (held) return { word: $localize`Held`, badge: 'badge-warn' };
  if (heldBack) return { word: $localize`Waits`, badge: 'badge-warn' };
  return attempts > 0
    ? { word: $localize`Trying again`, badge: 'badge-warn' }
    : { word: $localize`On its way`, badge: '' };
}

/** A body as it is read best: JSON on many lines, all else as it is. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    // No JSON: shown as it came.
    return body;
  }
}
