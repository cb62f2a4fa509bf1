import { Migration } from '@mikro-orm/migrations';

/**
 * Suspended members and workspaces, roles that a workspace makes itself, and memberships of single projects. All of it
 * stands in the relations of grants, so that every statement that joins them obeys.
 */
export class Memberships0014 extends Migration {
  override up(): void {
    this.addSql(`
      alter table workspace
        add column suspension text check (suspension in ('read_only', 'closed')),
        add column suspension_reason text,
        add column suspended_at timestamptz,
        add constraint workspace_suspension_dated check ((suspension is null) = (suspended_at is null));

      create table workspace_role (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        name text not null,
        description text not null default '',
        permissions text[] not null,
        version integer not null default 1,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint workspace_role_place unique (workspace_id, id)
      );
      create unique index workspace_role_name on workspace_role (workspace_id, lower(name));
    `);
    // The composite keys keep a role within its workspace.
    this.addSql(`
      alter table membership
        add column suspended_at timestamptz,
        add column role_id uuid,
        drop constraint membership_role_check,
        add constraint membership_role_check check (role in ('owner', 'admin', 'member', 'viewer', 'custom')),
        add constraint membership_role_named check ((role = 'custom') = (role_id is not null)),
        add constraint membership_role foreign key (workspace_id, role_id) references workspace_role (workspace_id, id);
      create index membership_role_id on membership (workspace_id, role_id) where role_id is not null;

      alter table invitation
        add column role_id uuid references workspace_role (id) on delete set null;
      create index invitation_role_id on invitation (role_id) where role_id is not null;
    `);
    // Whoever leaves the workspace leaves its projects.
    this.addSql(`
      create table project_membership (
        workspace_id uuid not null,
        project_id uuid not null,
        user_id uuid not null,
        role text not null check (role in ('admin', 'member', 'viewer', 'custom')),
        role_id uuid,
        created_at timestamptz not null default now(),
        primary key (workspace_id, project_id, user_id),
        constraint project_membership_role_named check ((role = 'custom') = (role_id is not null)),
        constraint project_membership_member foreign key (workspace_id, user_id)
          references membership (workspace_id, user_id) on delete cascade,
        constraint project_membership_role foreign key (workspace_id, role_id)
          references workspace_role (workspace_id, id)
      );
      create index project_membership_of_member on project_membership (workspace_id, user_id);
      create index project_membership_role_id on project_membership (workspace_id, role_id) where role_id is not null;
    `);
    // The first columns stay as they are; who the person behind a principal is and what the role is made of come behind.
    this.addSql(`
      create or replace view access_grant as
        select m.user_id as principal_id, m.workspace_id, m.role, m.user_id, m.role_id,
               coalesce(w.suspension = 'read_only', false) as read_only
        from membership m
        left join workspace w on w.id = m.workspace_id
        where m.suspended_at is null and w.suspension is distinct from 'closed'
          and (w.second_factor_required is not true
               or exists (select from second_factor_held h where h.user_id = m.user_id))
        union all
        select k.id, k.workspace_id, m.role, m.user_id, m.role_id, coalesce(w.suspension = 'read_only', false)
        from api_key k
        join membership m on m.workspace_id = k.workspace_id and m.user_id = k.user_id
        left join workspace w on w.id = m.workspace_id
        where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
          and m.suspended_at is null and w.suspension is distinct from 'closed'
          and (w.second_factor_required is not true
               or exists (select from second_factor_held h where h.user_id = m.user_id));
    `);
    this.addSql(`
      create or replace view access_barred (principal_id, workspace_id, role, reason, detail) as
        select p.principal_id, p.workspace_id, p.role, p.reason, p.detail
        from (
          select q.principal_id, q.workspace_id, q.role,
                 case when w.suspension = 'closed' then 'workspace_suspended'
                      when q.suspended_at is not null then 'member_suspended'
                      when w.second_factor_required
                       and not exists (select from second_factor_held h where h.user_id = q.user_id)
                      then 'second_factor_needed' end as reason,
                 case when w.suspension = 'closed' then w.suspension_reason end as detail
          from (
            select m.user_id as principal_id, m.workspace_id, m.role, m.user_id, m.suspended_at from membership m
            union all
            select k.id, k.workspace_id, m.role, m.user_id, m.suspended_at
            from api_key k
            join membership m on m.workspace_id = k.workspace_id and m.user_id = k.user_id
            where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
          ) q
          left join workspace w on w.id = q.workspace_id
        ) p
        where p.reason is not null;
    `);
    this.addSql(`
      create view access_scope_grant (principal_id, workspace_id, project_id, role, role_id, user_id, read_only) as
        select g.principal_id, g.workspace_id, p.project_id, p.role, p.role_id, p.user_id, g.read_only
        from access_grant g
        join project_membership p on p.workspace_id = g.workspace_id and p.user_id = g.user_id;
    `);
  }

  override down(): void {
    for (const view of ['access_scope_grant', 'access_barred', 'access_grant']) this.addSql(`drop view ${view};`);
    this.addSql(`drop table project_membership;`);
    // Who had a role of the workspace's own may do the least from now on.
    this.addSql(`
      alter table invitation drop column role_id;
      update invitation set role = 'viewer' where role = 'custom';
      alter table membership
        drop constraint membership_role, drop constraint membership_role_named, drop constraint membership_role_check;
      update membership set role = 'viewer' where role = 'custom';
      alter table membership
        add constraint membership_role_check check (role in ('owner', 'admin', 'member', 'viewer')),
        drop column role_id, drop column suspended_at;
      drop table workspace_role;
      alter table workspace drop column suspension, drop column suspension_reason, drop column suspended_at;
    `);
    this.addSql(`
      create view access_barred (principal_id, workspace_id, role, reason) as
        select p.principal_id, p.workspace_id, p.role, 'second_factor_needed'
        from (
          select m.user_id as principal_id, m.workspace_id, m.role, m.user_id from membership m
          union all
          select k.id, k.workspace_id, m.role, m.user_id
          from api_key k
          join membership m on m.workspace_id = k.workspace_id and m.user_id = k.user_id
          where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
        ) p
        where exists (select from workspace w where w.id = p.workspace_id and w.second_factor_required)
          and not exists (select from second_factor_held h where h.user_id = p.user_id);
      create view access_grant as
        select m.user_id as principal_id, m.workspace_id, m.role
        from membership m
        where not exists (select from workspace w where w.id = m.workspace_id and w.second_factor_required)
           or exists (select from second_factor_held h where h.user_id = m.user_id)
        union all
        select k.id, k.workspace_id, m.role
        from api_key k
        join membership m on m.workspace_id = k.workspace_id and m.user_id = k.user_id
        where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
          and (not exists (select from workspace w where w.id = m.workspace_id and w.second_factor_required)
               or exists (select from second_factor_held h where h.user_id = m.user_id));
    `);
  }
}
