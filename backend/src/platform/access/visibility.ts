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
