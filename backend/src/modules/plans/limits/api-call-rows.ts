import { query, type EntityManager } from '#platform/database/index.js';

/** Calls of a workspace in a month. */
export interface CallRow {
  workspaceId: string;
  /** The month's first day: `2026-11-01`. */
  month: string;
  calls: number;
}

// Workspaces that are gone are left out, and the others kept from going until this commits.
const ADD = `
  insert into api_call_use as u (workspace_id, month, calls)
  select w.id, p.month, p.calls
    from unnest($1::uuid[], $2::date[], $3::bigint[]) as p(workspace_id, month, calls)
    join (select id from workspace where id = any($1::uuid[]) order by id for key share) w on w.id = p.workspace_id
   order by w.id, p.month
  on conflict (workspace_id, month) do update set calls = u.calls + excluded.calls
  returning workspace_id as "workspaceId", to_char(month, 'YYYY-MM-DD') as month, calls::float8 as calls`;
const TAKE = `
  update api_call_use u set calls = u.calls + least($3::bigint, greatest(0, $4::bigint - u.calls))
    from (select calls from api_call_use where workspace_id = $1 and month = $2::date for update) as before
   where u.workspace_id = $1 and u.month = $2::date
  returning u.calls::float8 as calls, (u.calls - before.calls)::float8 as taken`;

/** Adds counted calls. @returns the sums of all processes */
export async function addCalls(em: EntityManager, rows: readonly CallRow[]): Promise<CallRow[]> {
  return query<CallRow>(em, ADD, [
    rows.map(({ workspaceId }) => workspaceId),
    rows.map(({ month }) => month),
    rows.map(({ calls }) => calls),
  ]);
}

/** Adds calls to a row that is there, as many of them as are allowed. @returns the sum, and how many were added */
export async function takeCalls(
  em: EntityManager,
  { workspaceId, month, calls }: CallRow,
  allowed: number,
): Promise<{ calls: number; taken: number }> {
  const [row] = await query<{ calls: number; taken: number }>(em, TAKE, [workspaceId, month, calls, allowed]);
  return row ?? { calls: allowed, taken: 0 };
}
