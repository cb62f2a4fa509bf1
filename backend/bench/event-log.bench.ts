// The event log against raw PostgreSQL, in one run on one server (fsync on):
//  append   8 writers, one transaction of one row each: record() and the sealer at work, against INSERT of the same row
//  latency  from the commit's answer to the sealed event in the hands of a tail, one writer and eight
//  drain    a backlog sealed, hashes included
//  read     one reader in batches of 500 with its cursor, against SELECT of the same rows by position
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { systemActor } from '#platform/access/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { LogReader, type LogEvent } from '#platform/event-log/index.js';
import { expired, logDatabase, logProcess, WORKSPACE, type LogProcess } from '#test/event-log.js';

const WRITERS = 8;
const APPENDS = 8_000;
const ROUNDS = 5;
const BACKLOG = 60_000;
const BATCH = 500;

let read = 0;

@LogReader({ name: 'bench' })
class Counting {
  async read(batch: LogEvent[], _em: EntityManager): Promise<void> {
    read += batch.length;
  }
}

const seconds = (since: bigint) => Number(process.hrtime.bigint() - since) / 1e9;
const rate = (count: number, took: number) => Math.round(count / took);
const say = (name: string, text: string) => console.log(`${name.padEnd(9)} ${text}`);
const percentile = (sorted: number[], p: number) => (sorted[Math.floor(sorted.length * p)] ?? 0).toFixed(2);

/** What one measurement saw: times a second, and the process's own CPU time of each in microseconds. */
interface Pace {
  rate: number;
  cpu: number;
}

