import { affected, query, type EntityManager } from '#platform/database/index.js';
import type { ThingState } from '../plans/judge.js';

/** What a seat remembers of a thing. */
export interface KnownThing extends ThingState {
  readonly seat: string;
  readonly thing: string;
}

interface Row {
  seat_id: string;
  thing: string;
  matching: boolean;
  told_at: string | null;
  told_value: number | null;
}

const COLUMNS = 'x.seat_id, x.thing, x.matching, x.told_at, x.told_value';
const KNOWN = `
  select ${COLUMNS} from jsonb_to_recordset($1::jsonb) as k(seat uuid, thing text)
    join subscription_thing x on x.seat_id = k.seat and x.thing = k.thing`;
const MATCHING = `select ${COLUMNS} from subscription_thing x where x.matching and x.thing = any($1::text[])`;
const KEEP = `
  insert into subscription_thing (seat_id, thing, subscription_id, user_id, matching, told_at, told_value)
  select k.seat, k.thing, seat.subscription_id, seat.user_id, k.matching, k.told_at, k.told_value
    from jsonb_to_recordset($1::jsonb) as k(seat uuid, thing text, matching boolean, told_at timestamptz, told_value double precision)
    join subscription_seat seat on seat.id = k.seat
  on conflict (seat_id, thing) do update
     set matching = excluded.matching, told_at = excluded.told_at, told_value = excluded.told_value`;

/** What seats remember of things. */
export async function knownThings(
  em: EntityManager,
  asked: readonly { seat: string; thing: string }[],
): Promise<KnownThing[]> {
  if (asked.length === 0) return [];
  return (await query<Row>(em, KNOWN, [JSON.stringify(asked)])).map(known);
}

/** Who holds that one of these things matches. */
export async function matchingThings(em: EntityManager, things: readonly string[]): Promise<KnownThing[]> {
  if (things.length === 0) return [];
  return (await query<Row>(em, MATCHING, [things])).map(known);
}

/** Keeps what became of things. */
export async function keepThings(em: EntityManager, things: readonly KnownThing[]): Promise<void> {
  if (things.length === 0) return;
  const rows = things.map(({ seat, thing, matching, toldAt, toldValue }) => ({
    seat,
    thing,
    matching,
    told_at: toldAt,
    told_value: toldValue,
  }));
  await affected(em, KEEP, [JSON.stringify(rows)]);
}

function known({ seat_id: seat, thing, matching, told_at, told_value: toldValue }: Row): KnownThing {
  return { seat, thing, matching, toldAt: told_at === null ? null : new Date(told_at), toldValue };
}
