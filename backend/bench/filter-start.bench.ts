// How long until a process that starts asks every subscription: 1,000,000 rows in PostgreSQL, their filters compiled from the rows,
// then from disk, then from disk after a thousand rows have changed behind its back. The answers of every start are compared.
// Options: --sizes=100000,1000000
import { readFileSync, rmSync, statSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Listeners, type SeatListener } from '#modules/subscriptions/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import { query, Reads, Transactions } from '#platform/database/index.js';
import {
  FilterTargets,
  type EventFilterSnapshots,
  type JudgedEvent,
  type StoredEventFilters,
} from '#platform/filters/index.js';
import { Room } from '#test/subscriptions.js';
import { dice } from './lib/filter-worlds.js';

const sizes = process.argv
  .find((argument) => argument.startsWith('--sizes='))
  ?.slice(8)
  .split(',')
  .map(Number) ?? [100_000, 1_000_000];
const CITIES = 'NYC BOS LON PAR LIS MAD TYO SFO BER OPO ROM SYD PDX ZRH REK'.split(' ');
const WORKSPACES = 50;
const CHANGED = 1_000;
const ASKED = 300;
const TICKS = 100;
/** So many rows belong to one person. */
const EACH = 10;

const room = await Room.open({ SIGNALBOX_JOBS_SWEEP_MS: '60000', SIGNALBOX_LOG_POLL_MS: '60000' });
const { app } = room.application;
const [targets, transactions] = [app.get(FilterTargets), app.get(Transactions)];
const { snapshots } = targets as unknown as { snapshots: EventFilterSnapshots };
const folder = join(app.get(InstanceConfig).dataDir, 'filters');
const client = new pg.Client({ connectionString: app.get(Reads)['pool'].options.connectionString });
await client.connect();
const whole = (number: number): string => Math.round(number).toLocaleString('en');

