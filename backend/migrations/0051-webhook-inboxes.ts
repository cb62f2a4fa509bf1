import { Migration } from '@mikro-orm/migrations';

/** Sending many again, inboxes to look into, and webhooks that come in. */
export class WebhookInboxes0051 extends Migration {
  override up(): void {
    this.addSql(`create index webhook_delivery_age on webhook_delivery using brin (created_at)`);

    this.addSql(`
      create table webhook_replay (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        endpoint_id uuid references webhook_endpoint (id) on delete cascade,
        by_user uuid,
        filter text not null,
        from_at timestamptz,
        to_at timestamptz not null,
        state text not null default 'running' check (state in ('running', 'done', 'failed')),
        error text,
        total integer,
        done integer not null default 0,
        last_at timestamptz,
        last_id uuid,
        created_at timestamptz not null,
        finished_at timestamptz
      )`);
    this.addSql(`create index webhook_replay_of_workspace on webhook_replay (workspace_id, created_at desc, id desc)`);

    this.addSql(`
      create table webhook_inbox (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        name text not null,
        created_at timestamptz not null,
        expires_at timestamptz not null
      )`);
    this.addSql(`create index webhook_inbox_of_workspace on webhook_inbox (workspace_id, created_at desc, id desc)`);
    this.addSql(`
      create table webhook_inbox_request (
        id uuid primary key,
        inbox_id uuid not null references webhook_inbox (id) on delete cascade,
        received_at timestamptz not null,
        headers jsonb not null,
        body text not null,
        size integer not null
      )`);
    this.addSql(`create index webhook_inbox_request_of_inbox on webhook_inbox_request (inbox_id, id desc)`);

    this.addSql(`
      create table incoming_webhook (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        name text not null,
        scheme text not null check (scheme in ('standard', 'github', 'secret')),
        secret text not null,
        enabled boolean not null default true,
        received bigint not null default 0,
        refused bigint not null default 0,
        last_received_at timestamptz,
        last_refused_at timestamptz,
        last_refusal text,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        removed_at timestamptz
      )`);
    this.addSql(`create index incoming_webhook_of_workspace on incoming_webhook (workspace_id, created_at desc, id desc)
      where removed_at is null`);
    // What was taken once is not taken again.
    this.addSql(`
      create table incoming_receipt (
        webhook_id uuid not null references incoming_webhook (id) on delete cascade,
        delivery_id text not null,
        received_at timestamptz not null default now(),
        primary key (webhook_id, delivery_id)
      )`);
    this.addSql(`create index incoming_receipt_age on incoming_receipt using brin (received_at)`);
  }

  override down(): void {
    for (const table of [
      'incoming_receipt',
      'incoming_webhook',
      'webhook_inbox_request',
      'webhook_inbox',
      'webhook_replay',
    ])
      this.addSql(`drop table ${table}`);
    this.addSql(`drop index webhook_delivery_age`);
  }
}
