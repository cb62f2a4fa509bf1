import { Migration } from '@mikro-orm/migrations';

/** The event log: the outbox, the sealed events in partitions, the hash chains, the readers' cursors and parked events. */
export class EventLog0001 extends Migration {
  override up(): void {
    // No index on seq alone: after years of deletes, or beside an old snapshot, a scan by it would walk over dead entries.
    // The table is emptied all the time: it is vacuumed early.
    this.addSql(`
      create table outbox (
        seq bigint generated always as identity,
        xid xid8 not null default pg_current_xact_id(),
        id uuid not null,
        workspace_id uuid not null,
        scope_kind text not null,
        scope_id uuid,
        type text not null,
        version integer not null,
        subject_type text not null,
        subject_id uuid not null,
        actor jsonb not null,
        address text,
        data jsonb not null,
        occurred_at timestamptz not null
      ) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);
      create index outbox_xid on outbox (xid, seq);
    `);
    this.addSql(`
      create table event (
        position bigint not null,
        id uuid not null,
        workspace_id uuid not null,
        scope_kind text not null,
        scope_id uuid,
        type text not null,
        version integer not null,
        subject_type text not null,
        subject_id uuid not null,
        actor jsonb not null,
        address text,
        address_salt bytea,
        address_digest bytea,
        data jsonb,
        salt bytea,
        digest bytea,
        occurred_at timestamptz not null,
        hash bytea not null,
        constraint event_data_or_digest check ((data is null) = (digest is not null) and (data is null) = (salt is null)),
        constraint event_address_or_digest check ((address is null) = (address_salt is null)),
        primary key (position)
      ) partition by range (position);
      create index event_workspace on event (workspace_id, position);
      create index event_subject on event (subject_id, position);
      create index event_id on event (id);
      create table event_p1 partition of event for values from (1) to (1000001);
    `);
    this.addSql(`
      create table log_state (
        singleton boolean primary key default true check (singleton),
        epoch uuid not null default gen_random_uuid(),
        position bigint not null default 0,
        partition_size bigint not null default 1000000
      ) with (fillfactor = 50);
      insert into log_state default values;

      create table chain_head (
        workspace_id uuid primary key,
        position bigint not null,
        hash bytea not null
      ) with (fillfactor = 50);

      create table log_checkpoint (
        singleton boolean primary key default true check (singleton),
        position bigint not null default 0,
        epoch uuid,
        signature text,
        pruned_at timestamptz
      );
      insert into log_checkpoint default values;

      create table checkpoint_head (
        workspace_id uuid primary key,
        position bigint not null,
        hash bytea not null
      );
    `);
    this.addSql(`
      create table reader_cursor (
        reader text primary key,
        position bigint not null,
        state text not null default 'running' check (state in ('running', 'stopped')),
        parks_in_row integer not null default 0,
        last_error text,
        stopped_at timestamptz,
        updated_at timestamptz not null default now()
      ) with (fillfactor = 50);

      create table parked_event (
        reader text not null references reader_cursor (reader) on delete cascade,
        position bigint not null,
        event_id uuid not null,
        workspace_id uuid not null,
        type text not null,
        subject_type text not null,
        subject_id uuid not null,
        event jsonb not null,
        state text not null check (state in ('parked', 'held', 'discarded')),
        error text,
        attempts integer not null default 0,
        parked_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (reader, position)
      );
      create index parked_event_subject on parked_event (reader, subject_type, subject_id, position)
        where state in ('parked', 'held');
    `);
  }

  override down(): void {
    for (const table of [
      'parked_event',
      'reader_cursor',
      'checkpoint_head',
      'log_checkpoint',
      'chain_head',
      'log_state',
      'event',
      'outbox',
    ])
      this.addSql(`drop table ${table};`);
  }
}
