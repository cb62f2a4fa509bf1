// An application for one spec: the platform and the rooms it names, on a database of its own, with rate limits out of the way.
import type { DynamicModule, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import pg from 'pg';
import { AccessModule } from '#platform/access/index.js';
import { CacheModule } from '#platform/cache/index.js';
import { configClasses, ConfigModule } from '#platform/config/index.js';
import { CryptoModule } from '#platform/crypto/index.js';
import { DatabaseConfig, DatabaseModule, Reads } from '#platform/database/index.js';
import { EventLogModule } from '#platform/event-log/index.js';
import { createHttpApp, HttpModule } from '#platform/http/index.js';
import { JobsModule } from '#platform/jobs/index.js';
import { MailModule } from '#platform/mail/index.js';
import { QuotasModule } from '#platform/quotas/index.js';
import { PersonalDataModule } from '#platform/personal-data/index.js';
import { RedisModule } from '#platform/redis/index.js';
import { StorageModule } from '#platform/storage/index.js';
import { TelemetryModule } from '#platform/telemetry/index.js';
import { WorkspaceSignsModule } from '#platform/workspace-signs/index.js';
import { testInstance, type TestInstance } from './harness.js';

type Room = Type | DynamicModule;

/** An event as it was recorded, sealed or not yet. */
export interface RecordedEvent {
  type: string;
  workspaceId: string;
  subjectId: string;
  actor: { kind: string; id: string | null; userId: string | null };
  data: Record<string, unknown>;
}

/** A mail of the preview mailbox. */
export interface CaughtMail {
  subject: string;
  text: string;
  html: string;
  /** What stands behind `#token=` in its link. */
  token: string;
}

/** An application that runs. */
export interface TestApplication {
  readonly app: NestFastifyApplication;
  /** What it runs on, to boot another process of it. */
  readonly instance: TestInstance;
  /** Sends a request through the whole server, without a socket. */
  request(
    method: string,
    url: string,
    options?: Omit<InjectOptions, 'method' | 'url' | 'path'>,
  ): Promise<LightMyRequestResponse>;
  /** The events recorded so far, in the order of their recording, of one subject or workspace when given. */
  events(of?: { type?: string; subjectId?: string; workspaceId?: string }): Promise<RecordedEvent[]>;
  /** Waits for the next mail to an address, which the preview mailbox caught; each is given once. */
  mailTo(address: string): Promise<CaughtMail>;
  /**
   * Makes a race: holds rows locked until so many connections wait for a lock, then lets all of them go at once. What
   * should have taken its lock before it looked is found out, whatever the machine's speed.
   */
  race<T>(lock: { sql: string; values?: unknown[]; until: number }, work: () => Promise<T>): Promise<T>;
  /** Rows of a statement. */
  rows<T extends object>(text: string, values?: unknown[]): Promise<T[]>;
  /** Ends it and removes what it kept. */
  close(): Promise<void>;
}

const LOOSE = Object.fromEntries(
  ['ANONYMOUS', 'USER', 'API_KEY', 'AUTH', 'UPLOAD', 'EXPORT', 'SOCKET'].map((kind) => [
    `SIGNALBOX_RATE_${kind}`,
    '1000000',
  ]),
);

/**
 * Boots the platform with some rooms.
 *
 * @param rooms modules of `#modules`; the users room among them where routes need a caller
 * @param settings further environment variables
 * @param shared what another application runs on, to be another process of it: end this one first
 */
export async function startApplication(
  rooms: Room[],
  settings: Record<string, string> = {},
  shared?: TestInstance,
): Promise<TestApplication> {
  const instance = shared ?? (await testInstance());
  const env = known({ ...instance.env, ...LOOSE, ...settings });
  const app = await createHttpApp(everything(rooms, env), {
    env,
    checkAnswers: true,
    nest: { logger: ['error', 'fatal'] },
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const rows = <T extends object>(text: string, values: unknown[] = []) => app.get(Reads).adHoc<T>(text, values);
  return {
    app,
    instance,
    rows,
    request: (method, url, options = {}) => app.inject({ ...options, method: method as 'GET', url }),
    mailTo: caughtBy(rows),
    race: (lock, work) => race(app.get(DatabaseConfig).url, lock, work),
    events: (of = {}) => rows<RecordedEvent>(EVENTS, [of.type ?? null, of.subjectId ?? null, of.workspaceId ?? null]),
    close: async () => {
      await app.close();
      if (!shared) await instance.dispose();
    },
  };
}

async function race<T>(
  url: string,
  lock: { sql: string; values?: unknown[]; until: number },
  work: () => Promise<T>,
): Promise<T> {
  const [holder, observer] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
  await Promise.all([holder.connect(), observer.connect()]);
  try {
    await holder.query('begin');
    await holder.query(lock.sql, lock.values);
    const result = work();
    for (let waiting = 0; waiting < lock.until;) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      const { rows } = await observer.query<{ waiting: number }>(WAITING);
      waiting = rows[0]?.waiting ?? 0;
    }
    await holder.query('commit');
    return await result;
  } finally {
    await Promise.all([holder.end(), observer.end()]);
  }
}

const WAITING = `
  select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

function caughtBy(rows: TestApplication['rows']): TestApplication['mailTo'] {
  const given = new Set<string>();
  return async (address) => {
    for (;;) {
      const caught = await rows<{ id: string; subject: string; text: string; html: string }>(MAILS, [address]);
      const next = caught.find((mail) => !given.has(mail.id));
      if (next) {
        given.add(next.id);
        return { ...next, token: /#token=([\w-]+)/.exec(next.text)?.[1] ?? '' };
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
}

const MAILS = `
  select id, subject, body_text as text, html from preview_mail where $1 = any(recipients) order by created_at, id`;

// Ids are uuid v7: their order is that of the recording within a process.
const EVENTS = `
  select type, workspace_id as "workspaceId", subject_id as "subjectId", actor, data
  from (select id, type, workspace_id, subject_id, actor, data from outbox
        union select id, type, workspace_id, subject_id, actor, data from event) as recorded
  where ($1::text is null or type = $1) and ($2::uuid is null or subject_id = $2) and ($3::uuid is null or workspace_id = $3)
  order by id`;

/** Leaves out settings of rooms that this application has not got: an unknown one is a fault. */
function known(env: Record<string, string>): Record<string, string> {
  const variables = new Set(configClasses().flatMap((config) => Object.values(config.settings).map((s) => s.variable)));
  return Object.fromEntries(Object.entries(env).filter(([name]) => variables.has(name)));
}

function everything(rooms: Room[], env: Record<string, string>): DynamicModule {
  class SpecModule {}
  Module({})(SpecModule);
  const platform = [
    TelemetryModule,
    DatabaseModule,
    RedisModule,
    CryptoModule,
    StorageModule,
    CacheModule,
    AccessModule,
    EventLogModule,
    JobsModule,
    MailModule,
    PersonalDataModule,
    QuotasModule,
    WorkspaceSignsModule,
    HttpModule,
  ];
  return { module: SpecModule, imports: [ConfigModule.forRoot(env), ...platform, ...rooms] };
}
