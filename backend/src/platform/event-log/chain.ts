import { hash, randomBytes } from 'node:crypto';
import { canonicalJson } from './canonical.js';

/** The columns of an event that its hash covers, as PostgreSQL returns them: JSON as text, the time in microseconds. */
export interface ChainedColumns {
  id: string;
  workspace_id: string;
  scope_kind: string;
  scope_id: string | null;
  type: string;
  version: number;
  subject_type: string;
  subject_id: string;
  actor: string;
  occurred_us: string;
}

/** The select list of `ChainedColumns`, for `event` or `outbox` under the alias. */
export const chainedColumns = (alias: string): string =>
  ['id', 'workspace_id', 'scope_kind', 'scope_id', 'type', 'version', 'subject_type', 'subject_id']
    .map((column) => `${alias}.${column}`)
    .concat(
      `${alias}.actor::text as actor`,
      `(extract(epoch from ${alias}.occurred_at) * 1000000)::bigint::text as occurred_us`,
    )
    .join(', ');

/** Bytes of a salt: enough that an erased value cannot be found by trying. */
const SALT_BYTES = 16;

/** `count` independent salts. */
export function salts(count: number): Buffer[] {
  const bytes = randomBytes(SALT_BYTES * count);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES));
}

/** SHA-256 over the salt and a text: what enters the chain in place of a value that may be erased. */
export function saltedDigest(salt: Buffer, text: string): Buffer {
  return hash('sha256', Buffer.concat([salt, Buffer.from(text, 'utf8')]), 'buffer');
}

/** The digest of an event's data, from the JSON text that PostgreSQL returns. */
export function dataDigest(salt: Buffer, json: string): Buffer {
  return saltedDigest(salt, canonicalJson(JSON.parse(json)));
}

/**
 * The hash of an event: SHA-256 over every column, the digests of what may be erased, and the hash of the workspace's
 * previous event (none for its first). Schneier and Kelsey, "Secure audit logs to support computer forensics" (1999).
 */
export function chainHash(
  position: number,
  event: ChainedColumns,
  address: Buffer | null,
  data: Buffer,
  previous: Buffer | null,
): Buffer {
  const text = JSON.stringify([
    position,
    event.id,
    event.workspace_id,
    event.scope_kind,
    event.scope_id,
    event.type,
    event.version,
    event.subject_type,
    event.subject_id,
    canonicalJson(JSON.parse(event.actor)),
    event.occurred_us,
    address?.toString('hex') ?? null,
    data.toString('hex'),
    previous?.toString('hex') ?? null,
  ]);
  return hash('sha256', text, 'buffer');
}
