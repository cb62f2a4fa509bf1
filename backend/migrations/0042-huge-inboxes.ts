import { Migration } from '@mikro-orm/migrations';

/** Finds the newest notification of each thing, and what is to be read in the order of the ids, however many there are. */
export class HugeInboxes0042 extends Migration {
  override up(): void {
    this.addSql(`create index notification_of_subject on notification
      (user_id, workspace_id, subject_type, subject_id, created_at desc, id desc)`);
    this.addSql(`create index notification_to_read on notification (user_id, id) where read_at is null`);
    // What is unread and was archived is rare: the other one counts as well.
    this.addSql(`drop index notification_unread`);
  }

  override down(): void {
    this.addSql(`create index notification_unread on notification (user_id, workspace_id)
      where read_at is null and archived_at is null`);
    this.addSql(`drop index notification_to_read`);
    this.addSql(`drop index notification_of_subject`);
  }
}
