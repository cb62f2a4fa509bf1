// What the specs of the subscriptions room start from: it and accounts, with a target of deals of the specs' own, so that
// it is tested without the deals room.
import { Module, type OnModuleInit, type Type } from '@nestjs/common';
import type { LightMyRequestResponse } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import type { EventData, EventType } from '#contract/events/index.js';
import { dealFields, type Subject } from '#contract/filter/index.js';
import { SubscriptionsModule } from '#modules/subscriptions/index.js';
import { UsersModule } from '#modules/users/index.js';
import { type Actor, Grants, systemActor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog, type EventScope } from '#platform/event-log/index.js';
import { FiltersModule, FilterTargets } from '#platform/filters/index.js';
import { NotificationKinds, NotificationKindsModule } from '#platform/notifications/index.js';
import { startApplication, type TestApplication } from './application.js';
import { dealFound } from './deals.js';
import { factory, type Factory, type TestPerson, type TestWorkspace } from './factories.js';

/** Registers what the deals room would: the target `deal` and how `deal.found` is told. */
@Module({})
class DealsForSpecs implements OnModuleInit {
  constructor(
    private readonly targets: FilterTargets,
    private readonly kinds: NotificationKinds,
  ) {}

  onModuleInit(): void {
    this.targets.register({
      name: 'deal',
      title: 'Deals',
      permission: 'deals:read',
      events: ['deal.found'],
      catalogue: dealFields,
      from: 'deal d',
      idColumn: 'd.id',
      workspaceColumn: 'd.workspace_id',
      timeColumn: 'd.found_at',
      titleColumn: 'd.title',
      measure: { field: 'price', better: 'lower' },
      subject: ({ data }) => data as Subject,
    });
    this.kinds.register({
      type: 'deal.found',
      tell: ({ data }, { locale, timeZone }) => ({
        subject: `Found: ${data.title}`,
        heading: data.title,
        preheader: `${locale} ${timeZone}`,
        blocks: [{ type: 'text', text: data.title }],
      }),
    });
  }
}

/** A subscription as the API shows it. */
export interface Shown {
  id: string;
  name: string;
  filter: string;
  paused: boolean;
  version: number;
}

/** A row of `delivery` with the state of its job. */
export interface DeliveryRow {
  id: string;
  subscription_id: string;
  user_id: string;
  event_id: string;
  state: string;
  error: string | null;
  attempt: number | null;
  job_id: string;
  job_state: string;
}

/** A row of `subscription_match`. */
export interface MatchRow {
  id: string;
  seat_id: string;
  user_id: string;
  event_id: string;
  state: string;
  why: string | null;
  due_at: Date | null;
  notification_id: string | null;
  reason: { filter: string; terms: { start: number; end: number }[] };
}

/** A row of `notification`. */
export interface NotificationRow {
  id: string;
  user_id: string;
  source_type: string;
  form: string;
  total: number;
  reason: { filter: string; terms: { start: number; end: number }[] } | null;
  events: { id: string }[];
}

/** The room, running, and what its specs do with it. */
export class Room {
  readonly make: Factory;

  private constructor(readonly application: TestApplication) {
    this.make = factory(application.app);
  }

  /** @param settings further environment variables, such as `SMTP_URL` @param further rooms beside this one */
  static async open(settings: Record<string, string> = {}, further: Type[] = []): Promise<Room> {
    const rooms = [FiltersModule, NotificationKindsModule, UsersModule, SubscriptionsModule, DealsForSpecs, ...further];
    const quick = {
      SIGNALBOX_JOBS_SWEEP_MS: '50',
      SIGNALBOX_LOG_POLL_MS: '50',
      SIGNALBOX_SUBSCRIPTIONS_RELEASE_MS: '50',
      // Each match by itself, unless a spec is about what comes together.
      SIGNALBOX_BURST_MATCHES: '1000000',
    };
    return new Room(await startApplication(rooms, { ...quick, ...settings }));
  }

  close(): Promise<void> {
    return this.application.close();
  }

