import { Injectable } from '@nestjs/common';
import { sourceFields } from '#contract/filter/index.js';
import type { Member } from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type Page, type SortedList } from '#platform/http/index.js';
import { Recipients } from './smtp/recipients.js';
import { SourceNotFound } from './sources.errors.js';
import type { SourceList, SourceView } from './sources.schemas.js';

const LIST: SortedList = {
  name: 'sources',
  sorts: { createdAt: { sql: 's.created_at', type: 'timestamptz' }, name: { sql: 's.name', type: 'text' } },
  id: { sql: 's.id', type: 'uuid' },
};

const COLUMNS = `
  s.id, s.kind, s.name, s.settings, s.address, s.credentials is not null as "hasCredentials",
  case when s.paused then 'paused' when st.failing_since is not null then 'failing' else 'active' end as status,
  st.last_success_at as "lastSuccessAt", st.last_error as "lastError", st.last_error_at as "lastErrorAt",
  st.failing_since as "failingSince", st.refused_count as "refusedCount", st.last_refusal as "lastRefusal",
  st.last_refusal_at as "lastRefusalAt", s.version, s.created_at as "createdAt", s.updated_at as "updatedAt"`;

const FROM = `
  from source s
  join source_state st on st.source_id = s.id
  join access_grant g on g.workspace_id = s.workspace_id and g.principal_id = $1
 where s.workspace_id = $2 and s.removed_at is null`;

type Row = Omit<SourceView, 'createdAt'> & { createdAt: Date };

/** Sources as people see them, limited to workspaces that the caller belongs to. */
@Injectable()
export class SourceQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
    private readonly recipients: Recipients,
  ) {}

  /** @throws SourceNotFound */
  async one(who: Member, sourceId: string): Promise<SourceView> {
    const row = await this.reads.one<Row>('sources.one', `select ${COLUMNS} ${FROM} and s.id = $3`, [
      who.id,
      who.workspaceId,
      sourceId,
    ]);
    if (!row) throw new SourceNotFound('There is no such source in this workspace.');
    return this.view(row);
  }

  /** @throws FilterRefused */
  async list(who: Member, query: SourceList): Promise<Page<SourceView>> {
    const filter = filterCondition(query.filter, sourceFields, await this.contexts.context(who), 3);
    const seek = this.cursor.seek(LIST, query, 3 + filter.params.length);
    const rows = await this.reads.adHoc<Row & { _key: (string | null)[] }>(
      `select ${COLUMNS}, ${seek.key} ${FROM} and ${filter.text} and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, ...filter.params, ...seek.values],
    );
    return this.cursor.page(
      LIST,
      query,
      rows.map((row) => ({ ...this.view(row), _key: row._key })),
    );
  }

  private view(row: Row): SourceView {
    const address = row.address && this.recipients.addressOf(row.address);
    return JSON.parse(JSON.stringify({ ...row, address, _key: undefined })) as SourceView;
  }
}
