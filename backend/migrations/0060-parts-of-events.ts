import { Migration } from '@mikro-orm/migrations';

/** Readers: how far one is within an event that it reads in parts, with the event's position. */
export class PartsOfEvents0060 extends Migration {
  override up(): void {
    this.addSql(`alter table reader_cursor add column part jsonb`);
  }

  override down(): void {
    this.addSql(`alter table reader_cursor drop column part`);
  }
}
