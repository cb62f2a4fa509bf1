import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Member, Permission } from '#platform/access/index.js';
import { afterCommit, isoTime, Reads, Transactions } from '#platform/database/index.js';
import { NotFound, ValidationFailed } from '#platform/errors/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { ApiKey } from './api-key.entity.js';
import type { ApiKeyShown, MadeKey, NewKeyWanted } from './api-keys.schemas.js';
import { newKeyText } from './key-text.js';
import { LiveKeys } from './live-keys.js';

const LIST: SortedList = {
  name: 'api-keys',
  sorts: { createdAt: { sql: 'k.created_at', type: 'timestamptz' }, name: { sql: 'k.name', type: 'text' } },
  id: { sql: 'k.id', type: 'uuid' },
};

const SHOWN = `k.id, k.name, k.hint, k.scopes, k.user_id as "userId", ${isoTime('k.created_at')} as "createdAt",
  ${isoTime('k.expires_at')} as "expiresAt", ${isoTime('k.last_used_at')} as "lastUsedAt"`;

/** The API keys of a workspace. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly events: EventLog,
    private readonly live: LiveKeys,
    private readonly cursor: Cursor,
  ) {}

  /** A page of the keys that are not revoked; expired ones stay listed until they are. */
  async list(who: Member, query: ListQuery): Promise<Page<ApiKeyShown>> {
    const seek = this.cursor.seek(LIST, query, 3);
    const rows = await this.reads.adHoc<ApiKeyShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key}
       from api_key k join access_grant g on g.workspace_id = k.workspace_id and g.principal_id = $1
       where k.workspace_id = $2 and k.revoked_at is null and ${seek.condition}
       order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  /**
   * Makes a key. Its text is in this answer and nowhere else.
   *
   * @throws ValidationFailed when a scope is more than the caller may do
   */
  async create(who: Member & { userId: string }, { name, scopes, expiresAt }: NewKeyWanted): Promise<MadeKey> {
    requireOwn(who, scopes);
    const text = newKeyText();
    const { workspaceId, userId } = who;
    const key = ApiKey.make(text, {
      workspaceId,
      userId,
      name,
      scopes,
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    });
    await this.transactions.run(async (em) => {
      em.persist(key);
      const data = { name, scopes, expiresAt: key.expiresAt?.toISOString() ?? null };
      this.events.record(em, 'api_key.created', { workspaceId, subjectId: key.id, actor: who, data });
    });
    return { ...shown(key), key: text };
  }

  /** Ends a key: it is refused everywhere within a second. @throws NotFound */
  async revoke(who: Member & { userId: string }, keyId: string): Promise<void> {
    const { workspaceId } = who;
    await this.transactions.run(async (em) => {
      const key = await em.findOne(ApiKey, { id: keyId, workspaceId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!key?.revoke(who.userId)) throw new NotFound('There is no such API key.');
      this.events.record(em, 'api_key.revoked', {
        workspaceId,
        subjectId: key.id,
        actor: who,
        data: { name: key.name },
      });
      afterCommit(em, key, () => this.live.forget(key.hash));
    });
  }
}

function requireOwn(who: Member, scopes: Permission[]): void {
  const errors = scopes
    .map((scope, at) => ({ scope, path: `/body/scopes/${at}` }))
    .filter(({ scope }) => !who.permissions.has(scope))
    .map(({ scope, path }) => ({ path, message: `you do not hold ${scope} yourself` }));
  if (errors.length > 0) throw new ValidationFailed('A key can do no more than the person who makes it.', { errors });
}

function shown(key: ApiKey): ApiKeyShown {
  const { id, name, hint, scopes, userId } = key;
  const times = { createdAt: key.createdAt.toISOString(), expiresAt: key.expiresAt?.toISOString() ?? null };
  return { id, name, hint, scopes, userId, ...times, lastUsedAt: key.lastUsedAt?.toISOString() ?? null };
}
