import { Migration } from '@mikro-orm/migrations';

/** People, sessions, workspaces, invitations and API keys. Tokens are kept as SHA-256 digests only. */
export class Users0010 extends Migration {
  override up(): void {
    this.addSql(`
      create table user_account (
        id uuid primary key,
        email text not null,
        email_key text not null constraint user_account_email_key unique,
        name text not null,
        password_hash text,
        operator boolean not null default false,
        locale text not null default 'en',
        time_zone text not null default 'UTC',
        currency text not null default 'USD',
        email_verified_at timestamptz,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );

      create table workspace (
        id uuid primary key,
        name text not null,
        created_by uuid references user_account (id) on delete set null,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );
      create index workspace_created_by on workspace (created_by);

      alter table membership
        add constraint membership_workspace foreign key (workspace_id) references workspace (id) on delete cascade,
        add constraint membership_user foreign key (user_id) references user_account (id) on delete cascade;

      create table session (
        id uuid primary key,
        user_id uuid not null references user_account (id) on delete cascade,
        method text not null,
        address text,
        user_agent text,
        created_at timestamptz not null,
        last_used_at timestamptz not null,
        idle_expires_at timestamptz not null,
        expires_at timestamptz not null,
        ended_at timestamptz,
        ended_reason text
      );
      create index session_live on session (user_id) where ended_at is null;

      create table refresh_token (
        hash bytea primary key,
        session_id uuid not null references session (id) on delete cascade,
        created_at timestamptz not null,
        replaced_at timestamptz,
        successor_salt bytea
      );
      create index refresh_token_session on refresh_token (session_id);

      create table one_time_token (
        hash bytea primary key,
        purpose text not null,
        user_id uuid not null references user_account (id) on delete cascade,
        email_key text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null
      );
      create index one_time_token_user on one_time_token (user_id, purpose, created_at);

      create table invitation (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        email text not null,
        email_key text not null,
        role text not null,
        token_hash bytea not null constraint invitation_token_hash unique,
        invited_by uuid references user_account (id) on delete set null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        accepted_at timestamptz,
        accepted_by uuid references user_account (id) on delete set null,
        revoked_at timestamptz
      );
      create unique index invitation_open on invitation (workspace_id, email_key)
        where accepted_at is null and revoked_at is null;
      create index invitation_invited_by on invitation (invited_by);
      create index invitation_accepted_by on invitation (accepted_by);

      create table api_key (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        user_id uuid not null references user_account (id) on delete cascade,
        name text not null,
        hash bytea not null constraint api_key_hash unique,
        hint text not null,
        scopes text[] not null,
        created_at timestamptz not null,
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        revoked_by uuid
      );
      create index api_key_workspace on api_key (workspace_id, created_at);
      create index api_key_user on api_key (user_id);

      create table setup_code (
        singleton boolean primary key default true check (singleton),
        hash bytea not null,
        created_at timestamptz not null default now(),
        used_at timestamptz,
        used_by uuid
      );
    `);
    // A key acts with the role that its maker holds now: it loses the workspace together with the maker.
    this.addSql(`
      create or replace view access_grant as
        select m.user_id as principal_id, m.workspace_id, m.role from membership m
        union all
        select k.id, k.workspace_id, m.role
        from api_key k
        join membership m on m.workspace_id = k.workspace_id and m.user_id = k.user_id
        where k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
    `);
  }

  override down(): void {
    this.addSql(`
      create or replace view access_grant as
        select m.user_id as principal_id, m.workspace_id, m.role from membership m;
    `);
    this.addSql(`alter table membership drop constraint membership_user, drop constraint membership_workspace;`);
    for (const table of [
      'setup_code',
      'api_key',
      'invitation',
      'one_time_token',
      'refresh_token',
      'session',
      'workspace',
      'user_account',
    ])
      this.addSql(`drop table ${table};`);
  }
}
