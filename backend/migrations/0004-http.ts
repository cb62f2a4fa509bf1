import { Migration } from '@mikro-orm/migrations';

/** Answers to POST requests that carried an Idempotency-Key. */
export class Http0004 extends Migration {
  override up(): void {
    this.addSql(`
      create table idempotency_key (
        actor_id uuid not null,
        key text not null check (length(key) between 1 and 255),
        fingerprint bytea not null,
        state text not null check (state in ('running', 'applied', 'done')),
        attempt uuid not null,
        lease_until timestamptz not null,
        secret boolean not null default false,
        status smallint,
        headers jsonb,
        body bytea,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null,
        primary key (actor_id, key)
      )`);
    this.addSql(`create index idempotency_key_expires_at on idempotency_key (expires_at)`);
  }

  override down(): void {
    this.addSql(`drop table idempotency_key`);
  }
}
