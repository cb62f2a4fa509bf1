import { Injectable } from '@nestjs/common';
import { serviceAccountFields } from '#contract/filter/index.js';
import { grantJoin, type Member } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { NoSuchServiceAccount } from './service-accounts.errors.js';
import type { ServiceAccountShown } from './service-accounts.schemas.js';

const LIST: SortedList = {
  name: 'service-accounts',
  sorts: { name: { sql: 'lower(s.name)', type: 'text' }, createdAt: { sql: 's.created_at', type: 'timestamptz' } },
  id: { sql: 's.id', type: 'uuid' },
};
const SHOWN = `
  s.id, s.name, s.description, s.role, s.role_id as "roleId", r.name as "roleName", u.keys, s.created_by as "createdBy",
  ${isoTime('s.suspended_at')} as "suspendedAt", ${isoTime('u.last_used_at')} as "lastUsedAt", s.version,
  ${isoTime('s.created_at')} as "createdAt", ${isoTime('s.updated_at')} as "updatedAt"`;
const VISIBLE = `
  from service_account s ${grantJoin('s.workspace_id', '$1')}
  left join workspace_role r on r.id = s.role_id
  cross join lateral (
    select count(*) filter (where k.revoked_at is null and (k.expires_at is null or k.expires_at > now()))::int as keys,
           max(greatest(k.last_used_at, k.previous_last_used_at)) as last_used_at
      from api_key k where k.service_account_id = s.id) u
  where s.workspace_id = $2`;

/** The service accounts of a workspace as they are shown. */
@Injectable()
export class ServiceAccountQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
  ) {}

  /** A page of them. @throws FilterRefused */
  async list(who: Member, query: ListQuery): Promise<Page<ServiceAccountShown>> {
    const filter = filterCondition(query.filter, serviceAccountFields, await this.contexts.context(who), 3);
    const seek = this.cursor.seek(LIST, query, 3 + filter.params.length);
    const rows = await this.reads.adHoc<ServiceAccountShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key} ${VISIBLE} and ${filter.text} and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, ...filter.params, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  /** @throws NoSuchServiceAccount */
  async one(who: Member, id: string): Promise<ServiceAccountShown> {
    const text = `select ${SHOWN} ${VISIBLE} and s.id = $3`;
    const row = await this.reads.one<ServiceAccountShown>('users.service_account', text, [who.id, who.workspaceId, id]);
    if (!row) throw new NoSuchServiceAccount();
    return row;
  }
}
