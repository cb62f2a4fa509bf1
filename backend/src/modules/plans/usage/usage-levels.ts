import { query, type EntityManager } from '#platform/database/index.js';

/** One change of what a workspace has, in the order of the log. */
export interface UsageChange {
  workspaceId: string;
  quota: string;
  /** The month it happened in, by its first day. */
  month: string;
  by: number;
}

/** What a workspace has of something at the end of a month, or now; and the most it had in it. */
export interface UsageLevel {
  workspaceId: string;
  quota: string;
  month: string;
  level: number;
  peak: number;
}

const LATEST = `
  select distinct on (l.workspace_id, l.quota) l.workspace_id as "workspaceId", l.quota,
         to_char(l.month, 'YYYY-MM-DD') as month, l.level::float8 as level, l.peak::float8 as peak
    from usage_level l
    join (select distinct * from unnest($1::uuid[], $2::text[]) as k(workspace_id, quota)) k
      on k.workspace_id = l.workspace_id and k.quota = l.quota
   order by l.workspace_id, l.quota, l.month desc`;

const OF_WORKSPACE = `
  select distinct on (quota) workspace_id as "workspaceId", quota, to_char(month, 'YYYY-MM-DD') as month,
         level::float8 as level, peak::float8 as peak
    from usage_level where workspace_id = $1 order by quota, month desc`;

// Workspaces that are gone are left out, and the others kept from going until this commits.
const SAVE = `
  insert into usage_level as l (workspace_id, quota, month, level, peak)
  select w.id, n.quota, n.month, n.level, n.peak
    from unnest($1::uuid[], $2::text[], $3::date[], $4::bigint[], $5::bigint[]) as n(workspace_id, quota, month, level, peak)
    join (select id from workspace where id = any($1::uuid[]) for key share) w on w.id = n.workspace_id
  on conflict (workspace_id, quota, month) do update set level = excluded.level, peak = excluded.peak
  returning l.workspace_id as "workspaceId", l.quota, to_char(l.month, 'YYYY-MM-DD') as month,
    l.level::float8 as level, l.peak::float8 as peak`;

/** What a workspace has now, of all that was metered. */
export async function levelsOf(em: EntityManager, workspaceId: string): Promise<UsageLevel[]> {
  return query<UsageLevel>(em, OF_WORKSPACE, [workspaceId]);
}

/** Carries changes on from what there was, month by month. @returns every level that changed, of workspaces that exist */
export async function carryOn(em: EntityManager, changes: readonly UsageChange[]): Promise<UsageLevel[]> {
  if (changes.length === 0) return [];
  const keys = [changes.map(({ workspaceId }) => workspaceId), changes.map(({ quota }) => quota)];
  return save(em, levelsAfter(await query<UsageLevel>(em, LATEST, keys), changes));
}

/**
 * The levels that changes lead to. A month without changes has none of its own: it is that of the month before. What a
 * clock dates back counts in the last month that was reached, and nothing sinks below none: the log may have been pruned.
 */
export function levelsAfter(latest: readonly UsageLevel[], changes: readonly UsageChange[]): UsageLevel[] {
  const current = new Map(latest.map((level) => [keyOf(level), level]));
  const changed = new Set<UsageLevel>();
  for (const { workspaceId, quota, month, by } of changes) {
    const before = current.get(keyOf({ workspaceId, quota }));
    const level = Math.max(0, (before?.level ?? 0) + by);
    const sameMonth = before !== undefined && before.month >= month;
    const peak = Math.max(level, before?.level ?? 0, sameMonth ? before.peak : 0);
    const after = { workspaceId, quota, month: sameMonth ? before.month : month, level, peak };
    if (sameMonth) changed.delete(before);
    changed.add(after);
    current.set(keyOf(after), after);
  }
  return [...changed];
}

async function save(em: EntityManager, levels: readonly UsageLevel[]): Promise<UsageLevel[]> {
  return query<UsageLevel>(em, SAVE, [
    levels.map(({ workspaceId }) => workspaceId),
    levels.map(({ quota }) => quota),
    levels.map(({ month }) => month),
    levels.map(({ level }) => level),
    levels.map(({ peak }) => peak),
  ]);
}

function keyOf({ workspaceId, quota }: Pick<UsageLevel, 'workspaceId' | 'quota'>): string {
  return `${workspaceId}/${quota}`;
}
