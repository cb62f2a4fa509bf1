import { statfs } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { Actor } from '#platform/access/index.js';
import { Cache } from '#platform/cache/index.js';
import { InstanceConfig, VERSION } from '#platform/config/index.js';
import { KeyRing } from '#platform/crypto/index.js';
import { DatabaseConfig, pendingMigrations, Reads } from '#platform/database/index.js';
import { ReaderOperations } from '#platform/event-log/index.js';
import { RedisConnections } from '#platform/redis/index.js';
import { type HealthCheck, HealthChecks, type PartHealth } from '#platform/telemetry/index.js';
import type { Health, Summary } from './health.schemas.js';
import { RecentRequests } from './recent-requests.js';

const LEAST_FREE_BYTES = 200 * 2 ** 20;
/** An event that waits longer to be sealed or read means that somebody stopped working. */
const LATE_SECONDS = 60;
const REMEMBERED_MS = 500;

interface Asked {
  failed: boolean;
  asked: Map<string, PartHealth>;
}

/** Asks the parts how they are. A vital part that is down makes the answer an error, any other a degradation. */
@Injectable()
export class HealthService implements OnModuleInit {
  private migrated = false;
  private readonly recent = new Map<boolean, { at: number; answer: Promise<Asked> }>();

  constructor(
    private readonly checks: HealthChecks,
    private readonly terminus: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly reads: Reads,
    private readonly database: DatabaseConfig,
    private readonly redis: RedisConnections,
    private readonly instance: InstanceConfig,
    private readonly requests: RecentRequests,
    private readonly cache: Cache,
    private readonly operations: ReaderOperations,
    private readonly keys: KeyRing,
  ) {}

  onModuleInit(): void {
    this.checks.register('database', () => this.databaseHealth(), { vital: true });
    this.checks.register('migrations', () => this.migrationHealth(), { vital: true });
    this.checks.register('redis', () => this.redisHealth());
    this.checks.register('disk', () => this.diskHealth());
    this.checks.register('event-log', () => this.logHealth());
    this.checks.register('keys', () => this.keysHealth());
  }

  /** @returns the parts' health and whether any vital one is down */
  async health(vitalOnly: boolean, actor: Actor | null): Promise<{ failed: boolean; body: Health }> {
    const { failed, asked } = await this.asked(vitalOnly);
    const parts: Health['parts'] = {};
    for (const check of this.checks.all(vitalOnly)) {
      const { up, sentence, details } = asked.get(check.name) ?? { up: false };
      const shown = actor?.operator ? { ...(sentence ? { sentence } : {}), ...(details ? { details } : {}) } : {};
      parts[check.name] = { status: up ? 'up' : check.vital ? 'down' : 'degraded', ...shown };
    }
    const degraded = Object.values(parts).some((p) => p.status !== 'up');
    return { failed, body: { status: failed ? 'error' : degraded ? 'degraded' : 'ok', parts } };
  }

  /** The instance in figures, for the console's footer and for people who watch it. */
  async summary(): Promise<Summary> {
    const { requests, p50, p99, errorRate } = await this.requests.summary();
    const { body } = await this.health(false, null);
    const down = Object.entries(body.parts).filter(([, part]) => part.status !== 'up');
    return {
      version: VERSION,
      uptimeSeconds: Math.floor(process.uptime()),
      requests,
      latencyMs: { p50, p99 },
      errorRate,
      cacheHitRate: await this.cache.hitRate(),
      alerts: down.map(([part, { status }]) => ({ part, sentence: `${part} is ${status}.` })),
    };
  }

  /** The parts' own words, asked at most twice a second: anybody may ask for health, and it must not become a load. */
  private asked(vitalOnly: boolean): Promise<Asked> {
    const recent = this.recent.get(vitalOnly);
    if (recent && Date.now() - recent.at < REMEMBERED_MS) return recent.answer;
    const answer = this.ask(vitalOnly);
    this.recent.set(vitalOnly, { at: Date.now(), answer });
    return answer;
  }

  private async ask(vitalOnly: boolean): Promise<Asked> {
    const asked = new Map<string, PartHealth>();
    const failed = await this.terminus
      .check(this.checks.all(vitalOnly).map((check) => () => this.indicate(check, asked)))
      .then((result) => result.status === 'error')
      .catch(() => true);
    return { failed, asked };
  }

  private async indicate(check: HealthCheck, asked: Map<string, PartHealth>) {
    const health = await this.checks.ask(check);
    asked.set(check.name, health);
    const session = this.indicators.check(check.name);
    return health.up ? session.up() : check.vital ? session.down() : session.degraded();
  }

  private async databaseHealth(): Promise<PartHealth> {
    const began = performance.now();
    await this.reads.one('health.ping', 'select 1', []);
    return { up: true, details: { latency_ms: Math.round(performance.now() - began) } };
  }

  private async redisHealth(): Promise<PartHealth> {
    const up = await this.redis.alive();
    const away = 'Redis does not answer: what it would do is done without it, or waits.';
    return { up, sentence: up ? 'Redis answers.' : away };
  }

  private async migrationHealth(): Promise<PartHealth> {
    // A migrated database stays migrated while this version runs: asked until it is true once.
    if (!this.migrated) {
      const pending = await pendingMigrations(this.database.url);
      if (pending.length > 0) return { up: false, sentence: `Migrations are pending: ${pending.join(', ')}.` };
      this.migrated = true;
    }
    return { up: true };
  }

  private async keysHealth(): Promise<PartHealth> {
    const { fault } = this.keys;
    if (fault === undefined) return { up: true, sentence: 'The master keys can be read.' };
    return { up: false, sentence: `${fault} This process goes on with the keys that it has read; a start would fail.` };
  }

  private async logHealth(): Promise<PartHealth> {
    const [lags, outbox] = await Promise.all([
      this.operations.lag(),
      this.reads.one<{ seconds: number | null }>(
        'health.outbox',
        'select extract(epoch from now() - min(occurred_at))::float8 as seconds from outbox',
        [],
      ),
    ]);
    const unsealed = Math.round(outbox?.seconds ?? 0);
    const faults = [
      ...(unsealed > LATE_SECONDS ? [`An event has waited ${unsealed} s to be sealed.`] : []),
      ...lags.filter((lag) => lag.state === 'stopped').map((lag) => `The reader ${lag.reader} has stopped.`),
      ...lags
        .filter((lag) => lag.seconds > LATE_SECONDS)
        .map((lag) => `The reader ${lag.reader} is ${Math.round(lag.seconds)} s behind.`),
      ...lags.filter((lag) => lag.parked > 0).map((lag) => `The reader ${lag.reader} has ${lag.parked} parked events.`),
    ];
    const details = Object.fromEntries(lags.map((lag) => [`${lag.reader}_behind`, lag.behind]));
    return { up: faults.length === 0, sentence: faults.join(' ') || 'Every reader keeps up.', details };
  }

  private async diskHealth(): Promise<PartHealth> {
    const { bavail, bsize } = await statfs(this.instance.dataDir);
    const free = bavail * bsize;
    return {
      up: free > LEAST_FREE_BYTES,
      sentence: `${Math.round(free / 2 ** 20)} MB are free in the data folder.`,
      details: { free_bytes: free },
    };
  }
}
