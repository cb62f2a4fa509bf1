import { Migration } from '@mikro-orm/migrations';

/** When subscriptions tell, who shares them, and what became of each match. */
export class Matches0031 extends Migration {
  override up(): void {
    // Without a person it is the workspace's own, which members join and leave.
    this.addSql(`
      alter table subscription
        alter column user_id drop not null,
        add column plan jsonb not null default '{}',
        add column snoozed_until timestamptz,
        add column expires_at timestamptz`);
    this.addSql(`create index subscription_shared on subscription (workspace_id, created_at desc, id desc)
      where user_id is null and removed_at is null`);
    this.addSql(`
      create table subscription_participant (
        id uuid primary key,
        subscription_id uuid not null references subscription (id) on delete cascade,
        user_id uuid not null references user_account (id) on delete cascade,
        joined_at timestamptz not null
      )`);
    this.addSql(
      `create unique index subscription_participant_once on subscription_participant (subscription_id, user_id)`,
    );
    this.addSql(`create index subscription_participant_person on subscription_participant (user_id)`);
    // Who is told by which subscription: its owner, under the subscription's own id, or each who joined.
    this.addSql(`
      create view subscription_seat as
        select id, id as subscription_id, user_id, created_at as since from subscription where user_id is not null
        union all
        select id, subscription_id, user_id, joined_at from subscription_participant`);

    // One row a match and person, whatever happens to readers and sweeps.
    this.addSql(`
      create table subscription_match (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        subscription_id uuid not null references subscription (id) on delete cascade,
        user_id uuid not null references user_account (id) on delete cascade,
        seat_id uuid not null,
        event_id uuid not null,
        event_position bigint not null,
        event_type text not null,
        subject_type text not null,
        subject_id text not null,
        scope_kind text not null,
        scope_id uuid,
        occurred_at timestamptz not null,
        reason jsonb not null,
        rule_group text,
        figure double precision,
        state text not null check (state in ('told', 'waiting', 'held')),
        why text,
        due_at timestamptz check ((state = 'waiting') = (due_at is not null)),
        notification_id uuid check ((state = 'told') = (notification_id is not null)),
        created_at timestamptz not null default now(),
        settled_at timestamptz
      )`);
    this.addSql(`create unique index subscription_match_once on subscription_match (seat_id, event_id)`);
    this.addSql(`create index subscription_match_of_seat on subscription_match (seat_id, created_at desc, id desc)`);
    this.addSql(`create index subscription_match_of_subscription on subscription_match (subscription_id)`);
    this.addSql(`create index subscription_match_of_person on subscription_match (user_id)`);
    this.addSql(`create index subscription_match_due on subscription_match (due_at, seat_id) where state = 'waiting'`);
    this.addSql(
      `create index subscription_match_waiting on subscription_match (seat_id, due_at) where state = 'waiting'`,
    );
    this.addSql(`create index subscription_match_window on subscription_match (seat_id, rule_group, occurred_at desc)
      where rule_group is not null`);

    // What a subscription remembers of the things it matched; only those with a cooldown or a crossing do.
    this.addSql(`
      create table subscription_thing (
        seat_id uuid not null,
        thing text not null,
        subscription_id uuid not null references subscription (id) on delete cascade,
        user_id uuid not null references user_account (id) on delete cascade,
        matching boolean not null,
        told_at timestamptz,
        told_value double precision,
        primary key (seat_id, thing)
      )`);
    this.addSql(`create index subscription_thing_matching on subscription_thing (thing) where matching`);
    this.addSql(`create index subscription_thing_of_subscription on subscription_thing (subscription_id)`);
    this.addSql(`create index subscription_thing_of_person on subscription_thing (user_id)`);
  }

  override down(): void {
    this.addSql(`drop table subscription_thing`);
    this.addSql(`drop table subscription_match`);
    this.addSql(`drop view subscription_seat`);
    this.addSql(`drop table subscription_participant`);
    this.addSql(`drop index subscription_shared`);
    this.addSql(`delete from subscription where user_id is null`);
    this.addSql(`
      alter table subscription
        alter column user_id set not null,
        drop column plan,
        drop column snoozed_until,
        drop column expires_at`);
  }
}
