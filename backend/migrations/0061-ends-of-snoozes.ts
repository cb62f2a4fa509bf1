import { Migration } from '@mikro-orm/migrations';

/** Notifications that were put off: found by when they come back. Those that are back are not put off any more. */
export class EndsOfSnoozes0061 extends Migration {
  override up(): void {
    this.addSql(`update notification set snoozed_until = null where snoozed_until <= now()`);
    this.addSql(`create index notification_returning on notification (snoozed_until) where snoozed_until is not null`);
  }

  override down(): void {
    this.addSql(`drop index notification_returning`);
  }
}
