import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { InstanceConfig } from '#platform/config/index.js';
import { affected, query, retryable, transient, Transactions, type EntityManager } from '#platform/database/index.js';
import { holdJobsOf } from '#platform/event-log/index.js';
import { MOST_EVENTS, Notifier, type Reason } from '#platform/notifications/index.js';
import { nextDigest, rest, type Clock, type Due, type Wait } from '../plans/due.js';
import { planFor, type Plan } from '../plans/plan.js';
import { SubscriptionsConfig } from '../subscriptions.config.js';
import { MatchRetention } from './match-retention.js';
import { EVENT_OF_MATCH, kindOf, sourceOf, toldEvent, type EventOfMatch, type KindOfMatch } from './match-rows.js';

const SEATS_AT_ONCE = 200;
const CLEAN_EVERY_MS = 3_600_000;
// Those that failed just now are passed over: they must not stand before all others.
const DUE = `
  select distinct seat_id from (
    select seat_id from subscription_match where state = 'waiting' and due_at <= now() and seat_id <> all($1::uuid[])
     order by due_at limit 5000) m
  limit ${SEATS_AT_ONCE}`;
const LONGEST_REST_MS = 60_000;
/** Of a rule's windows, all that fired: more are only counted. */
const ASKED_EVENTS = 20 * MOST_EVENTS;
const SEAT = `
  select seat.id, s.id as subscription_id, s.workspace_id, seat.user_id, s.plan, s.channels_by, s.snoozed_until, u.time_zone as zone,
         s.removed_at is null and not s.paused as standing,
         (select min(m.created_at) from subscription_match m
           where m.seat_id = seat.id and m.state = 'waiting' and m.due_at <= now()) as oldest
    from subscription_seat seat
    join subscription s on s.id = seat.subscription_id
    join user_account u on u.id = seat.user_id
   where seat.id = $1`;
const WAITING = `seat_id = $1 and state = 'waiting' and due_at <= now()`;
const POSTPONE = `update subscription_match set due_at = $2, why = $3 where ${WAITING}`;
const END = `update subscription_match set state = 'held', why = 'ended', due_at = null, settled_at = now() where ${WAITING}`;
// Who may see one event of a type and scope may see all of them: these are few, however much waits. A rule's window reaches back.
const KINDS = `
  select distinct event_type, scope_kind, scope_id from subscription_match
   where (${WAITING}) or (seat_id = $1 and rule_group is not null and occurred_at > (
     select min(occurred_at) - make_interval(mins => $2) from subscription_match where ${WAITING}))`;
const ONE_OF = (kinds: string) => `exists (
  select from jsonb_to_recordset(${kinds}::jsonb) as k(event_type text, scope_kind text, scope_id uuid)
   where (k.event_type, k.scope_kind) = (subscription_match.event_type, subscription_match.scope_kind)
     and k.scope_id is not distinct from subscription_match.scope_id)`;
const HIDE = `
  update subscription_match set state = 'held', why = 'hidden', due_at = null, settled_at = now()
   where ${WAITING} and ${ONE_OF('$2')}`;
// Of two processes that release one seat the second waits for the rows, finds them told, and tells nothing.
const TELL = `
  with told as (
    update subscription_match set state = 'told', notification_id = $2, due_at = null, settled_at = now()
     where ${WAITING} and ${ONE_OF('$3')} returning id, ${EVENT_OF_MATCH}, reason, why, rule_group, occurred_at)
  select *, count(*) over ()::int as total, bool_or(why in ('digest', 'snoozed')) over () as gathered,
         min(event_position) over () as first
    from told order by event_position desc limit ${ASKED_EVENTS}`;

// A rule tells of the window that made it fire; all but the last match of it were held.
const WINDOWS = `
  select ${EVENT_OF_MATCH}, reason, count(*) over ()::int as total
    from subscription_match
   where ${ONE_OF('$5')} and id in (
     select unnest($4::uuid[]) union
     select m.id from jsonb_to_recordset($2::jsonb) as t(grp text, at timestamptz)
       join subscription_match m on m.seat_id = $1 and m.rule_group = t.grp
        and m.occurred_at > t.at - make_interval(mins => $3) and m.occurred_at <= t.at)
   order by event_position desc limit ${ASKED_EVENTS}`;

interface Seat {
  id: string;
  subscription_id: string;
  workspace_id: string;
  user_id: string;
  plan: Partial<Plan>;
  channels_by: string | null;
  snoozed_until: string | null;
  zone: string;
  standing: boolean;
  oldest: string | null;
}

interface Reader {
  workspaceId: string;
  userId: string;
}

interface Told extends EventOfMatch {
  id: string;
  reason: Reason;
  why: Wait;
  rule_group: string | null;
  occurred_at: string;
  total: number;
  gathered: boolean;
  first: string;
}

/**
 * Tells of what waited, once it is due: digests, what came in quiet hours or a snooze, bursts. It looks at rows alone, so
 * that nothing is lost with Redis or a process; the notification and the state of its matches commit together.
 */
