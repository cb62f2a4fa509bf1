import { Migration } from '@mikro-orm/migrations';

/** Where deal mail comes from, the mail itself, the deals found in it, and the prices of each route. */
export class Deals0020 extends Migration {
  override up(): void {
    // A removed source stays as a row, without its credentials and address: its messages and deals still name it.
    this.addSql(`
      create table source (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        kind text not null check (kind in ('smtp', 'imap', 'feed', 'upload')),
        name text not null,
        settings jsonb not null default '{}',
        credentials text,
        address text constraint source_address unique,
        paused boolean not null default false,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        removed_at timestamptz
      )`);
    this.addSql(`create index source_of_workspace on source (workspace_id, created_at, id) where removed_at is null`);

    // What machines write about a source, apart from what people write, so that neither waits for the other.
    this.addSql(`
      create table source_state (
        source_id uuid primary key references source (id) on delete cascade,
        failures integer not null default 0,
        failing_since timestamptz,
        last_success_at timestamptz,
        last_message_at timestamptz,
        last_error text,
        last_error_at timestamptz,
        lease_owner text,
        lease_until timestamptz,
        next_run_at timestamptz not null default now(),
        uid_validity bigint,
        last_uid bigint,
        etag text,
        last_modified text
      )`);
    this.addSql(`create index source_state_due on source_state (next_run_at)`);

    this.addSql(`
      create table message (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        source_id uuid not null references source (id) on delete cascade,
        state text not null default 'received' check (state in ('received', 'parsed', 'no_deal', 'failed')),
        storage_key text not null,
        size integer not null,
        content_hash bytea not null,
        message_id_hash bytea,
        uid_validity bigint,
        uid bigint,
        subject text not null,
        sender text not null,
        sent_at timestamptz,
        received_at timestamptz not null,
        parser_version integer,
        parsed_at timestamptz,
        parse_count integer not null default 0,
        deal_count integer not null default 0,
        error text,
        version integer not null default 1
      )`);
    this.addSql(`create unique index message_content on message (source_id, content_hash)`);
    this.addSql(
      `create unique index message_message_id on message (source_id, message_id_hash) where message_id_hash is not null`,
    );
    this.addSql(`create unique index message_uid on message (source_id, uid_validity, uid) where uid is not null`);
    this.addSql(`create index message_received on message (workspace_id, received_at desc, id desc)`);
    this.addSql(`create index message_by_state on message (workspace_id, state, received_at desc, id desc)`);

    this.addSql(`
      create table deal (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        source_id uuid not null references source (id) on delete cascade,
        message_id uuid not null references message (id) on delete cascade,
        fingerprint bytea not null,
        offer bytea not null,
        title text not null,
        title_folded text not null,
        words text[] not null,
        origins jsonb not null,
        destinations jsonb not null,
        origin_keys text[] not null,
        destination_keys text[] not null,
        price_minor bigint not null,
        currency text not null,
        airlines text[] not null,
        airlines_folded text[] not null,
        cabin text,
        trip_type text,
        nonstop boolean,
        travel_from date,
        travel_to date,
        book_by date,
        link text,
        kind text,
        confidence real not null,
        percentile real,
        z real,
        status text not null default 'active' check (status in ('active', 'expired')),
        evidence jsonb not null,
        found_at timestamptz not null,
        last_seen_at timestamptz not null,
        expires_at timestamptz not null,
        version integer not null default 1
      )`);
    // Two messages read at once may offer the same deal: the second finds the first one's row.
    this.addSql(`create unique index deal_live on deal (workspace_id, fingerprint) where status = 'active'`);
    this.addSql(`create index deal_identity on deal (workspace_id, fingerprint)`);
    this.addSql(`create index deal_offer on deal (workspace_id, offer) where status = 'active'`);
    this.addSql(`create index deal_found on deal (workspace_id, found_at desc, id desc)`);
    this.addSql(`create index deal_price on deal (workspace_id, price_minor, id)`);
    this.addSql(`create index deal_percentile on deal (workspace_id, percentile, id)`);
    this.addSql(`create index deal_expiry on deal (expires_at) where status = 'active'`);
    this.addSql(`create index deal_message on deal (message_id)`);
    // Without the workspace: its posting list would be as long as the table, and an instance has few workspaces. One index over
    // all three intersects a route by itself.
    this.addSql(`create index deal_keys on deal using gin (origin_keys, destination_keys, words)`);

    this.addSql(`
      create table deal_sighting (
        message_id uuid not null references message (id) on delete cascade,
        fingerprint bytea not null,
        deal_id uuid not null references deal (id) on delete cascade,
        source_id uuid not null,
        price_minor bigint not null,
        confidence real not null,
        evidence jsonb not null,
        seen_at timestamptz not null,
        primary key (message_id, fingerprint)
      )`);
    this.addSql(`create index deal_sighting_deal on deal_sighting (deal_id, seen_at desc)`);

    // A withdrawn deal that its message, read once more, offers again comes back under its old id.
    this.addSql(`
      create table deal_tombstone (
        message_id uuid not null references message (id) on delete cascade,
        fingerprint bytea not null,
        deal_id uuid not null,
        found_at timestamptz not null,
        withdrawn_at timestamptz not null default now(),
        primary key (message_id, fingerprint)
      )`);

    this.addSql(`
      create table route_price (
        id bigint generated always as identity primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        origin text not null,
        destination text not null,
        currency text not null,
        trip_type text not null,
        cabin text not null,
        price_minor bigint not null,
        deal_id uuid not null references deal (id) on delete cascade,
        seen_at timestamptz not null
      )`);
    this.addSql(`
      create unique index route_price_once
        on route_price (deal_id, origin, destination, currency, trip_type, cabin, price_minor)`);
    this.addSql(`
      create index route_price_history
        on route_price (workspace_id, origin, destination, currency, trip_type, cabin, seen_at) include (price_minor)`);
  }

  override down(): void {
    for (const table of ['route_price', 'deal_tombstone', 'deal_sighting', 'deal', 'message', 'source_state', 'source'])
      this.addSql(`drop table ${table}`);
  }
}
