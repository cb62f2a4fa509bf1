import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { compile, FilterError, toMatcher, type Matcher, type OwnerContext } from '#contract/filter/index.js';
import { type MemberRole, type Permission, permissionsOf } from '#platform/access/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { FilterTargets, placeResolver } from '#platform/filters/index.js';

/** A subscription that listens, ready to be asked. */
export interface Listener {
  readonly id: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly target: string;
  readonly since: Date;
  readonly matches: Matcher;
  /** What its owner may do in the workspace now. */
  readonly permissions: ReadonlySet<Permission>;
}

interface Row {
  id: string;
  workspace_id: string;
  user_id: string;
  target: string;
  version: number;
  created_at: string;
  zone: string;
  currency: string;
  role: MemberRole;
  made: string[] | null;
}

const LISTENING = `
  select s.id, s.workspace_id, s.user_id, s.target, s.version, s.created_at, u.time_zone as zone, u.currency,
         g.role, r.permissions as made
    from subscription s
    join access_grant g on g.workspace_id = s.workspace_id and g.principal_id = s.user_id
    left join workspace_role r on r.id = g.role_id
    join user_account u on u.id = s.user_id and u.erase_at is null
   where s.workspace_id = any($1::uuid[]) and s.removed_at is null and not s.paused`;

/**
 * The subscriptions that listen in some workspaces, as the transaction sees them: those of people who belong there now, with
 * a role that lets them see what they listen to.
 * A filter is read and compiled once a version, and again when its owner moves to another time zone or currency.
 */
@Injectable()
export class Listening {
  private readonly compiled = new LRUCache<string, Matcher>({ max: 200_000 });

  constructor(private readonly targets: FilterTargets) {}

  /** Every subscription that listens in one of the workspaces, by workspace. */
  async in(workspaceIds: readonly string[], em: EntityManager): Promise<Map<string, Listener[]>> {
    const needed = new Map(this.targets.all().map(({ name, permission }) => [name, permission]));
    const rows = (await query<Row>(em, LISTENING, [[...new Set(workspaceIds)]])).filter(({ target, role, made }) => {
      const permission = needed.get(target);
      return permission !== undefined && permissionsOf(role, made).has(permission);
    });
    await this.compile(
      rows.filter((row) => !this.compiled.has(keyOf(row))),
      em,
    );
    const found = new Map<string, Listener[]>();
    for (const row of rows) {
      const { id, workspace_id: workspaceId, user_id: userId, target, role, made } = row;
      const matches = this.compiled.get(keyOf(row));
      if (!matches) continue;
      const permissions = permissionsOf(role, made);
      const listener = { id, workspaceId, userId, target, since: new Date(row.created_at), matches, permissions };
      const listeners = found.get(workspaceId);
      if (listeners) listeners.push(listener);
      else found.set(workspaceId, [listener]);
    }
    return found;
  }

  private async compile(stale: readonly Row[], em: EntityManager): Promise<void> {
    if (stale.length === 0) return;
    const texts = await query<{ id: string; filter: string }>(
      em,
      'select id, filter from subscription where id = any($1::uuid[])',
      [stale.map(({ id }) => id)],
    );
    const filters = new Map(texts.map(({ id, filter }) => [id, filter]));
    for (const row of stale) this.compiled.set(keyOf(row), this.matcher(filters.get(row.id) ?? '', row));
  }

  private matcher(filter: string, { target, user_id: me, zone, currency }: Row): Matcher {
    if (!this.targets.has(target)) return () => false;
    const owner: OwnerContext = { zone, currency, places: placeResolver, me };
    try {
      return toMatcher(compile(filter, this.targets.get(target).catalogue, owner));
    } catch (error) {
      // It was right when it was saved: a place or a field has left the catalogue since. Its owner sees that in the list.
      if (error instanceof FilterError) return () => false;
      throw error;
    }
  }
}

function keyOf({ id, version, zone, currency }: Row): string {
  return `${id} ${version} ${zone} ${currency}`;
}
