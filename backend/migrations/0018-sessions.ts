import { Migration } from '@mikro-orm/migrations';

/** Sessions by their person, those that are over included: each sign-in removes old ones, and an erasure all of them. */
export class Sessions0018 extends Migration {
  override up(): void {
    this.addSql('create index session_person on session (user_id, created_at)');
  }

  override down(): void {
    this.addSql('drop index session_person');
  }
}
