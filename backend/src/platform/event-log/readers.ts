import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { Transactions } from '#platform/database/index.js';
import { registerCursor } from './cursors.js';
import { EventLogConfig } from './event-log.config.js';
import { LogTail } from './log-tail.js';
import { ReaderRegistry } from './reader-registry.js';
import { ReaderRun } from './reader-run.js';
import { Backoff, Bell } from './waiting.js';

/** Runs every reader of the process, each in its own loop. Several processes share a reader through its cursor row. */
@Injectable()
export class Readers implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly bells: Bell[] = [];
  private readonly halts: Bell[] = [];
  private loops: Promise<void>[] = [];
  private stopped = true;
  private unsubscribe?: () => void;

  constructor(
    private readonly registry: ReaderRegistry,
    private readonly transactions: Transactions,
    private readonly tail: LogTail,
    @Inject(EventLogConfig) private readonly config: EventLogConfig,
    @Inject(InstanceConfig) private readonly instance: InstanceConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.instance.plays('readers')) await this.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  /** Gives new readers their cursors, then reads until `stop`. */
  async start(): Promise<void> {
    if (!this.stopped) return;
    this.stopped = false;
    const readers = this.registry.all();
    for (const { name, from } of readers)
      await this.transactions.run((em) => registerCursor(em, name, from ?? 'start'));
    this.unsubscribe = this.tail.subscribe(() => this.wake());
    this.loops = readers.map((reader) => this.loop(new ReaderRun(reader, this.transactions)));
  }

  /** Ends every loop after its present batch. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.unsubscribe?.();
    for (const bell of [...this.bells, ...this.halts]) bell.wake();
    await Promise.all(this.loops);
    this.loops = [];
    this.bells.length = 0;
    this.halts.length = 0;
  }

  /** Lets every reader look now. */
  wake(): void {
    for (const bell of this.bells) bell.wake();
  }

  private async loop(run: ReaderRun): Promise<void> {
    const bell = new Bell();
    const halt = new Bell();
    this.bells.push(bell);
    this.halts.push(halt);
    const outage = new Backoff(50, 10_000);
    await run.prepare();
    while (!this.stopped) {
      const step = await run.step();
      if (step !== 'failed') outage.reset();
      if (step === 'failed') await halt.wait(outage.next());
      else if (step !== 'more') await bell.wait(this.config.pollMs);
    }
  }
}
