// Webhooks over loopback: how many are signed, sent and stored a second, what CPU time each costs and where, and how long it
// takes from the commit of an event to the arrival of its signed request. The application runs in this process with default
// settings, on PostgreSQL with fsync and Redis; the sinks are a process of their own, and every endpoint an origin of its own
// (127.a.b.c). Each event is for one endpoint, chosen by its filter, or in the last trial for ten. A tenth of the endpoints are
// slow or dead: a third each never answer, refuse the connection, and answer after a second.
// The limit, in the same run: a bare `undici` loop that posts the same bodies to the same sinks and keeps nothing.
// `npm run bench webhooks -- 100` runs one size; with `--profile` a CPU profile of each burst is written to `.data/profile`.
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { systemActor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { dealFound } from '#test/deals.js';
import { WebhookRoom } from '#test/webhooks.js';
import { CostMeter, type Costs } from './lib/cost-meter.js';
import { profiled } from './lib/profiled.js';
import { bareLoop, now, serveSinks, Sinks, spread, type Spread } from './lib/webhook-sinks.js';

const ENDPOINTS = [1, 100, 1_000];
const BURST = 10_000;
const A_TRANSACTION = 20;
const STEADY = 1_500;
const A_SECOND = 150;
const LONGEST_MS = 60_000;
/** Endpoints that hear each event, in the trial of those that share them. */
const SHARED = 10;

const DEAD = ['silent', 'closed', 'slow'] as const;

const ms = (value: number) => `${value.toFixed(1)} ms`;
const shown = ({ p50, p99 }: Spread) => `p50 ${ms(p50)}, p99 ${ms(p99)}`;
const line = (what: string, figures: string) => console.log(`  ${what.padEnd(34)} ${figures}`);

/** One setting: so many endpoints of one workspace, `shared` of them told of what is about one subject. */
class Trial {
  /** Subjects whose endpoints answer, and those whose do not. */
  private readonly healthy: string[] = [];
  private readonly dead: string[] = [];

  private constructor(
    private readonly room: WebhookRoom,
    private readonly sinks: Sinks,
    private readonly workspaceId: string,
    private readonly shared: number,
  ) {}

  static async create(room: WebhookRoom, sinks: Sinks, endpoints: number, shared = 1): Promise<Trial> {
    const team = await room.make.workspace().create();
    const trial = new Trial(room, sinks, team.id, shared);
    const failing = shared > 1 ? 0 : Math.floor(endpoints / 10);
    const make = (subject: string, url: string) =>
      room.endpoint(team, { url, types: ['deal.found'], filter: `subject:${subject}` });
    let n = 0;
    while (n < endpoints - failing) {
      const subject = uuidv7();
      trial.healthy.push(subject);
      for (let same = 0; same < shared; same++) await make(subject, sinks.url('well', n++));
    }
    for (let i = 0; i < failing; i++) {
      const subject = uuidv7();
      trial.dead.push(subject);
      await make(subject, sinks.url(DEAD[i % DEAD.length]!, n++));
    }
    await room.read();
    return trial;
  }

  get failing(): number {
    return this.dead.length;
  }

  /** Records events about these subjects in one transaction. @returns their ids */
  private record(subjects: readonly string[]): Promise<string[]> {
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

  /** As fast as it goes. @returns deliveries a second, from the first commit until the last result is stored */
  async burst(): Promise<number> {
    const events = BURST / this.shared;
    const before = await this.delivered();
    const began = now();
    for (let sent = 0; sent < events; sent += A_TRANSACTION)
      await this.record(
        Array.from({ length: A_TRANSACTION }, (_, n) => this.healthy[(sent + n) % this.healthy.length]!),
      );
    for (const until = now() + LONGEST_MS; now() < until; await sleep(20))
      if ((await this.delivered()) - before >= BURST) return (BURST * 1000) / (now() - began);
    throw new Error('The burst was not delivered in time.');
  }

  /** Records as many events, which nobody hears: what the log itself costs. */
  async unheard(): Promise<void> {
    for (let sent = 0; sent < BURST / this.shared; sent += A_TRANSACTION)
      await this.record(Array.from({ length: A_TRANSACTION }, () => uuidv7()));
    await this.room.read();
  }

  /** At a steady rate: milliseconds from each commit to its arrival. With `dead`, a tenth more events go to the dead. */
  async steady(dead: boolean): Promise<Spread> {
    const committed = new Map<string, number>();
    const began = now();
    for (let n = 0; n < STEADY; n++) {
      const wait = began + (n * 1000) / A_SECOND - now();
      if (wait > 1) await sleep(wait);
      void this.record([this.healthy[n % this.healthy.length]!]).then(([id]) => committed.set(id!, now()));
      if (dead && n % 10 === 0) void this.record([this.dead[(n / 10) % this.dead.length]!]);
    }
    for (const until = now() + LONGEST_MS; now() < until; await sleep(20))
      if (committed.size === STEADY && [...committed.keys()].every((id) => this.sinks.arrivals.has(id))) break;
    return spread([...committed].map(([id, at]) => Math.max(0, (this.sinks.arrivals.get(id) ?? Infinity) - at)));
  }

  private async delivered(): Promise<number> {
    const [row] = await this.room.rows<{ n: number }>(
      `select count(*)::int as n from webhook_delivery where workspace_id = $1 and state = 'delivered'`,
      [this.workspaceId],
    );
    return Number(row?.n);
  }
}

function printCosts(title: string, costs: Costs, base?: Costs): void {
  const { cpu, counts } = base ? less(costs, base) : costs;
  const parts = (of: Record<string, number>, digits: number) =>
    Object.entries(of)
      .map(([name, n]) => `${name} ${n.toFixed(digits)}`)
      .join(', ');
  const whole = Object.values(cpu).reduce((sum, n) => sum + n, 0);
  line(title, `${whole.toFixed(0)} µs CPU: ${parts(cpu, 0)}`);
  line('', parts(counts, 3));
}

function less(costs: Costs, base: Costs): Costs {
  const minus = (a: Record<string, number>, b: Record<string, number>) =>
    Object.fromEntries(Object.entries(a).map(([name, n]) => [name, n - (b[name] ?? 0)]));
  return { cpu: minus(costs.cpu, base.cpu), counts: minus(costs.counts, base.counts) };
}

async function trial(room: WebhookRoom, sinks: Sinks, meter: CostMeter, endpoints: number, shared = 1): Promise<void> {
  const made = await Trial.create(room, sinks, endpoints, shared);
  const about = shared > 1 ? `, each event for ${shared}` : made.failing ? `, ${made.failing} slow or dead` : '';
  console.log(`${endpoints} endpoints${about}; load average ${loadavg()[0]?.toFixed(1)}`);
  const limit = await bareLoop(sinks, Math.max(1, endpoints - made.failing), BURST);
  const quiet = shared > 1 ? undefined : await made.steady(false);
  const log = await meter.each(BURST, () => made.unheard());
  let rate = 0;
  const costs = await meter.each(BURST, async () => {
    rate = await profiled(`webhooks-${endpoints}-${shared}`, () => made.burst());
  });
  const times = (rate / limit.rate).toFixed(2);
  line('signed, sent and stored', `${Math.round(rate)}/s; bare undici ${Math.round(limit.rate)}/s: ${times}`);
  printCosts('one delivery', costs, log);
  printCosts('its event in the log', log);
  if (!quiet) return;
  line(`commit to sink, ${A_SECOND}/s`, `${shown(quiet)} (bare undici, flat out: ${shown(limit)})`);
  if (made.failing === 0) return;
  await made.steady(true); // the dead are known to be dead
  const [without, beside] = [await made.steady(false), await made.steady(true)];
  line('healthy, the dead idle', shown(without));
  line('healthy, the dead told too', `${shown(beside)}: p99 ${(beside.p99 / without.p99).toFixed(2)} times`);
}

async function main(): Promise<void> {
  const room = await WebhookRoom.open({
    SIGNALBOX_JOBS_SWEEP_MS: '2000',
    SIGNALBOX_LOG_POLL_MS: '1000',
    SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.0/8',
  });
  const sinks = await Sinks.start(import.meta.url);
  const meter = await CostMeter.open(() => sinks.cpu());
  const chosen = process.argv.slice(2).map(Number).filter(Boolean);
  try {
    for (const endpoints of chosen.length > 0 ? chosen : ENDPOINTS) await trial(room, sinks, meter, endpoints);
    if (chosen.length === 0) await trial(room, sinks, meter, 1_000, SHARED);
  } finally {
    await meter.close();
    sinks.stop();
    await room.close();
  }
}

await (process.argv[2] === 'sinks' ? serveSinks() : main());
