import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { World } from './world.js';

const EVENTS = 200_000;
const AT_ONCE = 2_000;
/** One in so many is what the subscription asks for. */
const MATCHES_ONE_IN = 1_000;
const REST_MS = 600_000;
/** What the process has for its objects, in MiB: far less than the burst takes as objects, some 500. */
const HEAP = 320;

let world: World;
let client: pg.Client;

beforeAll(async () => {
  world = await World.create(['price<=1000'], { NODE_OPTIONS: `--max-old-space-size=${HEAP}` });
  client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
}, 120_000);
afterAll(async () => {
  await client.end();
  await world.dispose();
}, 120_000);

// As `EventLog.record` writes them, a transaction for each share; some 1 kB of data an event.
const BURST = `
  insert into outbox (id, workspace_id, scope_kind, type, version, subject_type, subject_id, actor, data, occurred_at)
  select uuidv7(), $1, 'workspace', 'deal.found', 1, 'deal', uuidv7(), '{"kind":"system","id":null,"userId":null}',
         jsonb_build_object('title', repeat('A deal of the burst. ', 40), 'priceMinor', case when n % $4 = 0 then 50000 else 900000 end,
           'currency', 'USD', 'status', 'active', 'origins', '[]'::jsonb, 'destinations', '[]'::jsonb, 'originKeys', '[]'::jsonb,
           'destinationKeys', '[]'::jsonb, 'airlines', '[]'::jsonb, 'airlinesFolded', '[]'::jsonb, 'cabin', null, 'tripType', null,
           'nonstop', null, 'travelFrom', null, 'travelTo', null, 'bookBy', null, 'link', null, 'kind', null, 'confidence', 1,
           'percentile', null, 'z', null, 'sourceId', uuidv7(), 'foundAt', now(), 'titleFolded', 'a deal', 'words', '[]'::jsonb), now()
    from generate_series($2::int, $3::int) n`;

/** How far the slowest reader, or the sealer, is behind what was committed. */
async function behind(): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `select ((select count(*) from outbox) + (select max(s.position - c.position) from log_state s, reader_cursor c))::int as n`,
  );
  return rows[0]!.n;
}

/** The lag of the reader of subscriptions, as the metrics tell it. */
async function shownLag(): Promise<number> {
  const text = await (await fetch(`${world.app.url}/metrics`)).text();
  return Number(/signalbox_log_reader_lag_events\{reader="subscriptions"\} (\d+)/.exec(text)?.[1] ?? NaN);
}

it(
  `takes a burst of ${EVENTS} events: a small heap is enough, the lag is seen and drains, nobody is forgotten or told twice`,
  async () => {
    let lag = 0;
    for (let first = 1; first <= EVENTS; first += AT_ONCE) {
      await client.query(BURST, [world.team.workspaceId, first, first + AT_ONCE - 1, MATCHES_ONE_IN]);
      lag = Math.max(lag, await shownLag());
    }
    let left = await behind();
    for (const until = Date.now() + REST_MS; left > 0 && Date.now() < until; left = await behind()) {
      lag = Math.max(lag, await shownLag());
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(left).toBe(0);
    expect(lag).toBeGreaterThan(0);
    // The figure is that of the reader's last look, which may have come before its last event.
    let shown = await shownLag();
    for (const until = Date.now() + REST_MS; shown > 0 && Date.now() < until; shown = await shownLag())
      await new Promise((resolve) => setTimeout(resolve, 250));
    expect(shown).toBe(0);
    const { rows } = await client.query(
      `select count(*)::int as told, count(distinct event_id)::int as different,
              (select count(*)::int from event where type = 'deal.found') as sealed from subscription_match`,
    );
    const told = EVENTS / MATCHES_ONE_IN;
    expect(rows[0]).toEqual({ told, different: told, sealed: EVENTS });
    // It would have died of a heap that the burst does not fit into.
    expect(await world.app.stop()).toBe(0);
  },
  REST_MS + 300_000,
);
