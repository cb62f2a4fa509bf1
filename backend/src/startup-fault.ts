import { InvalidSettings } from '#platform/config/index.js';
import { KeyRingError } from '#platform/crypto/index.js';
import { transient } from '#platform/database/index.js';
import { RestoreUnfinished } from '#platform/event-log/index.js';

/** What to tell the person whose instance does not start: one sentence that says what to do, or the stack of a defect. */
export function startupFault(error: unknown): string {
  if (error instanceof InvalidSettings || error instanceof KeyRingError || error instanceof RestoreUnfinished)
    return error.message;
  const { code, port, path, message, stack } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken: stop what uses it, or set SIGNALBOX_PORT or SIGNALBOX_SMTP_IN_PORT to another.`;
  if (code === 'EACCES' && port)
    return `Port ${port} may not be opened: choose one above 1023, or run with the right to.`;
  if (code === 'ENOSPC') return 'The disk is full: make room and start again.';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${path ?? 'The data folder'} cannot be written (${code}): let this user own it, or set SIGNALBOX_DATA_DIR.`;
  if (transient(error))
    return `The database does not answer (${message}): check DATABASE_URL and that PostgreSQL runs.`;
  return stack ?? String(error);
}
