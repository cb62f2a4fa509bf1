import { Migration } from '@mikro-orm/migrations';

/** Counts what is unread kind by kind, and lists what is archived or not, without reading what stands in the other box. */
export class UnreadCounts0045 extends Migration {
  override up(): void {
    // Whoever may see one of the same type and scope may see all of them; what is put off comes last in each.
    this.addSql(`create index notification_unread on notification (user_id, workspace_id, type, scope_kind,
      coalesce(scope_id, '00000000-0000-0000-0000-000000000000'::uuid), snoozed_until)
      where read_at is null and archived_at is null`);
    this.addSql(`create index notification_open on notification (user_id, created_at desc, id desc)
      where archived_at is null`);
    this.addSql(`create index notification_put_away on notification (user_id, created_at desc, id desc)
      where archived_at is not null`);
    this.addSql(`create index notification_snoozed on notification (user_id, created_at desc, id desc)
      where archived_at is null and snoozed_until is not null`);
  }

  override down(): void {
    for (const name of ['snoozed', 'put_away', 'open', 'unread']) this.addSql(`drop index notification_${name}`);
  }
}
