/**
 * The condition that limits a statement to what a principal may see, to be joined rather than checked afterwards:
 * `select … from deal d ${grantJoin('d.workspace_id', '$1')} where …`.
 *
 * @param workspaceColumn the column that names the row's workspace
 * @param principal the parameter that holds the actor's id
 */
export function grantJoin(workspaceColumn: string, principal: string, alias = 'access'): string {
  return `join access_grant ${alias} on ${alias}.workspace_id = ${workspaceColumn} and ${alias}.principal_id = ${principal}`;
}

/** The same as a condition, for statements that cannot join: UPDATE, DELETE, subqueries. */
export function grantExists(workspaceColumn: string, principal: string): string {
  return `exists (select 1 from access_grant g where g.workspace_id = ${workspaceColumn} and g.principal_id = ${principal})`;
}

/** The columns of a row that say where an event belongs and who may see it. */
export interface ScopeColumns {
  workspace: string;
  /** `workspace`, `project` or `user`. */
  kind: string;
  /** The id of the project or person; null for the whole workspace. */
  id: string;
}

/** The scope columns of a row of the event log: `scopeOf('e')` for `event e`. */
export function scopeOf(alias: string): ScopeColumns {
  return { workspace: `${alias}.workspace_id`, kind: `${alias}.scope_kind`, id: `${alias}.scope_id` };
}

/**
 * The one condition on who may see an event: what concerns the workspace is for all of its members, what concerns a
 * project for the members of that project only (whatever their role in the workspace), what concerns a person for them
 * alone and their keys.
 *
 * @param principal the parameter or column that holds who looks: the id of a person or an API key
 *   (a service account looks by its key; `seer.user_id` is the service account then)
 */
export function eventVisible({ workspace, kind, id }: ScopeColumns, principal: string): string {
  return `exists (
    select from access_grant seer where seer.workspace_id = ${workspace} and seer.principal_id = ${principal}
       and case ${kind}
             when 'workspace' then true
             when 'user' then seer.user_id = ${id}
             when 'project' then exists (
               select from project_membership part
                where part.workspace_id = ${workspace} and part.project_id = ${id} and part.user_id = seer.user_id)
             else false
           end)`;
}
