import { Migration } from '@mikro-orm/migrations';

/** Side effects as rows, and the circuits of what they talk to. */
export class Jobs0002 extends Migration {
  override up(): void {
    this.addSql(`
      create table job (
        id uuid primary key,
        queue text not null,
        name text not null,
        key text,
        workspace_id uuid,
        subject_type text,
        subject_id text,
        payload jsonb not null,
        destination text,
        state text not null default 'queued' check (state in ('queued', 'running', 'done', 'parked', 'cancelled')),
        held boolean not null default false,
        attempt integer not null default 0,
        failures integer not null default 0,
        next_attempt_at timestamptz not null default now(),
        waits_for_circuit boolean not null default false,
        announced_at timestamptz,
        announced_epoch text,
        lease_until timestamptz,
        lease_owner text,
        last_error text,
        result jsonb,
        created_at timestamptz not null default now(),
        started_at timestamptz,
        finished_at timestamptz,
        check ((state = 'running') = (lease_until is not null))
      )`);
    this.addSql(
      `create unique index job_unfinished_key on job (queue, name, key) where state in ('queued', 'running')`,
    );
    // What the sweeper looks for: due and never announced; announced but still here; running past its lease.
    this.addSql(
      `create index job_due on job (next_attempt_at) where state = 'queued' and not held and announced_at is null`,
    );
    this.addSql(
      `create index job_announced on job (announced_at) where state in ('queued', 'running') and announced_at is not null`,
    );
    this.addSql(`create index job_waits_for_circuit on job (destination) where waits_for_circuit`);
    this.addSql(`create index job_leased on job (lease_until) where state = 'running'`);
    this.addSql(`create index job_finished on job (finished_at) where state in ('done', 'cancelled')`);
    this.addSql(`create index job_unfinished on job (state, queue, id) where state in ('queued', 'running', 'parked')`);
    this.addSql(`create index job_by_subject on job (subject_type, subject_id) where subject_id is not null`);
    // Rows are updated two or three times and then deleted: room on the page keeps the updates of unindexed columns local.
    this.addSql(`alter table job set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)`);
    this.addSql(`
      create table job_circuit (
        destination text primary key,
        failures integer not null,
        trips integer not null default 0,
        open_until timestamptz,
        probe uuid,
        last_error text,
        changed_at timestamptz not null default now()
      )`);
  }

  override down(): void {
    this.addSql('drop table job_circuit');
    this.addSql('drop table job');
  }
}
