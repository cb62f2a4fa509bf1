import { Migration } from '@mikro-orm/migrations';

/**
 * Memberships, and the relation that every room joins to see what a principal may. The view has one column list for
 * good: a later migration replaces it with the same columns and `union all` for further kinds of principals.
 */
export class Access0005 extends Migration {
  override up(): void {
    this.addSql(`
      create table membership (
        workspace_id uuid not null,
        user_id uuid not null,
        role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
        created_at timestamptz not null default now(),
        primary key (workspace_id, user_id)
      )`);
    this.addSql(`create index membership_user_id on membership (user_id, workspace_id)`);
    this.addSql(`
      create view access_grant (principal_id, workspace_id, role) as
        select user_id, workspace_id, role from membership`);
  }

  override down(): void {
    this.addSql(`drop view access_grant`);
    this.addSql(`drop table membership`);
  }
}
