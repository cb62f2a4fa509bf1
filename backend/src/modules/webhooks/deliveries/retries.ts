const [MINUTE, HOUR] = [60, 3600];

/** How long, in seconds, each failed attempt is followed by nothing: Svix's schedule, drawn out to three days. */
export const RETRY_SECONDS: readonly number[] = [
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** So much later, at most, as a share of the delay: what failed together does not come back together. */
const JITTER = 0.1;
/** Nobody is heeded who asks for more. Seconds. */
export const LONGEST_ASKED = 24 * HOUR;

/**
 * When to try again.
 *
 * @param failures failed attempts so far, this one included
 * @param asked seconds that the other side asked for (`Retry-After`); never sooner than that, up to a day
 * @returns seconds; undefined when it was tried as often as it may be
 */
export function retryDelay(failures: number, asked = 0, random = Math.random()): number | undefined {
  const delay = RETRY_SECONDS[failures - 1];
  if (delay === undefined) return undefined;
  return Math.max(delay, Math.min(asked, LONGEST_ASKED)) * (1 + JITTER * random);
}

/** Seconds that a `Retry-After` header asks for (RFC 9110, 10.2.3), a number or a date; undefined for anything else. */
export function retryAfter(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const at = /^[A-Z][a-z]{2}, .* GMT$/.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}
