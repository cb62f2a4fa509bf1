import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { Signatures } from '#platform/crypto/index.js';
import { connectionOptions, DatabaseConfig } from '#platform/database/index.js';
import { DirectConnection } from './direct-connection.js';
import { EventLogConfig } from './event-log.config.js';
import { instanceSigner } from './instance-signer.js';
import { pruneOlder, type Pruned } from './pruning.js';
import { Bell } from './waiting.js';

const LOOK_EVERY_MS = 3_600_000;

/** Whose turn it is: the first to ask a day after the last. */
const TAKE_TURN = `
  update log_checkpoint set looked_at = now()
   where looked_at is null or looked_at < now() - interval '1 day' returning 1`;
/** What failed is tried again at the next look, by whoever looks. */
const GIVE_TURN_BACK = 'update log_checkpoint set looked_at = null';

/** Removes old events once a day, in one process of those that read the log, when the settings say how long they are kept. */
@Injectable()
export class LogRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger('event-log');
  private readonly bell = new Bell();
  private readonly connection: DirectConnection;
  private running?: Promise<void>;
  private stopped = false;

  constructor(
    @Inject(DatabaseConfig) database: DatabaseConfig,
    @Inject(EventLogConfig) private readonly config: EventLogConfig,
    @Inject(InstanceConfig) private readonly instance: InstanceConfig,
    private readonly signatures: Signatures,
  ) {
    // Removing the rows of a large partition takes as long as it takes.
    const options = connectionOptions({ url: config.directUrl ?? database.url, statementTimeoutMs: 0 });
    this.connection = new DirectConnection({ ...options, application_name: 'signalbox retention' });
  }

  onApplicationBootstrap(): void {
    if (this.config.keepDays !== undefined && this.instance.plays('readers')) this.running = this.loop();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.bell.wake();
    // What it is doing is undone by the server, and done another day.
    await this.connection.drop();
    await this.running;
  }

  /**
   * Removes what is too old, if nobody did within a day.
   *
   * @returns undefined when it was not this process's turn
   */
  async look(keepDays: number): Promise<Pruned | undefined> {
    const client = await this.connection.client();
    if ((await client.query(TAKE_TURN)).rows.length === 0) return undefined;
    try {
      return await pruneOlder(client, keepDays, instanceSigner(this.signatures));
    } catch (error) {
      await client.query(GIVE_TURN_BACK).catch(() => undefined); // Then it is another process's turn tomorrow.
      throw error;
    }
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      await this.guarded();
      await this.connection.drop();
      await this.bell.wait(LOOK_EVERY_MS);
    }
  }

  private async guarded(): Promise<void> {
    const { keepDays } = this.config;
    if (keepDays === undefined) return;
    try {
      const pruned = await this.look(keepDays);
      if (pruned && pruned.events > 0)
        this.log.log(
          `${pruned.events} events older than ${keepDays} days are removed, up to position ${pruned.position}`,
        );
      if (pruned?.waitsFor)
        this.log.warn(`Older events wait to be removed: the reader ${pruned.waitsFor} has not read them`);
    } catch (error) {
      if (!this.stopped) this.log.error(`Old events could not be removed: ${(error as Error).message}`);
    }
  }
}
