import { Migration } from '@mikro-orm/migrations';

/** What people do with their own accounts: devices they were seen on, changes of address, exports of their data, erasure. */
export class Accounts0011 extends Migration {
  override up(): void {
    // A device that was forgotten stays as a row: a person without any row has never signed in.
    this.addSql(`
      create table known_device (
        id uuid primary key,
        user_id uuid not null references user_account (id) on delete cascade,
        hash bytea not null,
        name text not null,
        first_seen_at timestamptz not null,
        last_seen_at timestamptz not null,
        forgotten_at timestamptz,
        constraint known_device_of_person unique (user_id, hash)
      );

      alter table session
        add column last_address text,
        add column reauthenticated_at timestamptz,
        add column device_id uuid references known_device (id) on delete set null;
      create index session_device on session (device_id) where device_id is not null;
    `);
    this.addSql(`
      create table email_change (
        id uuid primary key,
        user_id uuid not null references user_account (id) on delete cascade,
        session_id uuid,
        from_email text not null,
        from_email_key text not null,
        to_email text not null,
        to_email_key text not null,
        state text not null check (state in ('pending', 'confirmed', 'cancelled', 'replaced', 'undone')),
        created_at timestamptz not null,
        expires_at timestamptz not null,
        ended_at timestamptz
      );
      create unique index email_change_pending on email_change (user_id) where state = 'pending';
      create index email_change_of_person on email_change (user_id, created_at);
    `);
    this.addSql(`
      create table personal_export (
        id uuid primary key,
        user_id uuid not null references user_account (id) on delete cascade,
        state text not null check (state in ('pending', 'ready', 'failed', 'expired')),
        attempts integer not null default 0,
        storage_key text,
        size bigint,
        created_at timestamptz not null,
        finished_at timestamptz,
        expires_at timestamptz
      );
      create unique index personal_export_pending on personal_export (user_id) where state = 'pending';
      create index personal_export_of_person on personal_export (user_id, created_at desc, id desc);
    `);
    this.addSql(`
      alter table user_account
        add column erase_at timestamptz,
        add column erasing boolean not null default false;
    `);
  }

  override down(): void {
    this.addSql(`
      alter table user_account drop column erase_at, drop column erasing;
      alter table session drop column last_address, drop column reauthenticated_at, drop column device_id;
    `);
    for (const table of ['personal_export', 'email_change', 'known_device']) this.addSql(`drop table ${table};`);
  }
}
