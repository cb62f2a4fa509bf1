import { Migration } from '@mikro-orm/migrations';

/** Webhooks: where they go, what signs them, what is to be sent and how each attempt went. */
export class Webhooks0050 extends Migration {
  override up(): void {
    // A removed endpoint stays as a row: its deliveries still name it. The owner's rights decide what it is told of.
    this.addSql(`
      create table webhook_endpoint (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        owner_id uuid,
        owner_scopes text[],
        url text not null,
        description text not null,
        target text not null,
        filter text not null,
        types text[],
        headers text,
        header_names text[] not null default '{}',
        payload_version integer not null,
        rate_per_second integer,
        ordered boolean not null default false,
        hook boolean not null default false,
        state text not null default 'enabled' check (state in ('enabled', 'disabled', 'paused')),
        state_reason text,
        version integer not null default 1,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        removed_at timestamptz
      )`);
    this.addSql(`create index webhook_endpoint_of_workspace on webhook_endpoint (workspace_id, created_at desc, id desc)
      where removed_at is null`);

    this.addSql(`
      create table webhook_secret (
        id uuid primary key,
        endpoint_id uuid not null references webhook_endpoint (id) on delete cascade,
        kind text not null check (kind in ('hmac', 'ed25519')),
        sealed text not null,
        public_key text,
        created_at timestamptz not null,
        expires_at timestamptz
      )`);
    this.addSql(`create index webhook_secret_of_endpoint on webhook_secret (endpoint_id)`);

    // One row an event and endpoint, whatever happens to readers and senders. The body is made of the event when it is sent.
    this.addSql(`
      create table webhook_delivery (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        endpoint_id uuid not null references webhook_endpoint (id) on delete cascade,
        event_id uuid not null,
        event_position bigint not null,
        event_type text not null,
        subject_id text not null,
        test boolean not null default false,
        state text not null default 'queued' check (state in ('queued', 'delivered', 'failed')),
        held boolean not null default false,
        attempts integer not null default 0,
        failures integer not null default 0,
        next_attempt_at timestamptz not null default now(),
        status integer,
        error text,
        duration_ms integer,
        created_at timestamptz not null default now(),
        finished_at timestamptz,
        unique (endpoint_id, event_id)
      )`);
    this.addSql(
      `create index webhook_delivery_due on webhook_delivery (endpoint_id, next_attempt_at) where state = 'queued'`,
    );
    this.addSql(
      `create index webhook_delivery_order on webhook_delivery (endpoint_id, event_position) where state = 'queued'`,
    );
    this.addSql(
      `create index webhook_delivery_of_workspace on webhook_delivery (workspace_id, created_at desc, id desc)`,
    );
    this.addSql(
      `create index webhook_delivery_of_endpoint on webhook_delivery (endpoint_id, created_at desc, id desc)`,
    );

    this.addSql(`
      create table webhook_attempt (
        delivery_id uuid not null references webhook_delivery (id) on delete cascade,
        attempt integer not null,
        started_at timestamptz not null,
        duration_ms integer not null,
        status integer,
        headers jsonb,
        body text,
        error text,
        primary key (delivery_id, attempt)
      )`);

    // Which process sends to which endpoint. A lane is taken for some seconds and renewed; a result is written only while its
    // epoch still holds. \`due_at\` is when to look next; \`wakes\` keeps a release from overlooking what came meanwhile.
    this.addSql(`
      create table webhook_lane (
        endpoint_id uuid primary key references webhook_endpoint (id) on delete cascade,
        due_at timestamptz,
        wakes bigint not null default 0,
        owner text,
        held_until timestamptz,
        epoch bigint not null default 0,
        failing_since timestamptz
      )`);
    this.addSql(`create index webhook_lane_due on webhook_lane (due_at) where due_at is not null`);
  }

  override down(): void {
    for (const table of ['webhook_lane', 'webhook_attempt', 'webhook_delivery', 'webhook_secret', 'webhook_endpoint'])
      this.addSql(`drop table ${table}`);
  }
}
