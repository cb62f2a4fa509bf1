// Private services, a mail sink and an application process: everything that a fault spec breaks.
import { mkdtempSync, rmSync, chmodSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild } from '../../../scripts/lib/build.mjs';
import { startPostgres } from '../../../scripts/lib/postgres.mjs';
import { startRedis } from '../../../scripts/lib/redis.mjs';
import { freePort, startApp, type AppProcess } from './app-process.js';
import { smtpSink, type SmtpSink } from './smtp-sink.js';
import { firstTeam, type Team } from './team.js';

type Service = { url: string; stop(): Promise<void> };

const POURED = ['origin:BOS', 'destination:country:PT trip:roundtrip', 'price<1000000USD'];

/** How many subscriptions of the first owner match each poured mail. */
export const MATCHING = POURED.length;

/** A world for one spec. */
export class World {
  app!: AppProcess;
  team!: Team;
  /** Where poured mail goes. */
  address = '';
  readonly env: Record<string, string>;

  private constructor(
    private readonly dir: string,
    private postgres: Service,
    private redis: Service,
    readonly sink: SmtpSink,
    ports: [number, number],
  ) {
    this.env = {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      SMTP_URL: sink.url,
      SIGNALBOX_DATA_DIR: join(dir, 'data'),
      SIGNALBOX_PORT: String(ports[0]),
      SIGNALBOX_HOST: '127.0.0.1',
      SIGNALBOX_SMTP_IN_PORT: String(ports[1]),
      SIGNALBOX_SMTP_IN_HOST: '127.0.0.1',
      SIGNALBOX_LOG_LEVEL: 'warn',
      SIGNALBOX_JOBS_SWEEP_MS: '500',
      SIGNALBOX_RATE_ANONYMOUS: '100000',
      SIGNALBOX_RATE_USER: '100000',
      SIGNALBOX_RATE_AUTH: '100000',
      SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.1',
      // One alert a mail and subscription, so that they can be counted.
      SIGNALBOX_BURST_MATCHES: '1000000',
    };
  }

  /** Services, application, and one person with a source and subscriptions: three match what is poured, one does not.
   *
   * @param env settings beside the usual ones
   */
  static async create(
    filters: readonly string[] = [...POURED, 'origin:TYO'],
    env: Record<string, string> = {},
  ): Promise<World> {
    await ensureBuild();
    const dir = mkdtempSync(join(tmpdir(), 'sbx-world-'));
    chmodSync(dir, 0o711);
    mkdirSync(join(dir, 'data'));
    const [postgres, redis, sink, ...ports] = await Promise.all([
      startPostgres({ dir: join(dir, 'pg'), settings: { max_connections: '100' } }),
      startRedis({ dir: join(dir, 'redis') }),
      smtpSink(),
      freePort(),
      freePort(),
    ]);
    const world = new World(dir, postgres, redis, sink, ports);
    Object.assign(world.env, env);
    world.app = await startApp(world.env);
    world.team = await firstTeam(world.app);
    const source = await world.team.call<{ address: string }>('POST', '/sources', { kind: 'smtp', name: 'Poured' });
    world.address = source.address;
    for (const filter of filters) await world.team.call('POST', '/subscriptions', { filter });
    return world;
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  /** Kills the application and starts it again. */
  async killApp(): Promise<void> {
    await this.app.kill();
    this.app = await startApp(this.env);
  }

  /** Restarts PostgreSQL; sessions are cut. */
  async restartPostgres(): Promise<void> {
    await this.postgres.stop();
    this.postgres = await startPostgres({ dir: join(this.dir, 'pg'), settings: { max_connections: '100' } });
  }

  /** Stops Redis for a while. @param wipe also forget everything it held */
  async restartRedis(wipe: boolean): Promise<void> {
    await this.redis.stop();
    if (wipe)
      for (const name of ['appendonlydir', 'dump.rdb'])
        rmSync(join(this.dir, 'redis', name), { recursive: true, force: true });
    this.redis = await startRedis({ dir: join(this.dir, 'redis') });
  }

  /** Ends everything and removes it. */
  async dispose(): Promise<void> {
    await this.app?.kill();
    await this.sink.close();
    await this.redis.stop();
    await this.postgres.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
