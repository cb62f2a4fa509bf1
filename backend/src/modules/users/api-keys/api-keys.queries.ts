import { Injectable } from '@nestjs/common';
import { apiKeyFields } from '#contract/filter/index.js';
import { grantJoin, type Member } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type Page, type SortedList } from '#platform/http/index.js';
import { NoSuchApiKey } from './api-keys.errors.js';
import type { ApiKeyShown, KeyQuery } from './api-keys.schemas.js';

const LIST: SortedList = {
  name: 'api-keys',
  sorts: { createdAt: { sql: 'k.created_at', type: 'timestamptz' }, name: { sql: 'k.name', type: 'text' } },
  id: { sql: 'k.id', type: 'uuid' },
};
const SHOWN = `
  k.id, k.name, k.hint, k.scopes, k.user_id as "userId", k.service_account_id as "serviceAccountId",
  k.allowed_addresses as "allowedAddresses", ${isoTime('k.created_at')} as "createdAt",
  ${isoTime('k.expires_at')} as "expiresAt", ${isoTime('k.issued_at')} as "issuedAt",
  ${isoTime('k.last_used_at')} as "lastUsedAt", k.version,
  case when k.previous_hash is not null then jsonb_build_object('hint', k.previous_hint,
    'expiresAt', ${isoTime('k.previous_expires_at')}, 'lastUsedAt', ${isoTime('k.previous_last_used_at')}) end as previous`;
const VISIBLE = `
  from api_key k ${grantJoin('k.workspace_id', '$1')} where k.workspace_id = $2 and k.revoked_at is null`;

/** The API keys of a workspace as they are shown: those that are not revoked; expired ones stay until they are. */
@Injectable()
export class ApiKeyQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
  ) {}

  /** A page of them. @throws FilterRefused */
  async list(who: Member, query: KeyQuery): Promise<Page<ApiKeyShown>> {
    const list = { ...LIST, name: `${LIST.name}/${query.serviceAccountId ?? ''}` };
    const filter = filterCondition(query.filter, apiKeyFields, await this.contexts.context(who), 4);
    const seek = this.cursor.seek(list, query, 4 + filter.params.length);
    const rows = await this.reads.adHoc<ApiKeyShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key} ${VISIBLE} and ($3::uuid is null or k.service_account_id = $3) and ${filter.text}
        and ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, query.serviceAccountId ?? null, ...filter.params, ...seek.values],
    );
    return this.cursor.page(list, query, rows);
  }

  /** @throws NoSuchApiKey */
  async one(who: Member, keyId: string): Promise<ApiKeyShown> {
    const text = `select ${SHOWN} ${VISIBLE} and k.id = $3`;
    const row = await this.reads.one<ApiKeyShown>('users.api_key', text, [who.id, who.workspaceId, keyId]);
    if (!row) throw new NoSuchApiKey();
    return row;
  }
}
