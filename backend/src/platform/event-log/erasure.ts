import { query, type EntityManager } from '#platform/database/index.js';
import { dataDigest, saltedDigest } from './chain.js';
import { LogOperationRefused } from './event-log.errors.js';
import { SYSTEM_WORKSPACE } from './types.js';

interface ErasableRow {
  position: string;
  data: string | null;
  salt: Buffer | null;
  address: string | null;
  address_salt: Buffer | null;
}

const COLUMNS = 'position, data::text as data, salt, address, address_salt';

/**
 * Erases the data and the address of events: digests stay in their place, the salts go, so the values cannot be found by
 * trying and the chain still verifies. Readers skip what is erased.
 *
 * @returns how many events lost something
 */
export async function eraseEvents(em: EntityManager, ids: readonly string[]): Promise<number> {
  await refuseUnsealed(em, 'id = any($1)', [ids]);
  return erase(
    em,
    await query<ErasableRow>(em, `select ${COLUMNS} from event where id = any($1) for update`, [ids]),
    true,
  );
}

/** Erases every event about one thing: a deal, a message, a person. @returns how many events lost something */
export async function eraseSubject(em: EntityManager, subject: { type: string; id: string }): Promise<number> {
  const of = 'subject_id = $1 and subject_type = $2';
  await refuseUnsealed(em, of, [subject.id, subject.type]);
  const rows = await query<ErasableRow>(em, `select ${COLUMNS} from event where ${of} for update`, [
    subject.id,
    subject.type,
  ]);
  return erase(em, rows, true);
}

/**
 * Erases one person: the events about them, their sign-ins and other events of the system workspace, and their address
 * from everything else they did. What they did in a workspace stays: it is the workspace's.
 *
 * @returns how many events lost something
 */
export async function erasePerson(em: EntityManager, userId: string): Promise<number> {
  const own = `(subject_type = 'user' and subject_id = $1::uuid)
    or (workspace_id = $2::uuid and (actor->>'userId' = $1::text or data->>'userId' = $1::text))`;
  const acted = `actor->>'userId' = $1::text and address is not null`;
  await refuseUnsealed(em, `(${own}) or (${acted})`, [userId, SYSTEM_WORKSPACE]);
  const rows = await query<ErasableRow>(em, `select ${COLUMNS} from event where ${own} for update`, [
    userId,
    SYSTEM_WORKSPACE,
  ]);
  const whole = await erase(em, rows, true);
  return (
    whole +
    (await erase(
      em,
      await query<ErasableRow>(em, `select ${COLUMNS} from event where ${acted} for update`, [userId]),
      false,
    ))
  );
}

/** The chain takes an event as it was recorded: it must be sealed before it can be erased. */
async function refuseUnsealed(em: EntityManager, where: string, values: readonly unknown[]): Promise<void> {
  const [found] = await query(em, `select 1 from outbox where ${where} limit 1`, values);
  if (found) throw new LogOperationRefused('Some of these events are being sealed: try again in a moment.');
}

async function erase(em: EntityManager, found: readonly ErasableRow[], data: boolean): Promise<number> {
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
