import { Migration } from '@mikro-orm/migrations';

/** Finds what is old enough to be forgotten. */
export class OldMatches0032 extends Migration {
  override up(): void {
    // A few bytes for each hundred pages, since matches come in the order of their times.
    this.addSql(`create index subscription_match_old on subscription_match using brin (created_at)`);
  }

  override down(): void {
    this.addSql(`drop index subscription_match_old`);
  }
}
