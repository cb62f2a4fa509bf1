// Webhooks over loopback: from the commit of an event to the arrival of its signed request, and how many are signed, sent and
// stored a second. The application runs in this process with default settings, on PostgreSQL with fsync and Redis; the sinks are
// a process of their own. Each event is for one endpoint, chosen by its filter. A tenth of the endpoints are dead: of those half
// never answer and half refuse the connection.
// The limit, in the same run: a bare `undici` loop that posts the same bodies to the same sinks and keeps nothing.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { v7 as uuidv7 } from 'uuid';
import { systemActor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { dealFound } from '#test/deals.js';
import { WebhookRoom } from '#test/webhooks.js';

const ENDPOINTS = [1, 100, 1_000];
const BURST = 6_000;
const A_TRANSACTION = 20;
const STEADY = 1_500;
const A_SECOND = 150;
const BARE_CONCURRENCY = 32;
const LONGEST_MS = 30_000;

const now = () => performance.timeOrigin + performance.now();

/** The sinks: they answer at once, or, below `/dead`, never; and report when each event arrived. */
async function sinks(): Promise<void> {
  let arrived: [string, number][] = [];
  const server = createServer((incoming, response) => {
    if (incoming.url?.startsWith('/dead')) return;
    const at = now();
    let body = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    incoming.on('end', () => {
      response.writeHead(204).end();
      arrived.push([/"eventId":"([^"]+)"/.exec(body)?.[1] ?? '', at]);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  setInterval(() => {
    if (arrived.length > 0) process.send?.({ arrived });
    arrived = [];
  }, 50);
  process.send?.({ port: (server.address() as AddressInfo).port });
  process.once('disconnect', () => process.exit(0));
}

interface Sinks {
  readonly port: number;
  readonly arrivals: Map<string, number>;
  readonly child: ChildProcess;
}

async function startSinks(): Promise<Sinks> {
  const child = fork(fileURLToPath(import.meta.url), ['sinks']);
  const arrivals = new Map<string, number>();
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  child.on('message', ({ arrived }: { arrived?: [string, number][] }) => {
    for (const [id, at] of arrived ?? []) if (!arrivals.has(id)) arrivals.set(id, at);
  });
  return { port, arrivals, child };
}

const quantile = (sorted: readonly number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
const latency = (of: number[]) => {
  const sorted = of.sort((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
};
const ms = (value: number) => `${value.toFixed(1)} ms`;
const shown = ({ p50, p99 }: { p50: number; p99: number }) => `p50 ${ms(p50)}, p99 ${ms(p99)}`;

/** One setting: so many endpoints of one workspace, each told of what is about one subject. */
class Trial {
  private constructor(
    private readonly room: WebhookRoom,
    private readonly sink: Sinks,
    private readonly workspaceId: string,
    readonly healthy: readonly string[],
    readonly dead: readonly string[],
  ) {}

  static async create(room: WebhookRoom, sink: Sinks, endpoints: number): Promise<Trial> {
    const team = await room.make.workspace().create();
    const make = async (url: string) => {
      const subject = uuidv7();
      await room.endpoint(team, { url, types: ['deal.found'], filter: `subject:${subject}` });
      return subject;
    };
    const healthy: string[] = [];
    const dead: string[] = [];
    const failing = Math.floor(endpoints / 10);
    for (let n = 0; n < endpoints - failing; n++) healthy.push(await make(`http://127.0.0.1:${sink.port}/${n}`));
    for (let n = 0; n < failing; n++)
      dead.push(await make(n % 2 ? `http://127.0.0.1:${sink.port}/dead/${n}` : 'http://127.0.0.1:59999/'));
    await room.read();
    return new Trial(room, sink, team.id, healthy, dead);
  }

  /** Records events about these subjects in one transaction. @returns their ids */
  async record(subjects: readonly string[]): Promise<string[]> {
    const { app } = this.room.application;
    const log = app.get(EventLog);
    return app.get(Transactions).run(async (em) =>
      subjects.map((subjectId) =>
        log.record(em, 'deal.found', {
          workspaceId: this.workspaceId,
          subjectId,
          actor: systemActor(),
          data: dealFound(),
        }),
      ),
    );
  }

  /** As fast as it goes: deliveries a second, from the first commit until the last result is stored. */
  async burst(): Promise<number> {
    const began = now();
    for (let sent = 0; sent < BURST; sent += A_TRANSACTION)
      await this.record(
        Array.from({ length: A_TRANSACTION }, (_, n) => this.healthy[(sent + n) % this.healthy.length]!),
      );
    for (const until = now() + LONGEST_MS; now() < until; await sleep(20)) {
      const [row] = await this.room.rows<{ n: number }>(
        `select count(*)::int as n from webhook_delivery where workspace_id = $1 and state = 'delivered'`,
        [this.workspaceId],
      );
      if (Number(row?.n) >= BURST) return (BURST * 1000) / (now() - began);
    }
    throw new Error('The burst was not delivered in time.');
  }

  /** At a steady rate: milliseconds from each commit to its arrival. With `dead`, a tenth more events go to the dead. */
  async steady(dead: boolean): Promise<{ p50: number; p99: number }> {
    const committed = new Map<string, number>();
    const began = now();
    for (let n = 0; n < STEADY; n++) {
      const wait = began + (n * 1000) / A_SECOND - now();
      if (wait > 1) await sleep(wait);
      void this.record([this.healthy[n % this.healthy.length]!]).then(([id]) => committed.set(id!, now()));
      if (dead && n % 10 === 0) void this.record([this.dead[(n / 10) % this.dead.length]!]);
    }
    for (const until = now() + LONGEST_MS; now() < until; await sleep(20))
      if (committed.size === STEADY && [...committed.keys()].every((id) => this.sink.arrivals.has(id))) break;
    return latency([...committed].map(([id, at]) => Math.max(0, (this.sink.arrivals.get(id) ?? Infinity) - at)));
  }
}

/** The limit: the same bodies, to the same sinks, unsigned, and nothing kept. */
async function bare(port: number): Promise<{ rate: number; p50: number; p99: number }> {
  const dispatcher = new Agent({ keepAliveTimeout: 1_000 });
  const body = JSON.stringify({
    type: 'deal.found',
    timestamp: new Date().toISOString(),
    data: { eventId: uuidv7(), fields: dealFound() },
  });
  const took: number[] = [];
  let left = BURST;
  const loop = async () => {
    while (left-- > 0) {
      const at = now();
      const answer = await request(`http://127.0.0.1:${port}/bare`, {
        dispatcher,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      await answer.body.dump();
      took.push(now() - at);
    }
  };
  const began = now();
  await Promise.all(Array.from({ length: BARE_CONCURRENCY }, loop));
  const rate = (BURST * 1000) / (now() - began);
  await dispatcher.close();
  return { rate, ...latency(took) };
}

async function main(): Promise<void> {
  const room = await WebhookRoom.open({ SIGNALBOX_JOBS_SWEEP_MS: '2000', SIGNALBOX_LOG_POLL_MS: '1000' });
  const sink = await startSinks();
  try {
    for (const endpoints of ENDPOINTS) {
      const limit = await bare(sink.port);
      const trial = await Trial.create(room, sink, endpoints);
      const quiet = await trial.steady(false);
      const rate = await trial.burst();
      console.log(`${endpoints} endpoints, load average ${loadavg()[0]?.toFixed(1)}`);
      console.log(
        `  signed, delivered and stored   ${Math.round(rate)}/s against ${Math.round(limit.rate)}/s bare undici: ${(rate / limit.rate).toFixed(2)}`,
      );
      console.log(`  commit to sink, ${A_SECOND}/s          ${shown(quiet)} (bare undici, flat out: ${shown(limit)})`);
      if (trial.dead.length === 0) continue;
      await trial.steady(true); // the dead are known to be dead
      const [without, beside] = [await trial.steady(false), await trial.steady(true)];
      console.log(`  healthy, the dead idle         ${shown(without)}`);
      console.log(
        `  healthy, ${trial.dead.length} dead beside them  ${shown(beside)}: p99 ${(beside.p99 / without.p99).toFixed(2)} times`,
      );
    }
  } finally {
    sink.child.disconnect();
    await room.close();
  }
}

await (process.argv[2] === 'sinks' ? sinks() : main());
