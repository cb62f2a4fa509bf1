import { Migration } from '@mikro-orm/migrations';

/** What keeps an instance over years: restores, master keys, the retention of the log, erasing a person from it. */
export class Upkeep0006 extends Migration {
  override up(): void {
    // The last restore, if there was one. It stands from the commit of the tables on, before the files are in place.
    this.addSql(`
      create table log_restore (
        singleton boolean primary key default true check (singleton),
        backup_made_at timestamptz not null,
        restored_at timestamptz not null default now(),
        held_to bigint not null,
        files_in_place boolean not null default false,
        released_at timestamptz
      )`);

    // Every master key that may have sealed something, by a fingerprint that tells nothing of the key.
    this.addSql(`
      create table master_key (
        id text primary key,
        fingerprint bytea not null,
        noted_at timestamptz not null default now()
      )`);

    this.addSql(`alter table log_checkpoint add column looked_at timestamptz`);

    // Erasing a person looks for them in these three places; most events have none of them.
    this.addSql(`create index event_actor_person on event ((actor->>'userId')) where actor->>'userId' is not null`);
    this.addSql(`create index event_data_person on event ((data->>'userId')) where data->>'userId' is not null`);
    this.addSql(`create index event_scope_person on event (scope_id) where scope_kind = 'user'`);
  }

  override down(): void {
    for (const index of ['event_scope_person', 'event_data_person', 'event_actor_person'])
      this.addSql(`drop index ${index}`);
    this.addSql(`alter table log_checkpoint drop column looked_at`);
    this.addSql(`drop table master_key`);
    this.addSql(`drop table log_restore`);
  }
}
