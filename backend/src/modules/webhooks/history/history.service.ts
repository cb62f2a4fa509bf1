import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { EventData } from '#contract/events/index.js';
import type { Member } from '#platform/access/index.js';
import { afterCommit, query, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { DispatcherPokes } from '../deliveries/dispatcher-pokes.js';
import { EndpointRules } from '../endpoints/endpoint-rules.js';
import { EndpointsService } from '../endpoints/endpoints.service.js';
import { DeliveryHeld, EndpointOff, NoSuchWebhookDelivery, ReplayOver, ReplayRunning } from './history.errors.js';
import { HistoryQueries } from './history.queries.js';
import type { DeliveryDetail, NewReplay, ReplayShown } from './history.schemas.js';

/** What a job of this room replays. */
export interface ReplayJob {
  [name: string]: string;
  replayId: string;
}

const NEWEST_REPLAY = `
  select id, filter, done, total from webhook_replay where workspace_id = $1
   order by (state = 'running') desc, created_at desc, id desc limit 1`;

/** Sends again what was sent, and examples of what could be. */
@Enqueues('webhooks.replay')
@Injectable()
export class HistoryService {
  constructor(
    private readonly transactions: Transactions,
    private readonly queries: HistoryQueries,
    private readonly endpoints: EndpointsService,
    private readonly rules: EndpointRules,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    private readonly pokes: DispatcherPokes,
  ) {}

  /** Sends an example, once. @throws NoSuchEndpoint, EndpointOff, NothingToHear, EventsHidden */
  async test(who: Member, endpointId: string, type: string): Promise<DeliveryDetail> {
    const { state } = await this.endpoints.one(who, endpointId);
    this.rules.checkTypes(who, this.rules.target(who, 'activity'), [type], '/body/type');
    if (state !== 'enabled') throw new EndpointOff(state);
    const [id, eventId, subjectId] = [uuidv7(), uuidv7(), uuidv7()];
    await this.transactions.run(async (em) => {
      await query(
        em,
        `insert into webhook_delivery (id, workspace_id, endpoint_id, event_id, event_position, event_type, subject_id, test)
         values ($1, $2, $3, $4, 0, $5, $6, true)`,
        [id, who.workspaceId, endpointId, eventId, type, subjectId],
      );
      await this.wake(em, [endpointId]);
      const data = { deliveryId: id, type };
      const about = { workspaceId: who.workspaceId, subjectId: endpointId, actor: who };
      this.events.record(em, 'webhook_endpoint.tested', { ...about, data });
    });
    return this.queries.one(who, id);
  }

  /** Sends one delivery again, with all its attempts and the same id. @throws NoSuchWebhookDelivery, EndpointOff, DeliveryHeld */
  async again(who: Member, id: string): Promise<DeliveryDetail> {
    const { endpointId, eventId } = await this.queries.one(who, id);
    await this.transactions.run(async (em) => {
      const [endpoint] = await query<{ state: string }>(
        em,
        `select case when removed_at is null then state else 'removed' end as state from webhook_endpoint where id = $1 for share`,
        [endpointId],
      );
      if (!endpoint) throw new NoSuchWebhookDelivery();
      if (endpoint.state !== 'enabled') throw new EndpointOff(endpoint.state);
      const freed = await query(
        em,
        `update webhook_delivery set state = 'queued', failures = 0, held = false, next_attempt_at = now(), finished_at = null
          where id = $1 and not (state = 'queued' and held and exists (select from log_restore where released_at is null))
         returning id`,
        [id],
      );
      if (freed.length === 0) throw new DeliveryHeld();
      await this.wake(em, [endpointId]);
      const about = { workspaceId: who.workspaceId, subjectId: id, actor: who };
      this.events.record(em, 'webhook_delivery.replayed', { ...about, data: { endpointId, eventId } });
    });
    return this.queries.one(who, id);
  }

  /** Begins to send many again, one replay a workspace at a time. @throws FilterRefused, NoSuchEndpoint, ReplayRunning */
  async replay(who: Member, { endpointId, from, to, filter }: NewReplay): Promise<ReplayShown> {
    await this.queries.condition(who, filter, 1, '/body/filter');
    if (endpointId !== null) await this.endpoints.one(who, endpointId);
    const [id, now] = [uuidv7(), new Date()];
    const until = to === null || new Date(to) > now ? now : new Date(to);
    await this.transactions.run(async (em) => {
      const begun = await query(
        em,
        `insert into webhook_replay (id, workspace_id, endpoint_id, by_user, filter, from_at, to_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (workspace_id) where state = 'running' do nothing returning id`,
        [id, who.workspaceId, endpointId, who.userId, filter, from, until, now],
      );
      if (begun.length === 0) {
        // It may have ended this moment: then the newest is it.
        const [running] = await query<Pick<ReplayShown, 'id' | 'filter' | 'done' | 'total'>>(em, NEWEST_REPLAY, [
          who.workspaceId,
        ]);
        throw new ReplayRunning(running!);
      }
      await this.jobs.enqueue<ReplayJob>(em, {
        queue: 'webhooks',
        name: 'replay',
        key: id,
        workspaceId: who.workspaceId,
        subject: { type: 'webhook_replay', id },
        payload: { replayId: id },
      });
      const instant = (text: string | null) => (text === null ? null : new Date(text).toISOString());
      const data = { endpointId, filter, from: instant(from), to: instant(to) };
      this.events.record(em, 'webhook_replay.started', {
        workspaceId: who.workspaceId,
        subjectId: id,
        actor: who,
        data,
      });
    });
    return this.queries.replay(who, id);
  }

  /** Ends a replay where it is: what it has queued already is sent. @throws NoSuchReplay, ReplayOver */
  async stopReplay(who: Member, id: string): Promise<void> {
    const { state } = await this.queries.replay(who, id);
    await this.transactions.run(async (em) => {
      const text = `
        update webhook_replay set state = 'stopped', finished_at = now() where id = $1 and state = 'running' returning done, total`;
      const [data] = await query<EventData<'webhook_replay.stopped'>>(em, text, [id]);
      if (!data) throw new ReplayOver(state === 'running' ? 'done' : state);
      const about = { workspaceId: who.workspaceId, subjectId: id, actor: who };
      this.events.record(em, 'webhook_replay.stopped', { ...about, data });
    });
  }

  /** Lets lanes look again, in the caller's transaction. */
  async wake(em: EntityManager, endpointIds: readonly string[]): Promise<void> {
    await query(
      em,
      `with lanes as (select endpoint_id from webhook_lane where endpoint_id = any($1::uuid[]) order by endpoint_id for no key update)
       update webhook_lane l set due_at = now(), wakes = wakes + 1 from lanes where l.endpoint_id = lanes.endpoint_id`,
      [endpointIds],
    );
    afterCommit(em, this, () => this.pokes.poke());
  }
}
