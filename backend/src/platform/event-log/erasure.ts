import { query, type EntityManager } from '#platform/database/index.js';
import { dataDigest, saltedDigest } from './chain.js';
import { LogOperationRefused } from './event-log.errors.js';
import { BOUNDS, type Stretch, stretches } from './stretches.js';
import { SYSTEM_WORKSPACE } from './types.js';

interface ErasableRow {
  position: string;
  data: string | null;
  salt: Buffer | null;
  address: string | null;
  address_salt: Buffer | null;
}

/** Events erased by one statement. */
const BATCH = 1000;

/** Whose data and address go: given by id or by subject. */
const BY_ID = 'id = any($1)';
const BY_SUBJECT = 'subject_id = $1 and subject_type = $2';

// Each line is a look into one index: subject, scope, data, actor. "is true" keeps the planner from reading all events of the
// system workspace beside the person's own.
const OF_PERSON = `
  (subject_id = $1::uuid and subject_type = 'user')
  or (scope_id = $1::uuid and scope_kind = 'user')
  or data->>'userId' = $1::text
  or (actor->>'userId' = $1::text and (workspace_id = $2::uuid) is true)`;
const ACTED = `actor->>'userId' = $1::text and address is not null`;
// What was erased before is not looked at again.
const LEFT = `(data is not null or address is not null) and position > $3 and position <= $4`;

/**
 * Erases the data and the address of events: digests stay in their place, the salts go, so the values cannot be found by
 * trying and the chain still verifies. Readers skip what is erased.
 *
 * @returns how many events lost something
 * @throws LogOperationRefused when one of them is not sealed yet
 */
export async function eraseEvents(em: EntityManager, ids: readonly string[]): Promise<number> {
  await refuseUnsealed(em, BY_ID, [ids]);
  return erase(em, await positionsOf(em, BY_ID, [ids]), 'all');
}

/** Erases every event about one thing: a deal, a message, a person. @returns how many events lost something */
export async function eraseSubject(em: EntityManager, subject: { type: string; id: string }): Promise<number> {
  const values = [subject.id, subject.type];
  await refuseUnsealed(em, BY_SUBJECT, values);
  return erase(em, await positionsOf(em, BY_SUBJECT, values), 'all');
}

/**
 * Erases one person: the events about them, those that only they may see, those whose data names them (`userId`), and what
 * they did in the system workspace, such as sign-ins; and their address from everything else they did. What they did in a
 * workspace stays: it is the workspace's. Costs what the person did, not what the log holds.
 *
 * @returns how many events lost something
 * @throws LogOperationRefused when one of them is not sealed yet
 */
export async function erasePerson(em: EntityManager, userId: string): Promise<number> {
  await refuseUnsealed(em, `(${OF_PERSON}) or (${ACTED})`, [userId, SYSTEM_WORKSPACE]);
  let erased = 0;
  for (const stretch of stretches(await boundsOf(em))) erased += await eraseOf(em, userId, stretch);
  return erased;
}

/**
 * Erases a person from one stretch of the log, for they may have done more than one transaction should hold. Events that are
 * not sealed yet are left to `erasePerson`, which is to be the last.
 *
 * @param after the position where the last call ended; 0 at first
 * @returns where this one ended; null when there is no more
 */
export async function erasePersonStretch(em: EntityManager, userId: string, after: number): Promise<number | null> {
  const bounds = await boundsOf(em);
  const [stretch] = stretches({ after: Math.max(after, bounds.after), upTo: bounds.upTo });
  if (!stretch) return null;
  await eraseOf(em, userId, stretch);
  return stretch.upTo < bounds.upTo ? stretch.upTo : null;
}

async function eraseOf(em: EntityManager, userId: string, { after, upTo }: Stretch): Promise<number> {
  const values = [userId, SYSTEM_WORKSPACE, after, upTo];
  const whole = await erase(em, await positionsOf(em, `${LEFT} and (${OF_PERSON})`, values), 'all');
  // The workspace is named for its parameter's sake only.
  const acted = `${LEFT} and ${ACTED} and $2::uuid is not null`;
  return whole + (await erase(em, await positionsOf(em, acted, values), 'address'));
}

async function boundsOf(em: EntityManager): Promise<Stretch> {
  const [bounds] = await query<Stretch>(em, BOUNDS);
  return bounds ?? { after: 0, upTo: 0 };
}

/**
 * Erases a stretch of the events of a workspace that goes, for it may have more than one transaction should hold. Nothing may
 * happen in the workspace any more.
 *
 * @param after the position where the last call ended; 0 at first
 * @returns where this one ended; null when there is no more
 * @throws LogOperationRefused when one of its events is not sealed yet
 */
export async function eraseWorkspace(em: EntityManager, workspaceId: string, after: number): Promise<number | null> {
  await refuseUnsealed(em, 'workspace_id = $1', [workspaceId]);
  const rows = await query<{ position: string }>(
    em,
    `select position from event where workspace_id = $1 and position > $2 order by position limit ${BATCH}`,
    [workspaceId, after],
  );
  const positions = rows.map(({ position }) => Number(position));
  await erase(em, positions, 'all');
  return rows.length < BATCH ? null : (positions.at(-1) ?? null);
}

/** The chain takes an event as it was recorded: it must be sealed before it can be erased. */
async function refuseUnsealed(em: EntityManager, where: string, values: readonly unknown[]): Promise<void> {
  const [found] = await query(em, `select 1 from outbox where ${where} limit 1`, values);
  if (found) throw new LogOperationRefused('Some of these events are being sealed: try again in a moment.');
}

/** Without order or limit, which would tempt the planner to walk the whole log in the order of positions. */
async function positionsOf(em: EntityManager, where: string, values: readonly unknown[]): Promise<number[]> {
  const rows = await query<{ position: string }>(em, `select position from event where ${where}`, values);
  return rows.map(({ position }) => Number(position)).sort((a, b) => a - b);
}

async function erase(em: EntityManager, positions: readonly number[], what: 'all' | 'address'): Promise<number> {
  let erased = 0;
  for (let at = 0; at < positions.length; at += BATCH)
    erased += await eraseBatch(em, positions.slice(at, at + BATCH), what === 'all');
  return erased;
}

async function eraseBatch(em: EntityManager, positions: readonly number[], data: boolean): Promise<number> {
  const found = await query<ErasableRow>(
    em,
    `select position, data::text as data, salt, address, address_salt from event where position = any($1::bigint[])
     order by position for update`,
    [positions],
  );
  const rows = found.filter((row) => (data && row.data !== null) || row.address !== null);
  if (rows.length === 0) return 0;
  await query(
    em,
    `update event e set
       digest = coalesce(x.digest, e.digest),
       data = case when x.digest is null then e.data end,
       salt = case when x.digest is null then e.salt end,
       address_digest = coalesce(x.address_digest, e.address_digest), address = null, address_salt = null
     from unnest($1::bigint[], $2::bytea[], $3::bytea[]) as x (position, digest, address_digest)
     where e.position = x.position`,
    [
      rows.map((row) => row.position),
      rows.map((row) => (data && row.data !== null && row.salt ? dataDigest(row.salt, row.data) : null)),
      rows.map((row) =>
        row.address !== null && row.address_salt ? saltedDigest(row.address_salt, row.address) : null,
      ),
    ],
  );
  // Parked events are copies.
  await query(
    em,
    `update parked_event set event = (event #- '{actor,address}') || case when $2 then '{"data": null}' else '{}' end::jsonb
     where position = any($1::bigint[])`,
    [rows.map((row) => row.position), data],
  );
  return rows.length;
}
