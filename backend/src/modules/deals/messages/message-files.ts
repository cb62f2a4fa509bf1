/** Where the raw bytes of messages stand, in the storage. */
export const MESSAGE_FILES = 'messages';

const HOUR = 3_600_000;
/** A row may name a file for so long after it was written, in milliseconds. What takes longer is refused, and comes again. */
export const LONGEST_INTAKE_MS = HOUR;
/** A file that no row names is nobody's after this long: far more than `LONGEST_INTAKE_MS`, whatever the clocks say. */
export const ABANDONED_AFTER_MS = 24 * HOUR;

const NAME = /\/([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})\.eml(?:\.[0-9a-f-]{36}\.part)?$/;

/** The key of a message's raw bytes. @param id a uuid v7, whose time tells how old the file is */
export function messageKey(workspaceId: string, id: string): string {
  return `${MESSAGE_FILES}/${workspaceId}/${id.slice(0, 8)}/${id}.eml`;
}

/** The message whose file this is, half-written ones included; undefined for any other file. */
export function messageOfKey(key: string): string | undefined {
  return NAME.exec(key)?.[1];
}

/** When a uuid v7 was made: its first 48 bits, milliseconds since 1970 (RFC 9562, 5.7). */
export function madeAt(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
