import { Migration } from '@mikro-orm/migrations';

/** Whose turn it is to renew the token of a mailbox: a refresh token that is used up by its use must be used once. */
export class Renewals0023 extends Migration {
  override up(): void {
    this.addSql(`alter table source_state add column renewal_owner text, add column renewal_until timestamptz`);
  }

  override down(): void {
    this.addSql(`alter table source_state drop column renewal_owner, drop column renewal_until`);
  }
}
