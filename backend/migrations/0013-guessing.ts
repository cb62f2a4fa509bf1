import { Migration } from '@mikro-orm/migrations';

/** Wrong attempts at passwords and codes, by digests of accounts, devices and networks. */
export class Guessing0013 extends Migration {
  override up(): void {
    this.addSql(`
      create table guess_count (
        subject bytea primary key,
        kind text not null,
        guesses integer not null default 0,
        told integer not null default 0,
        last_at timestamptz not null default clock_timestamp(),
        locked_until timestamptz
      );
      create index guess_count_last on guess_count (last_at);
    `);
  }

  override down(): void {
    this.addSql('drop table guess_count;');
  }
}
