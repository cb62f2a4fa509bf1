import { Migration } from '@mikro-orm/migrations';

/**
 * Second factors, passkeys and identities of other issuers; and the policy that a workspace asks its people for a second
 * factor, which stands in the relation of grants, so that every statement that joins it obeys.
 */
export class Factors0012 extends Migration {
  override up(): void {
    this.addSql(`
      create table challenge (
        hash bytea primary key,
        purpose text not null,
        user_id uuid references user_account (id) on delete cascade,
        session_id uuid references session (id) on delete cascade,
        data text not null,
        attempts integer not null default 0,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null
      );
      create index challenge_expires_at on challenge (expires_at);
      create index challenge_user on challenge (user_id);
      create index challenge_session on challenge (session_id);

      create table totp_factor (
        user_id uuid primary key references user_account (id) on delete cascade,
        secret text not null,
        last_step integer not null default 0,
        created_at timestamptz not null,
        confirmed_at timestamptz
      );

      create table recovery_code (
        hash bytea primary key,
        user_id uuid not null references user_account (id) on delete cascade,
        created_at timestamptz not null default now(),
        used_at timestamptz
      );
      create index recovery_code_user on recovery_code (user_id);

      create table passkey (
        id uuid primary key,
        user_id uuid not null references user_account (id) on delete cascade,
        credential_id text not null constraint passkey_credential_id unique,
        public_key bytea not null,
        counter bigint not null,
        transports text[] not null,
        synced boolean not null,
        name text not null,
        created_at timestamptz not null,
        last_used_at timestamptz,
        suspended_at timestamptz
      );
      create index passkey_user on passkey (user_id, created_at);

      create table identity (
        id uuid primary key,
        user_id uuid not null references user_account (id) on delete cascade,
        provider text not null,
        issuer text not null,
        subject text not null,
        email text,
        created_at timestamptz not null,
        last_used_at timestamptz,
        constraint identity_issuer_subject unique (issuer, subject)
      );
      create index identity_user on identity (user_id, created_at);

      alter table workspace add column second_factor_required boolean not null default false;
    `);
    // A suspended passkey counts: a doubt about it must not turn the second factor off.
    this.addSql(`
      create view second_factor_held (user_id) as
        select user_id from totp_factor where confirmed_at is not null
        union all
        select user_id from passkey;
    `);
    // Who would have a grant but for a policy, and which: asked for the sentence of a refusal, never for access.
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
    `);
    this.addSql(`
      create or replace view access_grant as
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

  override down(): void {
    this.addSql(`
      create or replace view access_grant as
        select m.user_id as principal_id, m.workspace_id, m.role from membership m
        union all
        select k.id, k.workspace_id, m.role
        from api_key k
        join membership m on m.workspace_id = k.workspace_id and m.user_id = k.user_id
        where k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
    `);
    for (const view of ['access_barred', 'second_factor_held']) this.addSql(`drop view ${view};`);
    this.addSql(`alter table workspace drop column second_factor_required;`);
    for (const table of ['identity', 'passkey', 'recovery_code', 'totp_factor', 'challenge'])
      this.addSql(`drop table ${table};`);
  }
}
