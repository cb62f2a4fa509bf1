import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { ClientBase, ClientConfig } from 'pg';
import { InstanceConfig } from '#platform/config/index.js';
import { connectionOptions, DatabaseConfig } from '#platform/database/index.js';
import { DirectConnection } from './direct-connection.js';
import { EventLogConfig } from './event-log.config.js';
import { LogTail } from './log-tail.js';
import { makePartitions } from './partitions.js';
import { Pokes } from './pokes.js';
import { BATCH, LOCK, moveBatch, NEVER_EMPTIED, readOutbox, sealedEvents, type Found } from './sealing.js';
import { Backoff, Bell } from './waiting.js';

/** A sealer that hangs inside its transaction loses it, and with it the lock, after this long. */
const IDLE_IN_TRANSACTION_MS = 2000;
const BACKLOG_BATCH = 10 * BATCH;

/** What one pass did: `busy` when another sealer held the lock, `full` when more may be waiting. */
export type Pass = 'busy' | 'empty' | 'sealed' | 'full';

/** The connection parameters of every sealer. */
export function sealerConnection(database: DatabaseConfig, directUrl?: string): ClientConfig {
  return {
    ...connectionOptions({ url: directUrl ?? database.url, statementTimeoutMs: database.statementTimeoutMs }),
    application_name: 'signalbox sealer',
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: database.statementTimeoutMs + 5000,
  };
}

/**
 * Moves committed events from `outbox` to `event` and gives them their positions. Any number of processes may run one:
 * the advisory lock of the sealing transaction lets one at a time through.
 */
@Injectable()
export class Sealer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger('event-log');
  private readonly bell = new Bell();
  private readonly halt = new Bell();
  private readonly outage = new Backoff(50, 5000);
  private readonly busy = new Backoff(5, 50);
  private readonly connection: DirectConnection;
  /** Where the last look that emptied the outbox ended. Valid for one connection. */
  private emptied = NEVER_EMPTIED;
  private limit = BATCH;
  /** From this position on more partitions are needed soon. */
  private extendAt = 0;
  private running?: Promise<void>;
  private stopped = false;
  private stopListening?: () => void;

  constructor(
    @Inject(DatabaseConfig) database: DatabaseConfig,
    @Inject(EventLogConfig) private readonly config: EventLogConfig,
    @Inject(InstanceConfig) private readonly instance: InstanceConfig,
    private readonly pokes: Pokes,
    private readonly tail: LogTail,
  ) {
    this.connection = new DirectConnection(sealerConnection(database, config.directUrl), async (client) => {
      this.emptied = NEVER_EMPTIED;
      // Statistics of a table that is mostly empty mislead the planner: beside an old snapshot a scan of the whole
      // table walks over every dead row.
      await client.query('set enable_seqscan = off; set jit = off');
    });
  }

  onApplicationBootstrap(): void {
    if (this.instance.plays('readers')) this.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  /** Seals until `stop`. */
  start(): void {
    if (this.running) return;
    this.stopped = false;
    this.stopListening = this.pokes.listen(() => this.bell.wake());
    this.running = this.loop();
  }

  /** Ends after the pass that runs. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stopListening?.();
    this.bell.wake();
    this.halt.wake();
    await this.running;
    this.running = undefined;
    await this.connection.drop();
  }

  /**
   * Seals one batch.
   *
   * @throws what `pg` throws; nothing is sealed then
   */
  async pass(): Promise<Pass> {
    try {
      return await this.once(await this.connection.client());
    } catch (error) {
      await this.connection.drop();
      throw error;
    }
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      const pass = await this.guarded();
      if (pass !== 'busy') this.busy.reset();
      if (pass === undefined) await this.halt.wait(this.outage.next());
      // The other sealer's snapshot may be older than the commit that woke this one.
      else if (pass === 'busy') await this.halt.wait(this.busy.next());
      else if (pass !== 'full') await this.bell.wait(this.config.pollMs);
    }
  }

  private async guarded(): Promise<Pass | undefined> {
    try {
      const pass = await this.pass();
      if (!this.outage.fresh) this.log.log('Sealing goes on');
      this.outage.reset();
      return pass;
    } catch (error) {
      if (this.outage.fresh) this.log.warn(`Sealing is interrupted: ${(error as Error).message}`);
      return undefined;
    }
  }

  private async once(client: ClientBase): Promise<Pass> {
    if (!(await takeLock(client))) return 'busy';
    const found = await readOutbox(client, this.emptied, this.limit);
    if (found.rows.length === 0) {
      await client.query('commit');
      this.emptied = found.emptied;
      return 'empty';
    }
    const head = found.position + found.rows.length;
    if (head >= this.extendAt) {
      await client.query('rollback');
      this.extendAt = await makePartitions(client, head, this.config.partitionsAhead);
      return 'full';
    }
    await this.move(client, found, head);
    const full = found.rows.length === this.limit;
    if (!full) this.emptied = found.emptied;
    this.limit = full ? BACKLOG_BATCH : BATCH;
    return full ? 'full' : 'sealed';
  }

  /** Moves a batch and tells this process of it; the others are notified by the same commit. */
  private async move(client: ClientBase, found: Found, head: number): Promise<void> {
    this.tail.sealing(head);
    try {
      await moveBatch(client, found);
    } catch (error) {
      this.tail.interrupted();
      throw error;
    }
    this.tail.sealed({ after: found.position, head, events: () => sealedEvents(found) });
  }
}

/** The lock stands in the transaction that seals, taken by its first statement: what later ones read is the newest. */
async function takeLock(client: ClientBase): Promise<boolean> {
  const results = await client.query(`begin; select pg_try_advisory_xact_lock(${LOCK}) as locked`);
  const [, locked] = results as unknown as [unknown, { rows: { locked: boolean }[] }];
  if (locked.rows[0]?.locked) return true;
  await client.query('rollback');
  return false;
}
