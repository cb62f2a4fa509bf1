import { hkdfSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { keyFilePath, KeyRingError, removeUnfinished } from './key-file.js';
import { KeyRing, type MasterKey } from './key-ring.js';

/** "signalbox keys", hashed to a number once. */
const KEYS_LOCK = 7_214_390_116;

/** Runs one statement in a transaction that the caller has begun. */
export type Sql = (text: string, values: unknown[]) => Promise<object[]>;

/** A key that the database knows: it may have sealed something there, or signed something outside. */
interface Noted {
  id: string;
  fingerprint: Buffer;
}

const ACCEPT_LOSS = 'npm run keys:rotate -- --accept-loss';

/**
 * Opens the ring of an instance and compares it with the fingerprints in the database, so that an instance whose keys are
 * lost says so before it half works. Makes a first key only for a database that has never known one, and notes the keys
 * that it does not know yet.
 *
 * @param sql in a transaction, which must be committed before anything is sealed
 * @throws KeyRingError with one sentence that says what to do
 */
export async function openKeyRing(dataDir: string, sql: Sql): Promise<KeyRing> {
  const noted = await lockNoted(sql);
  const path = keyFilePath(dataDir);
  if (noted.length > 0 && !existsSync(path)) throw new KeyRingError(lostSentence(`The keys file ${path} is missing`));
  const ring = KeyRing.open(dataDir);
  const lost = missingFrom(ring, noted);
  if (lost.length > 0)
    throw new KeyRingError(lostSentence(`The keys file ${path} lacks ${lost.map((id) => `"${id}"`).join(', ')}`));
  removeUnfinished(path);
  await note(ring, sql);
  return ring;
}

/**
 * Makes a new key the one that seals, and notes it.
 *
 * @param acceptLoss gives up keys that are lost for good: what they sealed stays unreadable
 * @param sql in a transaction
 * @returns the new key's id, and the ids that were given up
 */
export async function rotateKeys(
  dataDir: string,
  sql: Sql,
  acceptLoss: boolean,
): Promise<{ id: string; lost: string[] }> {
  const lost = acceptLoss ? await forgetLost(dataDir, sql) : [];
  const ring = await openKeyRing(dataDir, sql);
  const { id } = ring.rotate();
  await note(ring, sql);
  return { id, lost };
}

async function forgetLost(dataDir: string, sql: Sql): Promise<string[]> {
  const noted = await lockNoted(sql);
  const lost = missingFrom(KeyRing.open(dataDir), noted);
  await sql('delete from master_key where id = any($1)', [lost]);
  return lost;
}

async function lockNoted(sql: Sql): Promise<Noted[]> {
  await sql('select pg_advisory_xact_lock($1)', [KEYS_LOCK]);
  return (await sql('select id, fingerprint from master_key order by noted_at, id', [])) as Noted[];
}

function missingFrom(ring: KeyRing, noted: readonly Noted[]): string[] {
  return noted
    .filter(({ id, fingerprint }) => !ring.has(id) || !fingerprintOf(ring.get(id)).equals(fingerprint))
    .map(({ id }) => id);
}

async function note(ring: KeyRing, sql: Sql): Promise<void> {
  const keys = ring.all();
  await sql(
    `insert into master_key (id, fingerprint) select * from unnest($1::text[], $2::bytea[]) on conflict (id) do nothing`,
    [keys.map(({ id }) => id), keys.map(fingerprintOf)],
  );
}

/** Tells whether two keys are one, and nothing else of them (HKDF-SHA-256, RFC 5869). */
function fingerprintOf({ key }: MasterKey): Buffer {
  return Buffer.from(hkdfSync('sha256', key, 'signalbox', 'fingerprint', 16));
}

function lostSentence(what: string): string {
  return `${what}, with which secrets of this database are sealed: put back your copy of the folder "keys", or, when it is lost for good, run "${ACCEPT_LOSS}" and enter those secrets again.`;
}
