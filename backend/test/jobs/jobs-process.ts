// Boots the jobs of one process for specs, on the settings of a test instance.
import { setTimeout as sleep } from 'node:timers/promises';
import { Module, type INestApplicationContext, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, configClasses } from '#platform/config/index.js';
import { CryptoModule } from '#platform/crypto/index.js';
import { DatabaseModule, query, Transactions } from '#platform/database/index.js';
import { Jobs, JobsModule, type NewJob } from '#platform/jobs/index.js';
import { RedisModule } from '#platform/redis/index.js';
import { TelemetryModule } from '#platform/telemetry/index.js';

/** A row of `job`, as far as the specs look; `delay` is in milliseconds from now. */
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

const ROW = `select *, extract(epoch from next_attempt_at - now())::float8 * 1000 as delay from job where id = $1`;

/** One process's jobs and what a spec does with them. */
export class JobsProcess {
  constructor(readonly app: INestApplicationContext) {}

  /** @param providers the handlers; @param imports further modules */
  static async start(env: Record<string, string>, providers: Provider[], imports: Type[] = []): Promise<JobsProcess> {
    const platform = [TelemetryModule, DatabaseModule, RedisModule, CryptoModule, JobsModule];
    const settings = known({ SIGNALBOX_LOG_LEVEL: 'silent', SIGNALBOX_JOBS_SWEEP_MS: '50', ...env });
    class SpecModule {}
    Module({ imports: [ConfigModule.forRoot(settings), ...platform, ...imports], providers })(SpecModule);
    const logger = process.env['SPEC_LOG'] ? (['error', 'warn', 'debug'] as const).slice() : false;
    return new JobsProcess(await NestFactory.createApplicationContext(SpecModule, { logger, abortOnError: false }));
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
    return (await this.sql<JobRow>(ROW, [id]))[0]!;
  }

  /** Waits until the row is as `like` says. */
  async until(id: string, like: Partial<JobRow>): Promise<JobRow> {
    let row: JobRow | undefined;
    const matches = async () => {
      row = await this.row(id);
      return Object.entries(like).every(([name, value]) => row?.[name as keyof JobRow] === value);
    };
    await eventually(matches, () => `the job is ${JSON.stringify(row)}, not ${JSON.stringify(like)}`);
    return row!;
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** Waits for a condition, for a minute at most; an error on the way counts as "not yet". @throws Error saying what was seen */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  seen: () => string = () => 'it never came true',
): Promise<void> {
  let fault: unknown;
  for (let tries = 0; tries < 1_200; tries++) {
    try {
      if (await condition()) return;
      fault = undefined;
    } catch (error) {
      fault = error;
    }
    await sleep(50);
  }
  throw new Error(`Waited in vain: ${seen()}`, { cause: fault });
}

/** Without the settings of rooms that this process does not hold: they would count as unknown. */
function known(env: Record<string, string>): Record<string, string> {
  const variables = new Set(configClasses().flatMap(({ settings }) => Object.values(settings).map((s) => s.variable)));
  return Object.fromEntries(Object.entries(env).filter(([name]) => variables.has(name)));
}
