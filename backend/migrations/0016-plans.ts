import { Migration } from '@mikro-orm/migrations';

/** Plans of workspaces, what they use of what their plan includes, and what is paid for. */
export class Plans0016 extends Migration {
  override up(): void {
    // No row while neither an operator nor a payment named a plan.
    this.addSql(`
      create table workspace_plan (
        workspace_id uuid primary key references workspace (id) on delete cascade,
        assigned text,
        paid text,
        changed_at timestamptz not null default now()
      )`);

    // The row is what those who take the last share wait for. The figure is carried on for costly kinds only.
    this.addSql(`
      create table quota_use (
        workspace_id uuid not null references workspace (id) on delete cascade,
        quota text not null,
        used bigint,
        counted_at timestamptz,
        primary key (workspace_id, quota)
      )`);

    // What a workspace was told, once a month.
    this.addSql(`
      create table quota_notice (
        workspace_id uuid not null references workspace (id) on delete cascade,
        quota text not null,
        period date not null,
        percent smallint not null,
        noted_at timestamptz not null default now(),
        primary key (workspace_id, quota, period, percent)
      )`);

    this.addSql(`
      create table api_call_use (
        workspace_id uuid not null references workspace (id) on delete cascade,
        month date not null,
        calls bigint not null,
        primary key (workspace_id, month)
      )`);

    // Built by a reader of the log, month by month: what there was in the end, and the most there was.
    this.addSql(`
      create table usage_level (
        workspace_id uuid not null references workspace (id) on delete cascade,
        quota text not null,
        month date not null,
        level bigint not null,
        peak bigint not null,
        primary key (workspace_id, quota, month)
      )`);

    // Who pays, as the payment provider knows it. "wanted" counts what it told us, "synced" how much of that is looked after.
    this.addSql(`
      create table billing (
        workspace_id uuid primary key references workspace (id) on delete cascade,
        customer_id text not null constraint billing_customer unique,
        subscription_id text,
        status text,
        plan text,
        period_ends_at timestamptz,
        ends_at timestamptz,
        failing_since timestamptz,
        grace_until timestamptz,
        wanted integer not null default 0,
        synced integer not null default 0,
        synced_at timestamptz
      )`);
    this.addSql(`
      create table payment_event (
        id text primary key,
        type text not null,
        received_at timestamptz not null default now()
      )`);
    this.addSql(`create index payment_event_received on payment_event (received_at)`);
  }

  override down(): void {
    for (const table of [
      'payment_event',
      'billing',
      'usage_level',
      'api_call_use',
      'quota_notice',
      'quota_use',
      'workspace_plan',
    ])
      this.addSql(`drop table ${table}`);
  }
}
