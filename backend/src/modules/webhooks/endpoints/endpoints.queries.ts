import { Injectable } from '@nestjs/common';
import { toSql, webhookEndpointFields } from '#contract/filter/index.js';
import { grantJoin, type Member } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { FilterContexts, readFilter } from '#platform/filters/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import type { EndpointShown, SecretShown } from './endpoints.schemas.js';

const LIST: SortedList = {
  name: 'webhook-endpoints',
  sorts: { createdAt: { sql: 'p.created_at', type: 'timestamptz' } },
  id: { sql: 'p.id', type: 'uuid' },
};

const SHOWN = `p.id, p.url, p.description, p.target, p.filter, p.types, p.header_names as "headerNames",
  p.payload_version as "payloadVersion", p.rate_per_second as "ratePerSecond", p.ordered, p.hook, p.state,
  p.state_reason as "stateReason", ${isoTime('l.failing_since')} as "failingSince", p.owner_id as "ownerId", p.version,
  ${isoTime('p.created_at')} as "createdAt", ${isoTime('p.updated_at')} as "updatedAt"`;

/** The reads of endpoints: projections, each limited to a workspace of the caller's. */
@Injectable()
export class EndpointQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
  ) {}

  /** A page of a workspace's endpoints. @throws FilterRefused */
  async list(who: Member, query: ListQuery): Promise<Page<EndpointShown>> {
    const context = await this.contexts.context(who);
    const filter = toSql(readFilter(query.filter ?? '', webhookEndpointFields, context), context, { start: 3 });
    const seek = this.cursor.seek(LIST, query, 3 + filter.params.length);
    const rows = await this.reads.adHoc<EndpointShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key}
         from webhook_endpoint p ${grantJoin('p.workspace_id', '$1')} left join webhook_lane l on l.endpoint_id = p.id
        where p.workspace_id = $2 and p.removed_at is null and ${filter.text} and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, ...filter.params, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  /** One endpoint of a workspace. */
  async one(who: Member, id: string): Promise<EndpointShown | undefined> {
    return this.reads.one<EndpointShown>(
      'webhook_endpoints.one',
      `select ${SHOWN}
         from webhook_endpoint p ${grantJoin('p.workspace_id', '$1')} left join webhook_lane l on l.endpoint_id = p.id
        where p.id = $2 and p.workspace_id = $3 and p.removed_at is null`,
      [who.id, id, who.workspaceId],
    );
  }

  /** The secrets that sign now, the newest first. */
  async secrets(endpointId: string): Promise<SecretShown[]> {
    return this.reads.all<SecretShown>(
      'webhook_endpoints.secrets',
      `select id, kind, public_key as "publicKey", ${isoTime('created_at')} as "createdAt", ${isoTime('expires_at')} as "expiresAt"
         from webhook_secret where endpoint_id = $1 and (expires_at is null or expires_at > now()) order by created_at desc, id desc`,
      [endpointId],
    );
  }
}
