import { Injectable } from '@nestjs/common';
import { subscriptionFields } from '#contract/filter/index.js';
import { grantJoin, type Member } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { type Plan, planOf } from '../plans/plan.js';
import type { SubscriptionShown } from './subscriptions.schemas.js';

const LIST: SortedList = {
  name: 'subscriptions',
  sorts: { createdAt: { sql: 's.created_at', type: 'timestamptz' }, name: { sql: 's.name', type: 'text' } },
  id: { sql: 's.id', type: 'uuid' },
};

const SHOWN = `s.id, s.name, s.target, s.filter, s.paused, s.plan, ${isoTime('s.snoozed_until')} as "snoozedUntil",
  ${isoTime('s.expires_at')} as "expiresAt", s.user_id is null as shared,
  s.user_id is not null or exists (
    select from subscription_participant p where p.subscription_id = s.id and p.user_id = $3) as joined,
  s.version, ${isoTime('s.created_at')} as "createdAt", ${isoTime('s.updated_at')} as "updatedAt"`;
/** The caller's own, and what the workspace shares. */
const THEIRS = `s.workspace_id = $2 and (s.user_id = $3 or s.user_id is null) and s.removed_at is null`;

type Row = Omit<SubscriptionShown, keyof Plan> & { plan: Partial<Plan> };

/** The reads of subscriptions: projections, each limited to the caller's own in a workspace of theirs. */
@Injectable()
export class SubscriptionQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
  ) {}

  /** A page of the caller's subscriptions and the shared ones. @throws FilterRefused */
  async list(who: Member, query: ListQuery): Promise<Page<SubscriptionShown>> {
    const filter = filterCondition(query.filter, subscriptionFields, await this.contexts.context(who), 4);
    const seek = this.cursor.seek(LIST, query, 4 + filter.params.length);
    const rows = await this.reads.adHoc<Row & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key}
         from subscription s ${grantJoin('s.workspace_id', '$1')}
        where ${THEIRS} and ${filter.text} and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, who.userId, ...filter.params, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows.map(shownOf));
  }

  /** One of the caller's subscriptions, or a shared one. */
  async one(who: Member, id: string): Promise<SubscriptionShown | undefined> {
    const row = await this.reads.one<Row>(
      'subscriptions.one',
      `select ${SHOWN} from subscription s ${grantJoin('s.workspace_id', '$1')} where ${THEIRS} and s.id = $4`,
      [who.id, who.workspaceId, who.userId, id],
    );
    return row && shownOf(row);
  }
}

function shownOf<R extends Row>({ plan, ...row }: R): Omit<R, 'plan'> & Plan {
  return { ...row, ...planOf(plan) };
}
