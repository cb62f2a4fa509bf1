import { Injectable, Logger } from '@nestjs/common';
import type { EventType } from '#contract/events/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { FilterTargets, placeResolver, type EventFilters } from '#platform/filters/index.js';
import { planFor, type Plan } from '../plans/plan.js';
import { remembers } from '../plans/judge.js';
import type { SeatListener, SeatRow } from './listener.js';

/** The events after which rows are read again. */
const OF_SUBSCRIPTIONS: readonly EventType[] = [
  'subscription.created',
  'subscription.updated',
  'subscription.deleted',
  'subscription.joined',
  'subscription.left',
];
const OF_PEOPLE: readonly EventType[] = ['user.profile_updated', 'user.erased'];

const PAGE = 20_000;
/** With more of the log behind it than this, everything is read anew instead. */
const MOST_BEHIND = 200_000;

const HEAD = 'select s.position as head, c.position as pruned from log_state s cross join log_checkpoint c';
const CHANGES = `select type, subject_id from event where position > $1 and position <= $2 and type = any($3::text[])`;

const SEATS = `
  select seat.id, seat.subscription_id, s.workspace_id, seat.user_id, s.target, s.filter, s.version, s.plan, s.channels_by, seat.since,
         u.time_zone as zone, u.currency
    from subscription_seat seat
    join subscription s on s.id = seat.subscription_id and s.removed_at is null and not s.paused
    join user_account u on u.id = seat.user_id`;
const ALL = `${SEATS} where seat.id > $1 order by seat.id limit ${PAGE}`;
const SOME = `${SEATS} where seat.subscription_id = any($1::uuid[])`;
const OF_USERS = `${SEATS} where seat.user_id = any($1::uuid[])`;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Everybody whom a subscription may tell, in memory. It is filled from committed rows at first use and then follows the log:
 * before each use it reads again what the events up to the head of the log say has changed, so that a process which takes
 * over, was idle for a while or repeats a batch asks the filters as they are. What it holds decides nothing alone: whether a
 * subscription still stands, and who may see what, is asked of the rows for the matches (`Seats`).
 */
@Injectable()
export class Listeners {
  private readonly log = new Logger('subscriptions');
  private filters?: EventFilters<SeatListener>;
  /** Memory tells what the log says up to here. */
  private known?: number;
  private readonly bySubscription = new Map<string, Set<string>>();
  private readonly byPerson = new Map<string, Set<string>>();
  /** Those who must also be told of what no longer matches. */
  private readonly watching = new Set<string>();
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly targets: FilterTargets) {}

  get size(): number {
    return this.filters?.size ?? 0;
  }

  /** True when somebody wants to hear of crossings. */
  get crossings(): boolean {
    return this.watching.size > 0;
  }

  /** Whoever sits there. */
  get(seat: string): SeatListener | undefined {
    return this.filters?.get(seat);
  }

  /** Those whose filter the event matches, and who were there when it happened. */
  hearing(event: LogEvent): SeatListener[] {
    const found = this.filters?.matching(event) ?? [];
    const { scope } = event;
    // What is for one person need not be asked of the others.
    const possible = scope.kind === 'user' ? found.filter(({ userId }) => userId === scope.id) : found;
    return possible.filter(({ since }) => event.occurredAt >= since);
  }

  /** Catches up with the log; one at a time, since a parked event may be read beside the reader. */
  async follow(em: EntityManager): Promise<void> {
    const before = this.turn;
    let done = (): void => undefined;
    this.turn = new Promise((resolve) => (done = resolve));
    await before;
    try {
      await this.catchUp(em);
    } finally {
      done();
    }
  }

  /** Reads subscriptions again, of which the caller knows that they are not as they are held. */
  async reload(em: EntityManager, subscriptionIds: readonly string[]): Promise<void> {
    if (subscriptionIds.length === 0) return;
    const rows = await query<SeatRow>(em, SOME, [subscriptionIds]);
    for (const id of subscriptionIds) this.drop(this.bySubscription.get(id));
    this.put(rows);
  }

  private async catchUp(em: EntityManager): Promise<void> {
    const [at] = await query<{ head: string; pruned: string }>(em, HEAD);
    const [head, pruned] = [Number(at?.head ?? 0), Number(at?.pruned ?? 0)];
    const { known } = this;
    if (known === undefined || head < known || pruned > known || head - known > MOST_BEHIND) await this.fill(em);
    else if (head > known) await this.change(em, known, head);
    this.known = head;
  }

  private async fill(em: EntityManager): Promise<void> {
    const began = performance.now();
    const filters = this.targets.listeners<SeatListener>('subscriptions');
    this.filters = filters;
    for (const held of [this.bySubscription, this.byPerson, this.watching]) held.clear();
    await filters.fill(async () => {
      for (let last: string | undefined = FIRST; last !== undefined;) {
        const rows: SeatRow[] = await query<SeatRow>(em, ALL, [last]);
        this.put(rows);
        last = rows.length === PAGE ? rows.at(-1)?.id : undefined;
      }
    });
    this.log.log(`${this.size} subscriptions listen, read in ${Math.round(performance.now() - began)} ms`);
  }

  private async change(em: EntityManager, after: number, upTo: number): Promise<void> {
    const types = [...OF_SUBSCRIPTIONS, ...OF_PEOPLE];
    const changes = await query<{ type: EventType; subject_id: string }>(em, CHANGES, [after, upTo, types]);
    const ids = (of: readonly EventType[]) => [
      ...new Set(changes.filter(({ type }) => of.includes(type)).map(({ subject_id }) => subject_id)),
    ];
    await this.reload(em, ids(OF_SUBSCRIPTIONS));
    const people = ids(OF_PEOPLE);
    if (people.length === 0) return;
    const rows = await query<SeatRow>(em, OF_USERS, [people]);
    for (const id of people) this.drop(this.byPerson.get(id));
    this.put(rows);
  }

  private put(rows: readonly SeatRow[]): void {
    for (const row of rows) {
      const listener = listenerOf(row);
      this.filters?.put(listener);
      indexed(this.bySubscription, listener.subscriptionId).add(listener.key);
      indexed(this.byPerson, listener.userId).add(listener.key);
      if (watches(listener.plan)) this.watching.add(listener.key);
    }
  }

  private drop(seats: ReadonlySet<string> | undefined): void {
    for (const seat of [...(seats ?? [])]) {
      const listener = this.filters?.get(seat);
      this.filters?.remove(seat);
      this.watching.delete(seat);
      if (!listener) continue;
      forget(this.bySubscription, listener.subscriptionId, seat);
      forget(this.byPerson, listener.userId, seat);
    }
  }
}

function watches(plan: Plan): boolean {
  return plan.crossing && remembers(plan);
}

function indexed(index: Map<string, Set<string>>, key: string): Set<string> {
  let found = index.get(key);
  if (!found) index.set(key, (found = new Set()));
  return found;
}

function forget(index: Map<string, Set<string>>, key: string, seat: string): void {
  const found = index.get(key);
  found?.delete(seat);
  if (found?.size === 0) index.delete(key);
}

function listenerOf(row: SeatRow): SeatListener {
  const { id: key, workspace_id: workspaceId, user_id: userId, target, filter, version, zone, currency } = row;
  const owner = { zone, currency, places: placeResolver, me: userId };
  const shared = key !== row.subscription_id;
  const plan = planFor(row.plan, { userId, shared, channelsBy: row.channels_by });
  const about = { subscriptionId: row.subscription_id, since: new Date(row.since), plan };
  return { key, workspaceId, userId, target, filter, version, owner, ...about };
}