const workspaceId = (number: number) => `01890000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
const thing = (number: number) => `01890000-0001-7000-8000-${number.toString(16).padStart(12, '0')}`;

// A filter as people write them: a route with a limit, a region with a cabin, a thing that is watched.
const FILTER = `
  case when n % 10 < 5 then format('type:deal.found origin:%s to:%s price<=%s', ($1::text[])[1 + n % 15], ($1::text[])[1 + (n / 15) % 15], 40 + (n::bigint * 7919) % 360)
       when n % 10 < 7 then format('origin:%s cabin:business price:20..%s percentile<=%s', ($1::text[])[1 + n % 15], 40 + (n::bigint * 104729) % 900, n % 7)
       else format('subject:01890000-0001-7000-8000-%s -actor:me', lpad(to_hex(n), 12, '0')) end`;

async function seed(size: number): Promise<void> {
  await client.query(
    `insert into workspace (id, name) select ('01890000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Bench'
       from generate_series(0, ${WORKSPACES - 1}) n on conflict do nothing`,
  );
  await client.query(
    `insert into user_account (id, email, email_key, name)
     select ('01890000-0002-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n || '@bench.example', n || '@bench.example', 'Bench'
       from generate_series(0, ${size / EACH}) n on conflict do nothing`,
  );
  await client.query(
    `insert into subscription (id, workspace_id, user_id, name, target, filter, created_at, updated_at)
     select uuidv7(), ('01890000-0000-7000-8000-' || lpad(to_hex(n % ${WORKSPACES}), 12, '0'))::uuid,
            ('01890000-0002-7000-8000-' || lpad(to_hex(n / ${EACH}), 12, '0'))::uuid, 'Bench',
            case when n % 10 < 7 then 'deal' else 'activity' end, ${FILTER}, now(), now()
       from generate_series((select count(*)::int from subscription), ${size - 1}) n`,
    [CITIES],
  );
  await client.query('vacuum analyze subscription, user_account');
}

/** Writes, deletes and adds rows without a word to the log. */
async function change(): Promise<void> {
  const some = (order: string) =>
    `select id from subscription order by hashtext(id::text) ${order} limit ${CHANGED / 2}`;
  await client.query(`update subscription set filter = 'price<=' || length(filter) where id in (${some('asc')})`);
  await client.query(`delete from subscription where id in (${some('desc')})`);
  await client.query(
    `insert into subscription (id, workspace_id, user_id, name, target, filter, created_at, updated_at)
     select uuidv7(), workspace_id, user_id, 'Added', 'deal', 'cabin:first', now(), now() from subscription limit 100`,
  );
}

function events(size: number): JudgedEvent[] {
  const roll = dice(7);
  const upTo = (most: number) => Math.floor(roll() * most);
  return Array.from({ length: ASKED }, (_, at) => {
    const base = { id: 'e', position: at, workspaceId: workspaceId(upTo(WORKSPACES)), version: 1, subjectType: 'deal' };
    const keys = () => [`city:${CITIES[upTo(CITIES.length)]}`];
    const data = {
      ...{ originKeys: keys(), destinationKeys: keys(), priceMinor: 4_000 + upTo(40_000), currency: 'USD' },
      ...{ cabin: at % 3 ? 'business' : 'first', percentile: upTo(9) },
    };
    const actor = { kind: 'system', id: 's', userId: null };
    const asked = { ...base, type: 'deal.found', subjectId: thing(upTo(size)), actor, data, occurredAt: new Date(0) };
    return asked as unknown as JudgedEvent;
  });
}

interface Started {
  readonly filters: StoredEventFilters<SeatListener>;
  readonly answers: string;
}

async function start(name: string, asked: readonly JudgedEvent[]): Promise<Started> {
  gc?.();
  const before = process.memoryUsage();
  const listeners = new Listeners(targets);
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const backend = await transactions.run(async (em) => {
    const [row] = await query<{ pid: number }>(em, 'select pg_backend_pid() as pid');
    const spent = ticks(row!.pid);
    await listeners.follow(em);
    return ticks(row!.pid) - spent;
  });
  const { user, system } = process.cpuUsage(cpu);
  const took = (performance.now() - began) / 1_000;
  gc?.();
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  console.log(
    `  ${name.padEnd(32)} ${((user + system) / 1e6).toFixed(2).padStart(7)} s of the processor, PostgreSQL ${(backend / TICKS).toFixed(2)} s; ` +
      `${took.toFixed(2)} s by the clock; ${whole(bytes / listeners.size)} bytes a filter, ${whole(listeners.size)} filters`,
  );
  const { filters } = listeners as unknown as { filters: StoredEventFilters<SeatListener> };
  const answers = asked.map((event) => filters.matching(event).sort());
  console.log(`  ${''.padEnd(32)} ${whole(answers.flat().length / asked.length)} matches an event`);
  return { filters, answers: JSON.stringify(answers) };
}

/** Of a process, in hundredths of a second; its parallel workers are not counted. */
function ticks(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function save(): Promise<void> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await snapshots.save();
  const { user, system } = process.cpuUsage(cpu);
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  console.log(
    `  ${'written'.padEnd(32)} ${((user + system) / 1e6).toFixed(2).padStart(7)} s of the processor; ` +
      `${((performance.now() - began) / 1_000).toFixed(2)} s by the clock; ${whole(bytes / 1e6)} MB`,
  );
}

function same(one: Started, other: Started): void {
  if (one.answers !== other.answers) throw new Error('Two starts answer differently.');
}

try {
  for (const size of sizes) {
    await seed(size);
    console.log(`\n${whole(size)} subscriptions`);
    const asked = events(size);
    rmSync(folder, { recursive: true, force: true });
    const compiled = await start('compiled from rows', asked);
    await save();
    same(compiled, await start('from disk', asked));
    await change();
    const changed = await start(`from disk, ${whole(CHANGED + 100)} rows changed`, asked);
    rmSync(folder, { recursive: true, force: true });
    same(changed, await start('compiled from those rows', asked));
  }
} finally {
  await client.end();
  await room.close();
}
