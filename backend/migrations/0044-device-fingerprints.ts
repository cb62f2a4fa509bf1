import { Migration } from '@mikro-orm/migrations';

/** Finds one browser among the devices of all people. */
export class DeviceFingerprints0044 extends Migration {
  override up(): void {
    this.addSql(`create index notification_channel_fingerprint on notification_channel (fingerprint)
      where fingerprint is not null and removed_at is null`);
  }

  override down(): void {
    this.addSql('drop index notification_channel_fingerprint');
  }
}
