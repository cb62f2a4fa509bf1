import { Migration } from '@mikro-orm/migrations';

/** Sources: which settings what a machine writes belongs to, and the messages that were passed over. */
export class Sources0021 extends Migration {
  override up(): void {
    this.addSql(`
      alter table source_state
        add column generation integer not null default 0,
        add column refused_count integer not null default 0,
        add column last_refusal text,
        add column last_refusal_at timestamptz`);
  }

  override down(): void {
    this.addSql(`
      alter table source_state
        drop column generation, drop column refused_count, drop column last_refusal, drop column last_refusal_at`);
  }
}
