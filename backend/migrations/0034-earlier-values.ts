import { Migration } from '@mikro-orm/migrations';

/** Events that tell what was before are few among all, and are looked for by that. */
export class EarlierValues0034 extends Migration {
  override up(): void {
    this.addSql(`create index event_before on event (workspace_id, position) where (data->'before') is not null`);
  }

  override down(): void {
    this.addSql('drop index event_before');
  }
}
