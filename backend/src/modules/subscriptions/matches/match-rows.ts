import { v7 as uuidv7 } from 'uuid';
import { affected, query, type EntityManager } from '#platform/database/index.js';
import type { EventType } from '#contract/events/index.js';
import type { EventScope } from '#platform/event-log/index.js';
import { MOST_EVENTS, type AskedBy, type Reason, type ToldEvent } from '#platform/notifications/index.js';
import type { Match } from '../listening/seats.js';
import type { Held } from '../plans/judge.js';
import type { Rule } from '../plans/plan.js';
import { mostOf, type Bygone } from '../plans/window.js';
import type { Wait } from '../plans/due.js';

/** What becomes of a match. */
export type Outcome =
  | { readonly state: 'told'; readonly notificationId: string }
  | { readonly state: 'waiting'; readonly why: Wait; readonly dueAt: Date }
  | { readonly state: 'held'; readonly why: Held };

/** A match as it is written down. */
export interface NewMatch {
  readonly match: Match;
  readonly reason: Reason;
  readonly ruleGroup: string | null;
  readonly figure: number | null;
  readonly outcome: Outcome;
}

/** The columns of a match that make a `ToldEvent`. */
export const EVENT_OF_MATCH = `event_id, event_position, event_type, subject_type, subject_id, scope_kind, scope_id`;

/** What decides who may see a match. */
export interface KindOfMatch {
  event_type: EventType;
  scope_kind: string;
  scope_id: string | null;
}

/** A row of those columns. */
export interface EventOfMatch extends KindOfMatch {
  event_id: string;
  event_position: string;
  subject_type: string;
  subject_id: string;
}

/** The event that a match is about. */
export function toldEvent(row: EventOfMatch): ToldEvent {
  return {
    ...kindOf(row),
    id: row.event_id,
    position: Number(row.event_position),
    subjectType: row.subject_type,
    subjectId: row.subject_id,
  };
}

/** The type and scope of the event that a match is about. */
export function kindOf({ event_type: type, scope_kind: kind, scope_id: id }: KindOfMatch): {
  type: EventType;
  scope: EventScope;
} {
  return { type, scope: (kind === 'workspace' ? { kind } : { kind, id }) as EventScope };
}

const COLUMNS = `id uuid, workspace_id uuid, subscription_id uuid, user_id uuid, seat_id uuid, event_id uuid,
  event_position bigint, event_type text, subject_type text, subject_id text, scope_kind text, scope_id uuid,
  occurred_at timestamptz, reason jsonb, rule_group text, figure double precision, state text, why text, due_at timestamptz,
  notification_id uuid, settled_at timestamptz`;
const NAMES = COLUMNS.replaceAll(/ (uuid|bigint|text|timestamptz|jsonb|double precision)(?=,|$)/g, '');
const INSERT = `insert into subscription_match (${NAMES}) select ${NAMES} from jsonb_to_recordset($1::jsonb) as m(${COLUMNS})`;
const CHUNK = 2_000;

/** Writes matches down. Each is there once: of two transactions with the same one, the second fails and is repeated. */
export async function insertMatches(em: EntityManager, matches: readonly NewMatch[]): Promise<void> {
  for (let at = 0; at < matches.length; at += CHUNK)
    await affected(em, INSERT, [JSON.stringify(matches.slice(at, at + CHUNK).map(rowOf))]);
}

function rowOf({ match: { event, listener }, reason, ruleGroup, figure, outcome }: NewMatch): object {
  return {
    id: uuidv7(),
    workspace_id: listener.workspaceId,
    subscription_id: listener.subscriptionId,
    user_id: listener.userId,
    seat_id: listener.key,
    event_id: event.id,
    event_position: event.position,
    event_type: event.type,
    subject_type: event.subjectType,
    subject_id: event.subjectId,
    scope_kind: event.scope.kind,
    scope_id: event.scope.kind === 'workspace' ? null : event.scope.id,
    occurred_at: event.occurredAt,
    reason,
    rule_group: ruleGroup,
    figure,
    state: outcome.state,
    why: outcome.state === 'told' ? null : outcome.why,
    due_at: outcome.state === 'waiting' ? outcome.dueAt : null,
    notification_id: outcome.state === 'told' ? outcome.notificationId : null,
    settled_at: outcome.state === 'waiting' ? null : new Date(),
  };
}

const HIDE = `
  update subscription_match set state = 'held', why = 'hidden', notification_id = null
   where seat_id = any($2::uuid[]) and event_id = any($3::uuid[]) and notification_id = any($1::uuid[])`;

/** Takes back that some matches, of those that were just written down, were told: their notifications were not made. */
export async function hide(em: EntityManager, notificationIds: readonly string[], of: readonly Match[]): Promise<void> {
  if (notificationIds.length === 0) return;
  const seats = [...new Set(of.map(({ listener }) => listener.key))];
  const events = [...new Set(of.map(({ event }) => event.id))];
  await affected(em, HIDE, [notificationIds, seats, events]);
}

