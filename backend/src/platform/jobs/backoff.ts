import type { RetryPolicy } from './job.types.js';

/** What a kind of job gets that does not say otherwise: eight runs over about half an hour. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 8, firstDelayMs: 2_000, factor: 2, maxDelayMs: 900_000 };

/**
 * Runs whose worker died, after which a job is held to be what kills it. Between them the sweeper waits longer each time
 * (`DEATH_WAIT`), so that they take more than half an hour: a machine that loses its power again and again parks nothing.
 */
export const MAX_DEATHS = 12;

/** How long after the end of a dead worker's lease its job runs again, seconds, in SQL: 0, 0, 1, 3, 7 … 900. */
export const DEATH_WAIT = 'make_interval(secs => least(900, 2 ^ greatest(deaths - 1, 0) - 1))';

/**
 * The delay before the next run: exponential with full jitter, as in M. Brooker, "Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015.
 *
 * @param failures failed runs so far, from 1
 * @returns milliseconds from 0 to min(maxDelayMs, firstDelayMs · factor^(failures-1))
 */
export function backoff(policy: RetryPolicy, failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.factor ** (failures - 1));
  return Math.round(random() * ceiling);
}
