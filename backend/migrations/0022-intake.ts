import { Migration } from '@mikro-orm/migrations';

/** Many mails at once: jobs that are taken several at a time. What remains of removed messages, so that nothing brings them back. */
export class Intake0022 extends Migration {
  override up(): void {
    this.addSql(`
      create table message_tombstone (
        source_id uuid not null references source (id) on delete cascade,
        content_hash bytea not null,
        message_id_hash bytea,
        message_id uuid not null,
        removed_at timestamptz not null default now(),
        primary key (source_id, content_hash)
      )`);
    this.addSql(
      `create index message_tombstone_message_id on message_tombstone (source_id, message_id_hash) where message_id_hash is not null`,
    );
    // Jobs that never ran, by kind: where a worker that takes several at once finds them, the oldest first.
    this.addSql(
      `create index job_fresh on job (queue, name, next_attempt_at) where state = 'queued' and attempt = 0 and not held`,
    );
  }

  override down(): void {
    this.addSql('drop index job_fresh');
    this.addSql('drop table message_tombstone');
  }
}
