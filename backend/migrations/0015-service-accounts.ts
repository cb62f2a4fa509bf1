import { Migration } from '@mikro-orm/migrations';

/**
 * Service accounts, the principals of a workspace that are no person; addresses that an API key may be used from; and a
 * second secret of a key, which works for a while after a rotation.
 */
export class ServiceAccounts0015 extends Migration {
  override up(): void {
    // The composite keys keep roles and keys within the workspace. Whoever made one may leave; it stays.
    this.addSql(`
      create table service_account (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        name text not null,
        description text not null default '',
        role text not null check (role in ('admin', 'member', 'viewer', 'custom')),
        role_id uuid,
        suspended_at timestamptz,
        created_by uuid references user_account (id) on delete set null,
        version integer not null default 1,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint service_account_place unique (workspace_id, id),
        constraint service_account_role_named check ((role = 'custom') = (role_id is not null)),
        constraint service_account_role foreign key (workspace_id, role_id) references workspace_role (workspace_id, id)
      );
      create unique index service_account_name on service_account (workspace_id, lower(name));
      create index service_account_role_id on service_account (workspace_id, role_id) where role_id is not null;
      create index service_account_created_by on service_account (created_by) where created_by is not null;
    `);
    // A key belongs to a person or to a service account. Who was shown its present secret is kept for when that person is put out.
    this.addSql(`
      alter table api_key
        alter column user_id drop not null,
        add column service_account_id uuid,
        add column allowed_addresses text[] not null default '{}',
        add column issued_by uuid references user_account (id) on delete set null,
        add column issued_at timestamptz not null default now(),
        add column previous_hash bytea constraint api_key_previous_hash unique,
        add column previous_hint text,
        add column previous_expires_at timestamptz,
        add column previous_last_used_at timestamptz,
        add column version integer not null default 1,
        add constraint api_key_owner check ((user_id is null) <> (service_account_id is null)),
        add constraint api_key_previous check (
          (previous_hash is null) = (previous_hint is null) and (previous_hash is null) = (previous_expires_at is null)),
        add constraint api_key_service_account foreign key (workspace_id, service_account_id)
          references service_account (workspace_id, id) on delete cascade;
      update api_key set issued_by = user_id, issued_at = created_at;
      create index api_key_service_account on api_key (service_account_id, created_at) where service_account_id is not null;
      create index api_key_issued_by on api_key (issued_by) where issued_by is not null;
    `);
    // Each column refers to what it names, and `user_id` is one of them: so all that joins it goes on as it is.
    this.addSql(`
      alter table project_membership
        drop constraint project_membership_member,
        add column service_account_id uuid,
        add column person_id uuid generated always as (case when service_account_id is null then user_id end) stored,
        add constraint project_membership_service_account_same
          check (service_account_id is null or service_account_id = user_id),
        add constraint project_membership_member foreign key (workspace_id, person_id)
          references membership (workspace_id, user_id) on delete cascade,
        add constraint project_membership_service_account foreign key (workspace_id, service_account_id)
          references service_account (workspace_id, id) on delete cascade;
      create index project_membership_person on project_membership (workspace_id, person_id);
      create index project_membership_service_account_id on project_membership (workspace_id, service_account_id)
        where service_account_id is not null;
    `);
    // The columns stay; of a service account's key, `user_id` is the service account. No second factor is asked of it.
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
               or exists (select from second_factor_held h where h.user_id = m.user_id))
        union all
        select k.id, k.workspace_id, s.role, s.id, s.role_id, coalesce(w.suspension = 'read_only', false)
        from api_key k
        join service_account s on s.id = k.service_account_id
        left join workspace w on w.id = k.workspace_id
        where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
          and s.suspended_at is null and w.suspension is distinct from 'closed';
    `);
    this.addSql(`
      create or replace view access_barred (principal_id, workspace_id, role, reason, detail) as
        select p.principal_id, p.workspace_id, p.role, p.reason, p.detail
        from (
          select q.principal_id, q.workspace_id, q.role,
                 case when w.suspension = 'closed' then 'workspace_suspended'
                      when q.suspended_at is not null then 'member_suspended'
                      when w.second_factor_required and q.person
                       and not exists (select from second_factor_held h where h.user_id = q.user_id)
                      then 'second_factor_needed' end as reason,
                 case when w.suspension = 'closed' then w.suspension_reason end as detail
          from (
            select m.user_id as principal_id, m.workspace_id, m.role, m.user_id, m.suspended_at, true as person from membership m
            union all
            select k.id, k.workspace_id, m.role, m.user_id, m.suspended_at, true
            from api_key k
            join membership m on m.workspace_id = k.workspace_id and m.user_id = k.user_id
            where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
            union all
            select k.id, k.workspace_id, s.role, s.id, s.suspended_at, false
            from api_key k
            join service_account s on s.id = k.service_account_id
            where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
          ) q
          left join workspace w on w.id = q.workspace_id
        ) p
        where p.reason is not null;
    `);
    // The trail is searched by keys of both kinds, and by service accounts.
    this.addSql(`drop index event_key`);
    this.addSql(`
      create index event_key
        on event ((case when actor->>'kind' in ('api_key', 'service_account') then actor->>'id' end), position)
        where (case when actor->>'kind' in ('api_key', 'service_account') then actor->>'id' end) is not null`);
    this.addSql(`
      create index event_service_account on event ((actor->>'serviceAccountId'), position)
        where actor->>'serviceAccountId' is not null`);
  }

  override down(): void {
    this.addSql(`drop index event_service_account, event_key`);
    this.addSql(`
      create index event_key on event ((case when actor->>'kind' = 'api_key' then actor->>'id' end), position)
       where (case when actor->>'kind' = 'api_key' then actor->>'id' end) is not null`);
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
      delete from project_membership where service_account_id is not null;
      alter table project_membership
        drop constraint project_membership_member,
        drop column person_id,
        drop column service_account_id,
        add constraint project_membership_member foreign key (workspace_id, user_id)
          references membership (workspace_id, user_id) on delete cascade;
    `);
    this.addSql(`
      delete from api_key where user_id is null;
      alter table api_key
        drop constraint api_key_owner, drop constraint api_key_previous, drop constraint api_key_service_account,
        drop column service_account_id, drop column allowed_addresses, drop column issued_by, drop column issued_at,
        drop column previous_hash, drop column previous_hint, drop column previous_expires_at,
        drop column previous_last_used_at, drop column version,
        alter column user_id set not null;
    `);
    this.addSql(`drop table service_account`);
  }
}
