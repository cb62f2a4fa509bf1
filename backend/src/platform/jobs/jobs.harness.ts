// Boots the jobs of one process for the integration specs, on a database and a Redis prefix of their own.
import { setTimeout as sleep } from 'node:timers/promises';
import { Global, Module, type DynamicModule, type INestApplicationContext, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InstanceConfig, readConfig } from '#platform/config/index.js';
import { CryptoModule } from '#platform/crypto/index.js';
import { DatabaseConfig, DatabaseModule, query, Transactions } from '#platform/database/index.js';
import { RedisConfig, RedisModule } from '#platform/redis/index.js';
import { TelemetryConfig, TelemetryModule } from '#platform/telemetry/index.js';
import { Jobs, JobsModule, type NewJob } from './index.js';
import { JobsConfig } from './jobs.config.js';

/** A row of `job`, as far as the specs look. */
export interface JobRow {
  id: string;
  state: string;
  attempt: number;
  failures: number;
  held: boolean;
  last_error: string | null;
  payload: Record<string, unknown>;
  result: unknown;
  delay: number;
  destination: string | null;
}

/** One process's jobs and what a spec does with them. */
export class JobsProcess {
  constructor(readonly app: INestApplicationContext) {}

  static async start(env: Record<string, string>, providers: Provider[]): Promise<JobsProcess> {
    const settings = { SIGNALBOX_LOG_LEVEL: 'silent', SIGNALBOX_JOBS_SWEEP_MS: '50', ...env };
    @Module({
      imports: [configModule(settings), TelemetryModule, DatabaseModule, RedisModule, CryptoModule, JobsModule],
      providers,
    })
    class SpecModule {}
    const app = await NestFactory.createApplicationContext(SpecModule, { logger: false, abortOnError: false });
    return new JobsProcess(app);
  }

  get transactions(): Transactions {
    return this.app.get(Transactions);
  }

  enqueue(job: NewJob): Promise<string> {
    return this.transactions.run((em) => this.app.get(Jobs).enqueue(em, job));
  }

  sql<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return query<T>(this.transactions.reader(), text, values);
  }

  async row(id: string): Promise<JobRow> {
    const text = `select *, extract(epoch from next_attempt_at - now())::float8 * 1000 as delay from job where id = $1`;
    return (await this.sql<JobRow>(text, [id]))[0]!;
  }

  /** Waits until the row is as `like` says. */
  async until(id: string, like: Partial<JobRow>): Promise<JobRow> {
    let row: JobRow | undefined;
    await eventually(async () => {
      row = await this.row(id);
      return Object.entries(like).every(([name, value]) => row![name as keyof JobRow] === value);
    }, () => `the job is ${JSON.stringify(row)}, not ${JSON.stringify(like)}`);
    return row!;
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** Only the settings of these rooms: a spec's process holds no other. */
function configModule(env: Record<string, string>): DynamicModule {
  const configs = [InstanceConfig, TelemetryConfig, DatabaseConfig, RedisConfig, JobsConfig];
  const providers = configs.map((config) => ({ provide: config, useValue: readConfig(config as typeof JobsConfig, env) }));
  return { module: SpecConfigModule, providers, exports: configs };
}

@Global()
@Module({})
class SpecConfigModule {}

/** Waits for a condition; fails with what was seen when it does not come. */
export async function eventually(condition: () => boolean | Promise<boolean>, seen: () => string = () => 'it never came true', tries = 600): Promise<void> {
  for (let i = 0; i < tries; i++) {
    if (await condition()) return;
    await sleep(25);
  }
  throw new Error(`Waited in vain: ${seen()}`);
}
