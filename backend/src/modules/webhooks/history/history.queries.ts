import { Injectable } from '@nestjs/common';
import { toSql, webhookDeliveryFields, type SqlCondition } from '#contract/filter/index.js';
import { grantJoin, type Member } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { EventSight, FilterContexts, readFilter } from '#platform/filters/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { payloadOf } from '../deliveries/payload.js';
import { toldOf, type ToldRow } from '../deliveries/told.js';
import { NoSuchReplay, NoSuchWebhookDelivery } from './history.errors.js';
import type { DeliveryDetail, DeliveryShown, ReplayShown } from './history.schemas.js';

const LIST: SortedList = {
  name: 'webhook-deliveries',
  sorts: { createdAt: { sql: 'd.created_at', type: 'timestamptz' } },
  id: { sql: 'd.id', type: 'uuid' },
};

const SHOWN = `d.id, d.endpoint_id as "endpointId", d.event_id as "eventId", d.event_type as type, d.subject_id as "subjectId", d.test,
  d.state, d.held and exists (select from log_restore where released_at is null) as held, d.attempts, d.status, d.error,
  d.duration_ms as "durationMs", (select o.state_reason from webhook_endpoint o
    where d.state = 'queued' and o.id = d.endpoint_id and o.state <> 'enabled') as "heldBack", case when d.state = 'queued' then ${isoTime('d.next_attempt_at')} end as "nextAttemptAt",
  ${isoTime('d.created_at')} as "createdAt", ${isoTime('d.finished_at')} as "finishedAt"`;

const DETAIL = `
  select ${SHOWN}, p.url, p.header_names as "headerNames", d.workspace_id as "workspaceId", d.created_at as made, e.version,
         e.subject_type as "subjectType", e.actor, e.occurred_at as "occurredAt", e.data
    from webhook_delivery d ${grantJoin('d.workspace_id', '$1')} join webhook_endpoint p on p.id = d.endpoint_id
    left join event e on e.position = d.event_position and e.id = d.event_id
   where d.id = $2 and d.workspace_id = $3`;

const ANSWERS = `
  select t.attempt, ${isoTime('t.started_at')} as "startedAt", t.duration_ms as "durationMs", t.status, t.headers, t.body, t.error,
         a.url, a.header_names as "headerNames"
    from webhook_attempt t
    join webhook_delivery d on d.id = t.delivery_id
    left join lateral (
      select url, header_names from webhook_address where endpoint_id = d.endpoint_id and version <= t.endpoint_version
       order by version desc limit 1) a on true
   where t.delivery_id = $1 order by t.attempt desc limit 100`;

const REPLAY = `
  select r.id, r.endpoint_id as "endpointId", r.filter, ${isoTime('r.from_at')} as from, ${isoTime('r.to_at')} as to, r.state, r.error,
         r.total, r.done, ${isoTime('r.created_at')} as "createdAt", ${isoTime('r.finished_at')} as "finishedAt"
    from webhook_replay r ${grantJoin('r.workspace_id', '$1')} where r.id = $2 and r.workspace_id = $3`;

type DetailRow = DeliveryShown &
  Pick<ToldRow, 'workspaceId' | 'version' | 'subjectType' | 'actor' | 'occurredAt' | 'data' | 'type'> & {
    url: string;
    headerNames: string[];
    made: Date;
  };

/** What was sent to endpoints, and what they answered: projections, each limited to a workspace of the caller's. */
@Injectable()
export class HistoryQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
    private readonly sight: EventSight,
  ) {}

  /** A page of a workspace's deliveries. @throws FilterRefused */
  async list(who: Member, query: ListQuery): Promise<Page<DeliveryShown>> {
    const condition = await this.condition(who, query.filter ?? '', 3);
    const seek = this.cursor.seek(LIST, query, 3 + condition.params.length);
    const rows = await this.reads.adHoc<DeliveryShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key} from webhook_delivery d ${grantJoin('d.workspace_id', '$1')}
        where d.workspace_id = $2 and ${condition.text} and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, ...condition.params, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  /** One delivery with its body, as far as the caller may see it, and its answers. @throws NoSuchWebhookDelivery */
  async one(who: Member, id: string): Promise<DeliveryDetail> {
    const row = await this.reads.one<DetailRow>('webhook_history.one', DETAIL, [who.id, id, who.workspaceId]);
    if (!row) throw new NoSuchWebhookDelivery();
    const answers = await this.reads.all<DeliveryDetail['answers'][number]>('webhook_history.answers', ANSWERS, [id]);
    const { url, headerNames, made, workspaceId, version, subjectType, actor, occurredAt, data, ...shown } = row;
    const told = { ...shown, workspaceId, version, subjectType, actor, occurredAt, data, createdAt: made };
    const seen = row.test || who.permissions.has(this.sight.needed(row.type));
    const event = seen ? toldOf(told) : undefined;
    // As they were when it was sent last; before that, and of what was sent long ago, as they are.
    const request = {
      url: answers[0]?.url ?? url,
      headerNames: answers[0]?.headerNames ?? headerNames,
      body: event ? payloadOf(event) : null,
    };
    return { ...shown, request, answers };
  }

  /** @throws NoSuchReplay */
  async replay(who: Member, id: string): Promise<ReplayShown> {
    const found = await this.reads.one<ReplayShown>('webhook_history.replay', REPLAY, [who.id, id, who.workspaceId]);
    if (!found) throw new NoSuchReplay();
    return found;
  }

  /** A filter about deliveries as SQL on `webhook_delivery d`, its parameters from `start` on. @throws FilterRefused */
  async condition(who: { userId: string | null }, text: string, start: number, path?: string): Promise<SqlCondition> {
    if (text.trim() === '') return { text: 'true', params: [] };
    const context = await this.contexts.context(who);
    return toSql(readFilter(text, webhookDeliveryFields, context, path), context, { start });
  }
}