  rows<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return this.make.sql<T>(text, values);
  }

  /** Sends a request as somebody. */
  call(
    who: { headers: { authorization: string } } | null,
    method: string,
    url: string,
    payload?: object | string,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    const all = { ...who?.headers, ...headers };
    return this.application.request(method, url, { headers: all, ...(payload === undefined ? {} : { payload }) });
  }

  /** Subscribes by the API. */
  async subscribe(who: TestPerson, to: TestWorkspace, filter: string, more: object = {}): Promise<Shown> {
    const answer = await this.call(who, 'POST', to.url('subscriptions'), { filter, ...more });
    if (answer.statusCode !== 201) throw new Error(`Refused: ${answer.body}`);
    return answer.json<Shown>();
  }

  /** Gives a member a role of the workspace's own, made of these permissions. */
  async demote(who: Pick<TestPerson, 'id'>, { id: workspaceId }: TestWorkspace, permissions: string[]): Promise<void> {
    const roleId = uuidv7();
    await this.rows(
      `insert into workspace_role (id, workspace_id, name, permissions, created_at, updated_at)
       values ($1, $2, $1::uuid::text, $3, now(), now()) returning id`,
      [roleId, workspaceId, permissions],
    );
    await this.rows(
      `update membership set role = 'custom', role_id = $3 where workspace_id = $1 and user_id = $2 returning role`,
      [workspaceId, who.id, roleId],
    );
    this.application.app.get(Grants).invalidate();
  }

  /** Records a `deal.found`. @returns the event's id */
  found(
    workspace: Pick<TestWorkspace, 'id'>,
    data: Partial<EventData<'deal.found'>> = {},
    more: { scope?: EventScope; occurredAt?: Date } = {},
  ): Promise<string> {
    const transactions = this.application.app.get(Transactions);
    const event = {
      workspaceId: workspace.id,
      subjectId: uuidv7(),
      actor: systemActor(),
      data: dealFound(data),
      ...more,
    };
    return transactions.run(async (em) => this.application.app.get(EventLog).record(em, 'deal.found', event));
  }

  /** Records any event. @returns its id */
  recorded<T extends EventType>(
    { id: workspaceId }: Pick<TestWorkspace, 'id'>,
    type: T,
    data: EventData<T>,
    more: { scope?: EventScope; occurredAt?: Date; subjectId?: string; actor?: Actor } = {},
  ): Promise<string> {
    const transactions = this.application.app.get(Transactions);
    const event = { workspaceId, subjectId: uuidv7(), actor: systemActor(), data, ...more };
    return transactions.run(async (em) => this.application.app.get(EventLog).record(em, type, event));
  }

  /** Waits until the reader has passed everything recorded so far. */
  async read(): Promise<void> {
    await this.until(async () => {
      const [row] = await this.rows<{ passed: boolean }>(
        `select not exists (select from outbox) and c.position >= s.position as passed
           from log_state s, reader_cursor c where c.reader = 'subscriptions'`,
      );
      return row?.passed === true;
    });
  }

  /** The deliveries of an event, or of a subscription. */
  deliveries(of: { eventId?: string; subscriptionId?: string }): Promise<DeliveryRow[]> {
    return this.rows<DeliveryRow>(
      `select d.*, j.state as job_state from delivery d join job j on j.id = d.job_id
        where ($1::uuid is null or d.event_id = $1) and ($2::uuid is null or d.subscription_id = $2) order by d.id`,
      [of.eventId ?? null, of.subscriptionId ?? null],
    );
  }

  /** What became of the matches of a subscription, in the order of the log. */
  matches(subscriptionId: string): Promise<MatchRow[]> {
    return this.rows<MatchRow>(
      `select id, seat_id, user_id, event_id, state, why, due_at, notification_id, reason from subscription_match
        where subscription_id = $1 order by event_position, seat_id`,
      [subscriptionId],
    );
  }

  /** The notifications that a subscription, or somebody's part in one, asked for, the oldest first. */
  notifications(sourceId: string): Promise<NotificationRow[]> {
    return this.rows<NotificationRow>(
      `select id, user_id, source_type, form, total, reason, events from notification where source_id = $1 order by created_at, id`,
      [sourceId],
    );
  }

  /** Waits for the one delivery of a subscription to leave the queue, its retries hurried. */
  async settled(subscriptionId: string): Promise<DeliveryRow> {
    let delivery: DeliveryRow | undefined;
    await this.until(async () => {
      [delivery] = await this.deliveries({ subscriptionId });
      if (delivery) await this.hurry(delivery.job_id);
      return (
        delivery !== undefined && delivery.state !== 'queued' && !['queued', 'running'].includes(delivery.job_state)
      );
    });
    return delivery!;
  }

  /** Makes a job that waits for its next attempt due now. */
  async hurry(jobId: string): Promise<void> {
    await this.rows(
      `update job set next_attempt_at = now(), announced_at = null
        where id = $1 and state = 'queued' and next_attempt_at > now() and attempt > 0`,
      [jobId],
    );
  }

  /** Waits until `check` holds; the suite's own time limit ends it. */
  async until(check: () => Promise<boolean>): Promise<void> {
    while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
