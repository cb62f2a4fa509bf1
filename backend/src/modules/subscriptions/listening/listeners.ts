import { Injectable, Logger } from '@nestjs/common';
import type { EventType } from '#contract/events/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { gather, type Gathered, type LogEvent } from '#platform/event-log/index.js';
import { FilterTargets, type StoredEventFilters } from '#platform/filters/index.js';
import type { Plan } from '../plans/plan.js';
import { remembers } from '../plans/judge.js';
import type { SeatListener } from './listener.js';
import { listeningSeats, seatsById, seatsOfPeople, seatsOfSubscriptions } from './seat-rows.js';

/** The events after which rows are read again. */
const OF_SUBSCRIPTIONS: readonly EventType[] = [
  'subscription.created',
  'subscription.updated',
  'subscription.deleted',
  'subscription.joined',
  'subscription.left',
];
const OF_PEOPLE: readonly EventType[] = ['user.profile_updated', 'user.erased'];

/** With more of the log behind it than this, everything is read anew instead. */
const MOST_BEHIND = 200_000;

const HEAD = 'select s.position as head, c.position as pruned from log_state s cross join log_checkpoint c';
const CHANGES = `select type, subject_id from event where position > $1 and position <= $2 and type = any($3::text[])`;

const CROSSED = 'select exists (select from subscription_thing where matching) as crossed';

/**
 * The filters of everybody whom a subscription may tell, in memory, and the rows of those who were met. It is filled from
 * committed rows, or the disk, at first use and then follows the log: before each use it reads again what the events up to the
 * head of the log say has changed, so that a process which takes over, was idle for a while or repeats a batch asks the filters
 * as they are. What it holds decides nothing alone: whether a subscription still stands, and who may see what, is asked of the
 * rows for the matches (`Seats`).
 */
