import type { Try } from './delivery-results.js';

/** How an attempt went: what the other side said, or what was thrown. */
export interface Attempted {
  readonly one: Try;
  readonly error?: Error;
}

/** Carries an attempt out, and times it. */
export async function attempted(attempt: number, send: () => Promise<{ response: string }>): Promise<Attempted> {
  const begun = Date.now();
  const one = (outcome: Try['outcome'], answer: string): Try => ({
    attempt,
    at: new Date(begun).toISOString(),
    tookMs: Date.now() - begun,
    outcome,
    answer,
  });
  try {
    return { one: one('sent', (await send()).response) };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { one: one('failed', error.message), error };
  }
}
