import { randomFillSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { v7 as uuidv7 } from 'uuid';

const SANE = /^[\w.:-]{1,64}$/;
const BYTES_PER_ID = 16;
const pool = new Uint8Array(BYTES_PER_ID * 256);
let used = pool.length;

/** The caller's `X-Request-Id` when it is short and plain, else a new uuid v7. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : newRequestId();
}

/** A uuid v7 whose randomness comes from a pool: asking the system for each id costs more than all else of it. */
export function newRequestId(): string {
  if (used >= pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return uuidv7({ rng: () => pool.subarray(used, (used += BYTES_PER_ID)) });
}
