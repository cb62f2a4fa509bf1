import { Migration } from '@mikro-orm/migrations';

/** Runs whose worker died are counted apart from failed ones: a power cut says nothing about the job that it hit. */
export class JobDeaths0007 extends Migration {
  override up(): void {
    this.addSql(`alter table job add column deaths integer not null default 0`);
  }

  override down(): void {
    this.addSql(`alter table job drop column deaths`);
  }
}
