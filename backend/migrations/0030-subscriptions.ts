import { Migration } from '@mikro-orm/migrations';

/** What people want to hear about, and what was sent to them. */
export class Subscriptions0030 extends Migration {
  override up(): void {
    // A removed subscription stays as a row: its deliveries still name it.
    this.addSql(`
      create table subscription (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        user_id uuid not null references user_account (id) on delete cascade,
        name text not null,
        target text not null,
        filter text not null,
        paused boolean not null default false,
        version integer not null default 1,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        removed_at timestamptz
      )`);
    this.addSql(`create index subscription_of_person on subscription (user_id, workspace_id, created_at desc, id desc)
      where removed_at is null`);
    this.addSql(`create index subscription_listening on subscription (workspace_id, target)
      where removed_at is null and not paused`);

    // One row a match, whatever happens to readers and workers.
    this.addSql(`
      create table delivery (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        subscription_id uuid not null references subscription (id) on delete cascade,
        user_id uuid not null references user_account (id) on delete cascade,
        event_id uuid not null,
        event_position bigint not null,
        event_type text not null,
        subject_id text not null,
        channel text not null check (channel in ('mail')),
        state text not null default 'queued' check (state in ('queued', 'sent', 'failed')),
        job_id uuid not null,
        attempt integer,
        response text,
        error text,
        created_at timestamptz not null default now(),
        sent_at timestamptz
      )`);
    this.addSql(`create unique index delivery_once on delivery (subscription_id, event_id, channel)`);
    this.addSql(`create index delivery_of_person on delivery (user_id, workspace_id, created_at desc, id desc)`);
    this.addSql(`create index delivery_of_subscription on delivery (subscription_id, created_at desc, id desc)`);
  }

  override down(): void {
    this.addSql(`drop table delivery`);
    this.addSql(`drop table subscription`);
  }
}