@Injectable()
export class Listeners {
  private readonly log = new Logger('subscriptions');
  private filters?: StoredEventFilters<SeatListener>;
  /** Memory tells what the log says up to here. */
  private known?: number;
  /** Those who were met. */
  private readonly bySubscription = new Map<string, Set<string>>();
  private readonly byPerson = new Map<string, Set<string>>();
  /** Whether somebody may have to be told of what no longer matches. */
  private watching = false;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly targets: FilterTargets) {}

  get size(): number {
    return this.filters?.size ?? 0;
  }

  /** False when nobody wants to hear of crossings. */
  get crossings(): boolean {
    return this.watching;
  }

  /** Whoever sits there, if they were met. */
  get(seat: string): SeatListener | undefined {
    return this.filters?.get(seat);
  }

  /**
   * Those whose filters the events match and who were there when they happened, as `gather` takes them. The rows of those who are met
   * for the first time are read.
   */
  async gather(
    em: EntityManager,
    batch: readonly LogEvent[],
    next: string | undefined,
    most: number,
  ): Promise<Gathered<SeatListener>> {
    for (;;) {
      const { filters } = this;
      const changes = filters?.changes;
      const { heard, stopped } = gather(batch, next, most, (event) => seats(filters?.matching(event)));
      await this.meet(
        em,
        heard.flatMap(({ listeners }) => listeners.map(({ key }) => key)),
      );
      // What a filter said before it changed says nothing.
      if (this.filters !== filters || filters?.changes !== changes) continue;
      return {
        heard: heard.map(({ event, listeners }) => ({ event, listeners: this.there(event, listeners) })),
        stopped,
      };
    }
  }

  /** Whoever sits there, if the event matches their filter; for those who were met. */
  hearing(event: LogEvent, seat: string): SeatListener | undefined {
    return this.there(event, seats(this.filters?.matching(event))).find(({ key }) => key === seat);
  }

  /** Reads the rows of seats that were not met yet. */
  async meet(em: EntityManager, keys: readonly string[]): Promise<void> {
    if (keys.every((seat) => this.get(seat))) return;
    await this.alone(async () => {
      const unread = [...new Set(keys.filter((seat) => !this.get(seat)))];
      const read = await seatsById(em, unread);
      const there = new Set(read.map(({ key }) => key));
      // The filter of one who has no row any more.
      this.drop(unread.filter((seat) => !there.has(seat)));
      this.put(read);
    });
  }

  /** Catches up with the log. */
  async follow(em: EntityManager): Promise<void> {
    await this.alone(() => this.catchUp(em));
  }

  /** Reads subscriptions again, of which the caller knows that they are not as they are held. */
  async reload(em: EntityManager, subscriptionIds: readonly string[]): Promise<void> {
    await this.alone(() => this.reread(em, subscriptionIds));
  }

  /** One at a time, since a parked event may be read beside the reader: what was read first must not be put last. */
  private async alone(work: () => Promise<void>): Promise<void> {
    const before = this.turn;
    let done = (): void => undefined;
    this.turn = new Promise((resolve) => (done = resolve));
    await before;
    try {
      await work();
    } finally {
      done();
    }
  }

  private async reread(em: EntityManager, subscriptionIds: readonly string[]): Promise<void> {
    if (subscriptionIds.length === 0) return;
    const read = await seatsOfSubscriptions(em, subscriptionIds);
    // The owner's seat has the subscription's id.
    for (const id of subscriptionIds) this.drop([id, ...(this.bySubscription.get(id) ?? [])]);
    this.put(read);
  }

  private there({ scope, occurredAt }: LogEvent, keys: readonly Seat[]): SeatListener[] {
    const met = keys.flatMap(({ key }) => this.get(key) ?? []);
    // What is for one person need not be asked of the others.
    const possible = scope.kind === 'user' ? met.filter(({ userId }) => userId === scope.id) : met;
    return possible.filter(({ since }) => occurredAt >= since);
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
    const before = await patient(em);
    const filters = this.targets.stored<SeatListener>('subscriptions');
    const read = await filters.fill(listeningSeats(em));
    const [state] = await query<{ crossed: boolean }>(em, CROSSED);
    await before();
    this.watching = state?.crossed ?? false;
    for (const held of [this.bySubscription, this.byPerson]) held.clear();
    this.filters = filters;
    const took = Math.round(performance.now() - began);
    this.log.log(`${this.size} subscriptions listen, ready in ${took} ms; ${read} rows were read`);
  }

  private async change(em: EntityManager, after: number, upTo: number): Promise<void> {
    const types = [...OF_SUBSCRIPTIONS, ...OF_PEOPLE];
    const changes = await query<{ type: EventType; subject_id: string }>(em, CHANGES, [after, upTo, types]);
    const ids = (of: readonly EventType[]) => [
      ...new Set(changes.filter(({ type }) => of.includes(type)).map(({ subject_id }) => subject_id)),
    ];
    await this.reread(em, ids(OF_SUBSCRIPTIONS));
    const people = ids(OF_PEOPLE);
    if (people.length === 0) return;
    const read = await seatsOfPeople(em, people);
    for (const id of people) this.drop([...(this.byPerson.get(id) ?? [])]);
    this.put(read);
  }

  private put(listeners: readonly SeatListener[]): void {
    for (const listener of listeners) {
      this.filters?.put(listener);
      indexed(this.bySubscription, listener.subscriptionId).add(listener.key);
      indexed(this.byPerson, listener.userId).add(listener.key);
      if (watches(listener.plan)) this.watching = true;
    }
  }

  private drop(seats: readonly string[]): void {
    for (const seat of seats) {
      const listener = this.filters?.get(seat);
      this.filters?.remove(seat);
      if (!listener) continue;
      forget(this.bySubscription, listener.subscriptionId, seat);
      forget(this.byPerson, listener.userId, seat);
    }
  }
}

interface Seat {
  readonly key: string;
}

function seats(keys: readonly string[] = []): Seat[] {
  return keys.map((key) => ({ key }));
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

/**
 * Lets the transaction be slow for a while: all rows are summed up by one statement, and the database hears nothing while the disk
 * is read. @returns what ends that
 */
async function patient(em: EntityManager): Promise<() => Promise<void>> {
  const [before] = await query<{ statement: string; idle: string }>(
    em,
    `select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`,
  );
  const set = async (statement: string, idle: string) =>
    void (await query(
      em,
      `select set_config('statement_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $2, true)`,
      [statement, idle],
    ));
  await set('5min', '5min');
  return () => set(before?.statement ?? '0', before?.idle ?? '0');
}
