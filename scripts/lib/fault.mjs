// What the commands say to a person: progress on standard output, a fault as one sentence on standard error.

/** Something the operator can put right: its message is one sentence that says what is wrong and what to do. */
export class Fault extends Error {}

/** The operator asked to stop while a step was under way. */
export class Interrupted extends Error {}

/** @type {NodeJS.WritableStream} */
let progress = process.stdout;

/** Moves progress to standard error, for commands whose standard output is their product. */
export function sayOnStandardError() {
  progress = process.stderr;
}

/**
 * Says one line of progress.
 * @param {string} line
 */
export function say(line) {
  progress.write(`${line}\n`);
}

/**
 * The sentence for an error: a Fault's own, a full disk recognised by its code, anything else with its stack.
 * @param {unknown} error
 * @returns {string}
 */
export function sentence(error) {
  if (error instanceof Fault) return error.message;
  const cause = /** @type {NodeJS.ErrnoException} */ (error);
  if (cause.code === 'ENOSPC' || cause.code === 'EDQUOT') return diskFull(cause.path ?? process.cwd());
  if (cause.code === 'EACCES' || cause.code === 'EPERM' || cause.code === 'EROFS')
    return `Signalbox may not write ${cause.path ?? 'its folder'}: give it to this user, or choose another with SIGNALBOX_DATA_DIR.`;
  return `Signalbox could not go on: ${cause.stack ?? String(error)}`;
}

/**
 * @param {string} path
 * @returns {string} the sentence for a full disk
 */
export function diskFull(path) {
  return `The disk that holds ${path} is full: free some space (Signalbox needs 200 MB), then start again.`;
}
