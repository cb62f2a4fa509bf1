import { Migration } from '@mikro-orm/migrations';

/** Finds what runs and waits of one destination, and the channels of who deletes their account. */
export class Destinations0043 extends Migration {
  override up(): void {
    this.addSql(`create index job_of_destination on job (destination, state)
      where state in ('queued', 'running') and destination is not null`);
    this.addSql(
      `create index notification_channel_made_by on notification_channel (made_by) where made_by is not null`,
    );
  }

  override down(): void {
    this.addSql('drop index notification_channel_made_by');
    this.addSql('drop index job_of_destination');
  }
}
