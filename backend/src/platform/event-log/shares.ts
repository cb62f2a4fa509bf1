import type { ReadTo } from './log-reader.js';
import type { LogEvent } from './types.js';

/** What one transaction takes of a batch: who hears which event, and where that ends. */
export interface Gathered<L> {
  readonly heard: readonly { readonly event: LogEvent; readonly listeners: readonly L[] }[];
  readonly stopped: ReadTo | undefined;
}

/**
 * Takes of a batch what one transaction can hold: events until so many listeners have come together, or a share of the listeners
 * of one event that alone has more. A share goes by the keys, which are uuids, so that whoever comes or goes between two shares
 * moves nobody else into another.
 *
 * @param next the share to go on with, as `stopped` told
 */
export function gather<L extends { readonly key: string }>(
  batch: readonly LogEvent[],
  next: string | undefined,
  most: number,
  hearing: (event: LogEvent) => readonly L[],
): Gathered<L> {
  const heard: { event: LogEvent; listeners: readonly L[] }[] = [];
  let together = 0;
  for (const [i, event] of batch.entries()) {
    const listeners = hearing(event);
    if (i === 0 && (next !== undefined || listeners.length > most)) {
      const [share = 0, of = 1] = next?.split('/').map(Number) ?? [0, Math.ceil(listeners.length / most)];
      // What nobody wrote: from the beginning, for the readers pass over what is done.
      if (!(of >= 1 && share >= 0 && share < of)) return gather(batch, undefined, most, hearing);
      const mine = listeners.filter(({ key }) => Number.parseInt(key.slice(-8), 16) % of === share);
      const rest = share + 1 < of ? { event, next: `${share + 1}/${of}` } : batch[1] && { event: batch[1] };
      return { heard: [{ event, listeners: mine }], stopped: rest };
    }
    together += listeners.length;
    if (i > 0 && together > most) return { heard, stopped: { event } };
    heard.push({ event, listeners });
  }
  return { heard, stopped: undefined };
}