@Injectable()
export class Releases implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger('subscriptions');
  private running?: Promise<void>;
  private stopped = false;
  private wake?: () => void;
  private cleaned = 0;
  /** Seats that could not be told, how often, and until when they are passed over. */
  private readonly failing = new Map<string, { times: number; until: number }>();

  constructor(
    private readonly transactions: Transactions,
    private readonly notifier: Notifier,
    private readonly retention: MatchRetention,
    private readonly instance: InstanceConfig,
    @Inject(SubscriptionsConfig) private readonly config: SubscriptionsConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.instance.plays('workers')) this.running = this.loop();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.retention.stop();
    this.wake?.();
    await this.running;
  }

  /** Releases what is due. @returns for how many seats that went well */
  async release(): Promise<number> {
    const now = Date.now();
    const resting = [...this.failing].filter(([, { until }]) => until > now).map(([seat]) => seat);
    const due = await query<{ seat_id: string }>(this.transactions.reader(), DUE, [resting]);
    let released = 0;
    for (const { seat_id } of due) {
      if (this.stopped) break;
      if (await this.guarded(seat_id)) released++;
    }
    return released;
  }

  private async look(): Promise<number> {
    const released = await this.release();
    if (Date.now() - this.cleaned > CLEAN_EVERY_MS) {
      await this.retention.clean();
      this.cleaned = Date.now();
    }
    return released;
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      const released = await this.look().catch((error: Error) => {
        if (!this.stopped) this.log.warn(`What waits could not be looked at: ${error.message}`);
        return 0;
      });
      if (released === 0) await this.pause();
    }
  }

  private async pause(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (this.stopped) resolve();
      else timer = setTimeout(resolve, this.config.releaseMs);
    });
    clearTimeout(timer);
  }

  /** One that fails stops nobody else; it is tried again, after longer rests. @returns whether it went well */
  private async guarded(seatId: string): Promise<boolean> {
    try {
      await this.transactions.run((em) => this.releaseSeat(em, seatId));
      this.failing.delete(seatId);
      return true;
    } catch (error) {
      if (this.stopped) return false;
      const times = (this.failing.get(seatId)?.times ?? 0) + 1;
      const rest = Math.min(LONGEST_REST_MS, this.config.releaseMs * 2 ** Math.min(times, 16));
      this.failing.set(seatId, { times, until: Date.now() + rest });
      const sentence = `What waits for ${seatId} could not be told, and will be tried again: ${(error as Error).message}`;
      if (transient(error) || retryable(error)) this.log.warn(sentence);
      else this.log.error(sentence);
      return false;
    }
  }

  private async releaseSeat(em: EntityManager, seatId: string): Promise<void> {
    const [seat] = await query<Seat>(em, SEAT, [seatId]);
    if (!seat?.standing) {
      await affected(em, END, [seatId]);
      return;
    }
    const shared = seat.id !== seat.subscription_id;
    const plan = planFor(seat.plan, { userId: seat.user_id, shared, channelsBy: seat.channels_by });
    const snoozedUntil = seat.snoozed_until === null ? null : new Date(seat.snoozed_until);
    const later = postponed({ plan, zone: seat.zone, snoozedUntil }, new Date(seat.oldest ?? Date.now()));
    if (later) await affected(em, POSTPONE, [seatId, later.at, later.why]);
    else await this.tell(em, seat, plan);
  }

  private async tell(em: EntityManager, seat: Seat, plan: Plan): Promise<void> {
    const id = uuidv7();
    const about = { workspaceId: seat.workspace_id, userId: seat.user_id };
    const seen = await this.seen(em, seat.id, about, plan);
    const told = await query<Told>(em, TELL, [seat.id, id, seen]);
    const [newest] = told;
    const oldest = told.at(-1);
    if (!newest || !oldest) return;
    const { gathered, first } = newest;
    // What was in a backup that was restored may have been told before: it waits for an operator.
    await holdJobsOf(em, Number(first));
    const digest = plan.rhythm.kind !== 'immediate' || gathered;
    const source = sourceOf({ key: seat.id, subscriptionId: seat.subscription_id });
    const shown = plan.rule ? await this.windows(em, seat.id, told, plan.rule.windowMinutes, seen) : told;
    const total = shown[0]?.total ?? newest.total;
    const form = digest ? 'digest' : total > 1 ? 'burst' : 'single';
    const events = shown.map(toldEvent).reverse();
    await this.notifier.notify(em, [
      { id, ...about, source, events, total, form, reason: oldest.reason, channels: plan.channels },
    ]);
  }

  /** Holds back what the person may not see any more. @returns the kinds that they may, as JSON */
  private async seen(em: EntityManager, seat: string, about: Reader, { rule }: Plan): Promise<string> {
    const rows = await query<KindOfMatch>(em, KINDS, [seat, rule?.windowMinutes ?? 0]);
    const kinds = rows.map((row) => ({ ...kindOf(row), row }));
    const seen = new Set((await this.notifier.seen(em, about, kinds)).map(({ row }) => row));
    const hidden = rows.filter((row) => !seen.has(row));
    if (hidden.length > 0) await affected(em, HIDE, [seat, JSON.stringify(hidden)]);
    return JSON.stringify([...seen]);
  }

  /** The matches in the windows of a rule that fired, the newest first. */
  private windows(em: EntityManager, seat: string, told: readonly Told[], minutes: number, seen: string) {
    const fired = told.map(({ rule_group: grp, occurred_at: at }) => ({ grp: grp ?? '', at }));
    const values = [seat, JSON.stringify(fired), minutes, told.map(({ id }) => id), seen];
    return query<EventOfMatch & { reason: Reason; total: number }>(em, WINDOWS, values);
  }
}

/** Until when what is due waits all the same: in quiet hours and snoozes, and for a digest that a change of the plan brought. */
function postponed(clock: Clock, oldest: Date): Due | undefined {
  const now = new Date();
  const digest = nextDigest(clock.plan.rhythm, clock.zone, oldest);
  return rest(clock, now) ?? (digest && digest > now ? { at: digest, why: 'digest' } : undefined);
}
