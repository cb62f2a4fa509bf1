import { Migration } from '@mikro-orm/migrations';

/** What channels need beside their row: devices of people, the keys of push messages, and mail that came back. */
export class Channels0041 extends Migration {
  override up(): void {
    // A device is a person's wherever they are; every other channel belongs to a workspace.
    this.addSql(`alter table notification_channel alter column workspace_id drop not null,
      add column made_by uuid references user_account (id) on delete set null,
      add column hint text not null default '',
      add column fingerprint text,
      add constraint notification_channel_place check (case when kind = 'push' then user_id is not null else workspace_id is not null end)`);
    this.addSql(`create unique index notification_channel_device on notification_channel (user_id, fingerprint)
      where fingerprint is not null and removed_at is null`);

    // One pair for the instance (RFC 8292); the private half is sealed.
    this.addSql(`
      create table vapid_key (
        sole boolean primary key default true check (sole),
        public_key text not null,
        private_key text not null,
        created_at timestamptz not null default now()
      )`);

    // Mails that came back, to count the passing reasons of one address.
    this.addSql(`
      create table mail_bounce (
        id uuid primary key,
        address_hash text not null,
        message_id uuid,
        permanent boolean not null,
        status text not null,
        detail text not null,
        at timestamptz not null default now()
      )`);
    this.addSql(`create index mail_bounce_of_address on mail_bounce (address_hash, at)`);
    this.addSql(`create index mail_bounce_by_age on mail_bounce (at)`);
    // The same report twice counts once.
    this.addSql(`create unique index mail_bounce_once on mail_bounce (message_id, address_hash, status)
      where message_id is not null`);
  }

  override down(): void {
    this.addSql('drop table mail_bounce');
    this.addSql('drop table vapid_key');
    this.addSql(`delete from notification_channel where workspace_id is null`);
    this.addSql('drop index notification_channel_device');
    this.addSql(`alter table notification_channel drop constraint notification_channel_place, drop column fingerprint,
      drop column hint, drop column made_by, alter column workspace_id set not null`);
  }
}
