import { query, type EntityManager } from '#platform/database/index.js';
import { placeResolver, type ListenerRows, type Marked, type MarkSum } from '#platform/filters/index.js';
import { planFor, type Plan } from '../plans/plan.js';
import type { SeatListener } from './listener.js';

interface SeatRow {
  id: string;
  subscription_id: string;
  workspace_id: string;
  user_id: string;
  target: string;
  filter: string;
  version: number;
  plan: Partial<Plan>;
  channels_by: string | null;
  since: string;
  zone: string;
  currency: string;
  mark: string;
}

const PAGE = 20_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

const LISTENING = `
    from subscription_seat seat
    join subscription s on s.id = seat.subscription_id and s.removed_at is null and not s.paused
    join user_account u on u.id = seat.user_id`;
// All that a filter is compiled from.
const MARK = `hash_record_extended(row(seat.id, s.workspace_id, seat.user_id, s.target, s.filter, u.time_zone, u.currency), 0)`;
const END = 'right(seat.id::text, 3)';
const SUMS = `
  select s.target, ${END} as "end", count(*)::int as rows, bit_xor(${MARK})::text as marks ${LISTENING}
   group by s.target, ${END}`;
const SEATS = `
  select seat.id, seat.subscription_id, s.workspace_id, seat.user_id, s.target, s.filter, s.version, s.plan, s.channels_by, seat.since,
         u.time_zone as zone, u.currency, ${MARK}::text as mark ${LISTENING}`;
const ALL = `${SEATS} where seat.id > $1 order by seat.id limit ${PAGE}`;
const MARKS = `select seat.id as key, s.target, ${MARK}::text as mark ${LISTENING} where ${END} = any($1::text[])`;
const BY_SEAT = `${SEATS} where seat.id = any($1::uuid[])`;
const BY_SUBSCRIPTION = `${SEATS} where seat.subscription_id = any($1::uuid[])`;
const BY_PERSON = `${SEATS} where seat.user_id = any($1::uuid[])`;

/** The rows of those who sit there and listen. */
export function seatsById(em: EntityManager, ids: readonly string[]): Promise<SeatListener[]> {
  return read(em, BY_SEAT, ids);
}

export function seatsOfSubscriptions(em: EntityManager, ids: readonly string[]): Promise<SeatListener[]> {
  return read(em, BY_SUBSCRIPTION, ids);
}

export function seatsOfPeople(em: EntityManager, ids: readonly string[]): Promise<SeatListener[]> {
  return read(em, BY_PERSON, ids);
}

/** All who listen. */
export function listeningSeats(em: EntityManager): ListenerRows<SeatListener> {
  return {
    async sums() {
      const sums = await query<Omit<MarkSum, 'marks'> & { marks: string }>(em, SUMS);
      return sums.map((sum) => ({ ...sum, marks: BigInt(sum.marks) }));
    },
    async marks(ends) {
      const rows = await query<Omit<Marked, 'mark'> & { mark: string }>(em, MARKS, [[...ends]]);
      return rows.map((row) => ({ ...row, mark: BigInt(row.mark) }));
    },
    async read(keys, take) {
      if (keys) return take(await seatsById(em, keys));
      for (let last: string | undefined = FIRST; last !== undefined;) {
        const seats: SeatListener[] = await read(em, ALL, last);
        take(seats);
        last = seats.length === PAGE ? seats.at(-1)?.key : undefined;
      }
    },
  };
}

async function read(em: EntityManager, text: string, asked: readonly string[] | string): Promise<SeatListener[]> {
  return (await query<SeatRow>(em, text, [asked])).map(listenerOf);
}

function listenerOf(row: SeatRow): SeatListener {
  const { id: key, workspace_id: workspaceId, user_id: userId, target, filter, version, zone, currency } = row;
  const owner = { zone, currency, places: placeResolver, me: userId };
  const shared = key !== row.subscription_id;
  const plan = planFor(row.plan, { userId, shared, channelsBy: row.channels_by });
  const about = { subscriptionId: row.subscription_id, since: new Date(row.since), plan, mark: BigInt(row.mark) };
  return { key, workspaceId, userId, target, filter, version, owner, ...about };
}
