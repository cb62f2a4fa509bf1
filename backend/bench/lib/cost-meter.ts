// What work costs over all processes: CPU time of this one, its sinks, PostgreSQL and Redis, and what is asked of the latter two.
import { readdirSync, readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';

/** A tick of /proc is a hundredth of a second on every Linux that Node runs on. */
const TICK_US = 10_000;

/** By part: microseconds of CPU time, and how often something was done. */
export interface Costs {
  readonly cpu: Record<string, number>;
  readonly counts: Record<string, number>;
}

// The counters of a backend are its own until its transaction ends and a moment has passed.
const COUNTERS = `
  select (select sum(xact_commit)::float8 from pg_stat_database) as transactions,
         (select sum(fsyncs)::float8 from pg_stat_io where object = 'wal') as "WAL fsyncs",
         (select wal_bytes::float8 / 1000 from pg_stat_wal) as "kB of WAL"`;
const SETTLE_MS = 1_200;

/** Reads what PostgreSQL and Redis of the environment, this process and the sinks have used. */
export class CostMeter {
  private constructor(
    private readonly client: pg.Client,
    private readonly redis: Redis,
    private readonly postmaster: number,
    private readonly sinks: () => Promise<number>,
  ) {}

  static async open(sinks: () => Promise<number>): Promise<CostMeter> {
    const client = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] });
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const redis = new Redis(process.env['TEST_REDIS_URL'] ?? '');
    return new CostMeter(client, redis, stat(rows[0]!.pid).parent, sinks);
  }

  /** Does the work. @returns what each of so many items cost */
  async each(items: number, work: () => Promise<unknown>): Promise<Costs> {
    const before = await this.read();
    await work();
    const after = await this.read();
    const share = (part: keyof Costs) =>
      Object.fromEntries(Object.entries(after[part]).map(([name, n]) => [name, (n - before[part][name]!) / items]));
    return { cpu: share('cpu'), counts: share('counts') };
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    await this.client.end();
  }

  private async read(): Promise<Costs> {
    const { user, system } = process.cpuUsage();
    const cpu = { application: user + system, PostgreSQL: this.postgres(), sinks: await this.sinks(), Redis: 0 };
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const info = await this.redis.info();
    const of = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);
    cpu.Redis = (of('used_cpu_user') + of('used_cpu_sys')) * 1e6;
    const { rows } = await this.client.query<Record<string, number>>(COUNTERS);
    return { cpu, counts: { ...rows[0], 'Redis commands': of('total_commands_processed') } };
  }

  /** Microseconds of the server, its present processes, and those that have ended. */
  private postgres(): number {
    const all = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => stat(Number(pid)));
    const own = all.filter(({ pid, parent }) => pid === this.postmaster || parent === this.postmaster);
    const ended = all.find(({ pid }) => pid === this.postmaster)?.ended ?? 0;
    return (own.reduce((sum, { used }) => sum + used, 0) + ended) * TICK_US;
  }
}

/** CPU ticks of a process, and of its children that ended. One that is gone by now has none. */
function stat(pid: number): { pid: number; parent: number; used: number; ended: number } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return { pid, parent: fields[1]!, used: fields[11]! + fields[12]!, ended: fields[13]! + fields[14]! };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return { pid, parent: 0, used: 0, ended: 0 };
  }
}
