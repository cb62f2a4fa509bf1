import { Injectable } from '@nestjs/common';
import { eventVisible, grantJoin, type Member, scopeOf } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { EventSight, filterCondition, FilterTargets, tellable } from '#platform/filters/index.js';
import { Cursor, type Page, type SortedList } from '#platform/http/index.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { matchFields } from './match-fields.js';
import type { MatchList, MatchShown } from './matches.schemas.js';

const LIST: SortedList = {
  name: 'subscription-matches',
  sorts: { createdAt: { sql: 'm.created_at', type: 'timestamptz' } },
  id: { sql: 'm.id', type: 'uuid' },
};

const SHOWN = `m.id, m.event_id as "eventId", m.event_type as "eventType", m.subject_type as "subjectType",
  m.subject_id as "subjectId", ${isoTime('m.occurred_at')} as "occurredAt", m.state, m.why, ${isoTime('m.due_at')} as "dueAt",
  m.notification_id as "notificationId", m.reason, ${isoTime('m.created_at')} as "createdAt"`;

/** What the events that a subscription matched became for the caller: why they were told, or not. */
@Injectable()
export class MatchQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly targets: FilterTargets,
    private readonly sight: EventSight,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  /**
   * A page of them, as far as the caller may see the events now.
   *
   * @throws NoSuchSubscription, TargetHidden, FilterRefused
   */
  async list(who: Member, subscriptionId: string, query: MatchList): Promise<Page<MatchShown>> {
    this.subscriptions.requireSight(who, await this.subscriptions.one(who, subscriptionId));
    const context = await this.targets.context({ userId: who.userId });
    const filter = filterCondition(query.filter, matchFields, context, 7);
    const seek = this.cursor.seek(LIST, query, 7 + filter.params.length);
    const own = who.kind === 'user' ? tellable : [];
    const rows = await this.reads.adHoc<MatchShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key}
         from subscription_seat seat
         join subscription_match m on m.seat_id = seat.id ${grantJoin('m.workspace_id', '$1')}
        where seat.subscription_id = $2 and seat.user_id = $3 and m.workspace_id = $4
          and m.event_type = any(case m.scope_kind when 'user' then $6::text[] else $5::text[] end)
          and ${eventVisible(scopeOf('m'), '$1')} and ${filter.text} and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [
        who.id,
        subscriptionId,
        who.userId,
        who.workspaceId,
        this.sight.types(who.permissions),
        own,
        ...filter.params,
        ...seek.values,
      ],
    );
    return this.cursor.page(LIST, query, rows);
  }
}