/** Runs `work` so many times, shared by the writers. */
async function shared(times: number, work: (writer: number) => Promise<unknown>): Promise<Pace> {
  let left = times;
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  const writer = async (_: unknown, w: number) => {
    while (left-- > 0) await work(w);
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  const { user, system } = process.cpuUsage(before);
  return { rate: rate(times, seconds(start)), cpu: Math.round((user + system) / times) };
}

/** Lets two ways of the same work take turns, so that whatever else the machine does disturbs both; the medians count. */
async function turns(
  first: (w: number) => Promise<unknown>,
  second: (w: number) => Promise<unknown>,
): Promise<[Pace, Pace]> {
  const paces: [Pace[], Pace[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const pair = [await shared(APPENDS / ROUNDS, first), await shared(APPENDS / ROUNDS, second)] as const;
    if (round > 0) pair.forEach((pace, i) => paces[i as 0 | 1].push(pace));
  }
  const median = (of: Pace[], by: keyof Pace) => of.map((pace) => pace[by]).sort((x, y) => x - y)[ROUNDS >> 1] ?? 0;
  const summary = (of: Pace[]) => ({ rate: median(of, 'rate'), cpu: median(of, 'cpu') });
  return [summary(paces[0]), summary(paces[1])];
}

/** INSERT of the same row in a transaction, a connection a writer, without index, sealer or validation. */
async function rawAppends(
  url: string,
): Promise<{ append: (w: number) => Promise<void>; close: () => Promise<unknown> }> {
  const clients = await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  await clients[0]?.query('create table raw (like outbox including defaults including identity)');
  const text = `insert into raw (id, workspace_id, scope_kind, scope_id, type, version, subject_type, subject_id, actor, address,
    data, occurred_at) values ($1, $2, 'workspace', null, 'deal.expired', 1, 'deal', $3, $4, null, $5, $6)`;
  const append = async (w: number) => {
    const client = clients[w] as pg.Client;
    const values = [uuidv7(), WORKSPACE, uuidv7(), JSON.stringify(systemActor()), '{"title":"A deal"}', new Date()];
    await client.query('begin');
    await client.query(text, values);
    await client.query('commit');
  };
  return { append, close: () => Promise.all(clients.map((client) => client.end())) };
}

async function sealedUpTo(instance: LogProcess, position: number): Promise<void> {
  while ((await instance.tail.head()).position < position) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Milliseconds from the answer to a commit to the event's arrival at the tail, sorted. */
async function latencies(instance: LogProcess, events: number, writers: number): Promise<number[]> {
  const committed = new Map<string, number>();
  const arrived = new Map<string, number>();
  let { position } = await instance.tail.head();
  let reading = Promise.resolve();
  let due = false;
  const fetch = async () => {
    while (due) {
      due = false;
      const stretch = await instance.tail.since(position, 1000);
      const now = performance.now();
      for (const event of stretch.events) arrived.set(event.id, now);
      position = stretch.position;
    }
  };
  const stop = instance.tail.subscribe(() => {
    due = true;
    reading = reading.then(fetch);
  });
  let left = events;
  const writer = async () => {
    while (left-- > 0) {
      const id = await instance.record();
      committed.set(id, performance.now());
      // One writer stands for a quiet instance: it waits for each event. Eight together load it.
      while (writers === 1 && !arrived.has(id)) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  while (arrived.size < committed.size) await new Promise((resolve) => setTimeout(resolve, 5));
  stop();
  return [...committed].map(([id, at]) => Math.max(0, (arrived.get(id) ?? Infinity) - at)).sort((a, b) => a - b);
}

async function rawReads(client: pg.Client, count: number): Promise<number> {
  const text = `select position, id, workspace_id, scope_kind, scope_id, type, version, subject_type, subject_id, actor, address,
    data, occurred_at from event where position > $1 order by position limit ${BATCH}`;
  const start = process.hrtime.bigint();
  for (let last = 0, rows = BATCH; rows === BATCH;) {
    const result = await client.query<{ position: string }>(text, [last]);
    rows = result.rows.length;
    last = Number(result.rows.at(-1)?.position ?? last);
  }
  return rate(count, seconds(start));
}

const database = await logDatabase();
const instance = await logProcess(database.url, { pollMs: 1000, readers: [Counting] });
await instance.readers.stop();

const raw = await rawAppends(database.url);
const [record, insert] = await turns(() => instance.record(), raw.append);
await raw.close();
say(
  'append',
  `${record.rate}/s recorded and sealed against ${insert.rate}/s inserted: ratio ${(record.rate / insert.rate).toFixed(2)}`,
);
say('', `CPU of this process: ${record.cpu} µs an event, sealing included, against ${insert.cpu} µs an INSERT`);
await sealedUpTo(instance, APPENDS + APPENDS / ROUNDS);

for (const [writers, events] of [
  [1, 1000],
  [WRITERS, APPENDS],
] as const) {
  const times = await latencies(instance, events, writers);
  say(
    'latency',
    `${writers} writer(s): p50 ${percentile(times, 0.5)} ms, p99 ${percentile(times, 0.99)} ms over ${events} events`,
  );
}

await instance.sealer.stop();
const before = (await instance.tail.head()).position;
for (let at = 0; at < BACKLOG; at += BATCH)
  await instance.transactions.run(async (em) => {
    for (let i = 0; i < BATCH; i++) expired(instance.log, em, uuidv7(), 'A deal');
  });
let start = process.hrtime.bigint();
instance.sealer.start();
await sealedUpTo(instance, before + BACKLOG);
say('drain', `a backlog of ${BACKLOG} sealed at ${rate(BACKLOG, seconds(start))}/s`);
await instance.sealer.stop();

const count = (await instance.tail.head()).position;
await rawReads(database.client, count);
const select = await rawReads(database.client, count);
start = process.hrtime.bigint();
await instance.readers.start();
while (read < count) await new Promise((resolve) => setTimeout(resolve, 1));
const reading = rate(count, seconds(start));
say(
  'read',
  `${reading}/s by a reader against ${select}/s selected: ratio ${(reading / select).toFixed(2)} (${count} events)`,
);

await instance.close();
await database.drop();
