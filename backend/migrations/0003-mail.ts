import { Migration } from '@mikro-orm/migrations';

/** The preview mailbox: what would have been sent while no mail server is set. */
export class Mail0003 extends Migration {
  override up(): void {
    this.addSql(`
      create table preview_mail (
        id uuid primary key,
        message_id text not null unique,
        sender text not null,
        recipients text[] not null,
        subject text not null,
        html text,
        body_text text,
        raw bytea not null,
        created_at timestamptz not null default now()
      )`);
  }

  override down(): void {
    this.addSql('drop table preview_mail');
  }
}
