import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { compile, FilterError, toMatcher, type Matcher } from '#contract/filter/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { FilterContexts, FilterTargets } from '#platform/filters/index.js';

/** A subscription that listens, ready to be asked. */
export interface Listener {
  readonly id: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly target: string;
  readonly since: Date;
  readonly matches: Matcher;
}

interface Row {
  id: string;
  workspace_id: string;
  user_id: string;
  target: string;
  version: number;
  created_at: string;
}

const LISTENING = `
  select s.id, s.workspace_id, s.user_id, s.target, s.version, s.created_at
    from subscription s join access_grant g on g.workspace_id = s.workspace_id and g.principal_id = s.user_id
   where s.workspace_id = any($1::uuid[]) and s.removed_at is null and not s.paused`;

/**
 * The subscriptions that listen in some workspaces, as the transaction sees them: those of people who belong there now.
 * A filter is read and compiled once a version, and again when its owner moves to another time zone or currency.
 */
@Injectable()
export class Listening {
  private readonly compiled = new LRUCache<string, Matcher>({ max: 200_000 });

  constructor(
    private readonly targets: FilterTargets,
    private readonly contexts: FilterContexts,
  ) {}

  /** Every subscription that listens in one of the workspaces, by workspace. */
  async in(workspaceIds: readonly string[], em: EntityManager): Promise<Map<string, Listener[]>> {
    const rows = await query<Row>(em, LISTENING, [[...new Set(workspaceIds)]]);
    const owners = new Map<string, string>();
    const stale: { row: Row; key: string }[] = [];
    const found = new Map<string, Listener[]>();
    const keys = new Map<Row, string>();
    for (const row of rows) {
      const owner = owners.get(row.user_id) ?? (await this.ownerKey(row.user_id));
      owners.set(row.user_id, owner);
      const key = `${row.id} ${row.version} ${owner}`;
      keys.set(row, key);
      if (!this.compiled.has(key)) stale.push({ row, key });
    }
    await this.compile(stale, em);
    for (const row of rows) {
      const matches = this.compiled.get(keys.get(row) ?? '');
      if (!matches) continue;
      const { id, workspace_id: workspaceId, user_id: userId, target } = row;
      const listener = { id, workspaceId, userId, target, since: new Date(row.created_at), matches };
      const listeners = found.get(workspaceId);
      if (listeners) listeners.push(listener);
      else found.set(workspaceId, [listener]);
    }
    return found;
  }

  private async ownerKey(userId: string): Promise<string> {
    const { zone, currency } = await this.contexts.ownerContext({ userId });
    return `${zone} ${currency}`;
  }

  private async compile(stale: readonly { row: Row; key: string }[], em: EntityManager): Promise<void> {
    if (stale.length === 0) return;
    const texts = await query<{ id: string; filter: string }>(
      em,
      'select id, filter from subscription where id = any($1::uuid[])',
      [stale.map(({ row }) => row.id)],
    );
    const filters = new Map(texts.map(({ id, filter }) => [id, filter]));
    for (const { row, key } of stale) {
      const owner = await this.contexts.ownerContext({ userId: row.user_id });
      this.compiled.set(key, this.matcher(filters.get(row.id) ?? '', row.target, owner));
    }
  }

  private matcher(filter: string, target: string, owner: Parameters<typeof compile>[2]): Matcher {
    if (!this.targets.has(target)) return () => false;
    try {
      return toMatcher(compile(filter, this.targets.get(target).catalogue, owner));
    } catch (error) {
      // It was right when it was saved: a place or a field has left the catalogue since. Its owner sees that in the list.
      if (error instanceof FilterError) return () => false;
      throw error;
    }
  }
}