/** A rule's window, as far as it lies before some matches. */
export interface AskedWindow {
  readonly seat: string;
  readonly group: string;
  readonly rule: Rule;
  /** The moments of those matches. */
  readonly moments: readonly Date[];
}

// What stands there, taken together as far as it leaves the window together: as it moves on with each of the matches, or ends with
// the latest that is there.
const WINDOWS = `
  select w.seat, w.grp, taken.*
    from jsonb_to_recordset($1::jsonb) as w(seat uuid, grp text, minutes int, most int, spans int, moments timestamptz[])
    cross join lateral (
      with hit as materialized (
        select occurred_at, figure from subscription_match
         where seat_id = w.seat and rule_group = w.grp
           and occurred_at > (select min(m) from unnest(w.moments) m) - w.spans * make_interval(mins => w.minutes)
         order by occurred_at desc limit w.most),
      part as materialized (
        select array_agg(m - make_interval(mins => w.minutes) + interval '1 microsecond' order by m) as begins
          from (select unnest(w.moments) union select max(occurred_at) from hit) x(m) where m is not null)
      select max(h.occurred_at) as at, count(*)::int as hits, count(h.figure)::int as figures, coalesce(sum(h.figure), 0) as sum,
             min(h.figure) as lowest, max(h.figure) as highest
        from hit h cross join part
       group by width_bucket(h.occurred_at, part.begins)) taken
   order by taken.at`;

interface WindowRow {
  seat: string;
  grp: string;
  at: string;
  hits: number;
  figures: number;
  sum: number;
  lowest: number | null;
  highest: number | null;
}

/** What stood in the windows of rules before some matches, the oldest first: no more of each than its rule can tell apart. */
export async function windows(
  em: EntityManager,
  asked: readonly AskedWindow[],
): Promise<{ seat: string; group: string; hits: Bygone }[]> {
  if (asked.length === 0) return [];
  const parameter = asked.map(({ seat, group, rule, moments }) => {
    // A threshold is also asked of the window that the match before closed, which began that much earlier.
    const spans = rule.kind === 'threshold' ? 2 : 1;
    return { seat, grp: group, minutes: rule.windowMinutes, most: mostOf(rule), spans, moments };
  });
  const rows = await query<WindowRow>(em, WINDOWS, [JSON.stringify(parameter)]);
  return rows.map(({ seat, grp: group, at, lowest, highest, ...sums }) => ({
    seat,
    group,
    hits: { ...sums, at: new Date(at), lowest: lowest ?? Infinity, highest: highest ?? -Infinity },
  }));
}

/** A rule that fired with an event, and where its window began. */
export interface Fired {
  readonly id: string;
  readonly seat: string;
  readonly group: string;
  readonly since: Date;
  readonly position: number;
}

const GATHERED = `
  select f.id, m.*
    from jsonb_to_recordset($1::jsonb) as f(id uuid, seat uuid, grp text, since timestamptz, upto bigint)
    cross join lateral (
      select ${EVENT_OF_MATCH}, occurred_at from subscription_match
       where seat_id = f.seat and rule_group = f.grp and occurred_at > f.since and event_position <= f.upto
       order by occurred_at desc, event_position desc limit ${MOST_EVENTS}) m
   order by m.occurred_at, m.event_position`;

/** The newest events in the windows of rules that fired, the oldest first; the matches stand in their rows already. */
export async function gathered(em: EntityManager, fired: readonly Fired[]): Promise<Map<string, ToldEvent[]>> {
  if (fired.length === 0) return new Map();
  const parameter = fired.map(({ id, seat, group, since, position }) => ({
    id,
    seat,
    grp: group,
    since,
    upto: position,
  }));
  const rows = await query<EventOfMatch & { id: string }>(em, GATHERED, [JSON.stringify(parameter)]);
  return new Map([...Map.groupBy(rows, ({ id }) => id)].map(([id, some]) => [id, some.map(toldEvent)]));
}

/** What a seat was told within a burst's window, and when what waits there is due. */
export interface Pace {
  readonly told: number;
  readonly due: Date | null;
}

const PACES = `
  select seat_id, count(distinct notification_id) filter (where settled_at > now() - $2 * interval '1 ms')::int as told,
         min(due_at) filter (where state = 'waiting' and why = 'burst') as due
    from subscription_match
   where seat_id = any($1::uuid[]) and created_at > now() - 3 * $2 * interval '1 ms'
   group by seat_id`;

/** How much some seats were told of late. */
export async function paces(em: EntityManager, seats: readonly string[], windowMs: number): Promise<Map<string, Pace>> {
  if (seats.length === 0) return new Map();
  const rows = await query<{ seat_id: string; told: number; due: string | null }>(em, PACES, [seats, windowMs]);
  return new Map(rows.map(({ seat_id, told, due }) => [seat_id, { told, due: due === null ? null : new Date(due) }]));
}

/** What a plan asks its source to be called, and where its notifications go. */
export function sourceOf({ key, subscriptionId }: { key: string; subscriptionId: string }): AskedBy {
  return { type: key === subscriptionId ? 'subscription' : 'shared_subscription', id: key, subscriptionId };
}
