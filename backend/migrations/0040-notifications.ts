import { Migration } from '@mikro-orm/migrations';

/** What people are told: their inbox, where else it goes, and how they want it. */
export class Notifications0040 extends Migration {
  override up(): void {
    // What a notification says is made from its events whenever it is shown or sent: the row holds no copy of them.
    this.addSql(`
      create table notification (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        user_id uuid not null references user_account (id) on delete cascade,
        source_type text,
        source_id uuid,
        topic text not null,
        type text not null,
        subject_type text not null,
        subject_id text not null,
        scope_kind text not null,
        scope_id uuid,
        position bigint not null,
        events jsonb not null,
        total integer not null,
        form text not null check (form in ('single', 'burst', 'digest')),
        reason jsonb,
        read_at timestamptz,
        archived_at timestamptz,
        snoozed_until timestamptz,
        created_at timestamptz not null default now()
      )`);
    this.addSql(`create index notification_of_person on notification (user_id, created_at desc, id desc)`);
    this.addSql(`create index notification_unread on notification (user_id, workspace_id)
      where read_at is null and archived_at is null`);
    this.addSql(`create index notification_archived on notification (archived_at) where archived_at is not null`);
    this.addSql(`create index notification_in_workspace on notification (workspace_id)`);

    // The settings of a channel are sealed: addresses of chats and webhooks are secrets.
    this.addSql(`
      create table notification_channel (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        user_id uuid references user_account (id) on delete cascade,
        kind text not null check (kind in ('push', 'slack', 'discord', 'webhook')),
        name text not null,
        settings text not null,
        version integer not null default 1,
        failing_since timestamptz,
        disabled_reason text,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        removed_at timestamptz
      )`);
    this
      .addSql(`create index notification_channel_of_workspace on notification_channel (workspace_id, created_at desc, id desc)
      where removed_at is null`);
    this.addSql(
      `create index notification_channel_of_person on notification_channel (user_id) where user_id is not null`,
    );

    // Deliveries from before have no notification: each is about one event of its subscription.
    this.addSql(`alter table delivery alter column subscription_id drop not null,
      add column notification_id uuid references notification (id) on delete cascade,
      add column channel_id uuid references notification_channel (id) on delete set null,
      add column tries jsonb not null default '[]',
      drop constraint delivery_channel_check,
      add constraint delivery_channel_check check (channel in ('mail', 'push', 'slack', 'discord', 'webhook')),
      add constraint delivery_reason_check check (subscription_id is not null or notification_id is not null)`);
    this.addSql(`drop index delivery_once`);
    this.addSql(`create unique index delivery_once on delivery (subscription_id, event_id, channel)
      where notification_id is null`);
    this.addSql(`create unique index delivery_of_notification on delivery (notification_id, channel, channel_id)
      nulls not distinct where notification_id is not null`);
    this.addSql(`create index delivery_of_channel on delivery (channel_id) where channel_id is not null`);

    // One row for a person, one for each workspace and project in which they want something else.
    this.addSql(`
      create table notification_preference (
        id uuid primary key,
        user_id uuid not null references user_account (id) on delete cascade,
        workspace_id uuid references workspace (id) on delete cascade,
        project_id uuid,
        rules jsonb not null,
        version integer not null default 1,
        updated_at timestamptz not null default now(),
        unique nulls not distinct (user_id, workspace_id, project_id),
        check (project_id is null or workspace_id is not null)
      )`);

    // Addresses that mail does not reach. They are found by a digest and kept sealed.
    this.addSql(`
      create table mail_suppression (
        address_hash text primary key,
        address text not null,
        reason text not null check (reason in ('bounce', 'complaint', 'operator')),
        detail text,
        since timestamptz not null default now()
      )`);
  }

  override down(): void {
    this.addSql('drop table mail_suppression');
    this.addSql('drop table notification_preference');
    this.addSql('delete from delivery where notification_id is not null');
    this.addSql('drop index delivery_of_channel');
    this.addSql('drop index delivery_of_notification');
    this.addSql('drop index delivery_once');
    this.addSql(`alter table delivery drop constraint delivery_reason_check, drop constraint delivery_channel_check,
      drop column tries, drop column channel_id, drop column notification_id,
      alter column subscription_id set not null, add constraint delivery_channel_check check (channel in ('mail'))`);
    this.addSql('create unique index delivery_once on delivery (subscription_id, event_id, channel)');
    this.addSql('drop table notification_channel');
    this.addSql('drop table notification');
  }
}
