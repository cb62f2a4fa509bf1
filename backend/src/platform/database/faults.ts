// SQLSTATE codes, from appendix A of the PostgreSQL manual.
const UNIQUE_VIOLATION = '23505';
const TRANSIENT = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57014', // query_canceled: our own statement timeout
  '25P03', // idle_in_transaction_session_timeout
  '53300', // too_many_connections
]);
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN']);
const LOST =
  /Connection terminated|connection error|not queryable|timeout exceeded when trying to connect|server closed the connection/i;

/** Every error in a chain of causes, the outermost first. */
function* chain(error: unknown): Generator<Record<string, unknown>> {
  for (let e = error, depth = 0; e && typeof e === 'object' && depth < 10; depth++) {
    const link = e as Record<string, unknown>;
    yield link;
    e = link['previous'] ?? link['cause'];
  }
}

/** True when the same work may succeed if it is tried again: the fault lies with the connection or with other writers. */
export function retryable(error: unknown): boolean {
  return [...chain(error)].some((e) => e['code'] === '40001' || e['code'] === '40P01');
}

/** True when the database, not the work, is at fault: the connection is lost, times out, or the server is going down. */
export function transient(error: unknown): boolean {
  return [...chain(error)].some((e) => {
    const code = String(e['code'] ?? '');
    return TRANSIENT.has(code) || code.startsWith('08') || NETWORK.has(code) || LOST.test(String(e['message'] ?? ''));
  });
}

/** True when the work waited in vain for a lock, or for a statement of its own that took too long: others may not have to. */
export function blocked(error: unknown): boolean {
  return [...chain(error)].some((e) => e['code'] === '55P03' || e['code'] === '57014');
}

/** The name of the constraint that a write broke by repeating a unique value, or undefined. */
export function uniqueViolation(error: unknown): string | undefined {
  const found = [...chain(error)].find((e) => e['code'] === UNIQUE_VIOLATION);
  return found && String(found['constraint'] ?? '');
}
