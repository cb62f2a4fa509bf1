import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { Signatures } from '#platform/crypto/index.js';
import { affected, Transactions } from '#platform/database/index.js';
import { instanceSigner, signHeadIn, type SignedHead } from '#platform/event-log/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { AuditConfig } from '../audit.config.js';

/** How often a process looks whether a head is due, in milliseconds. */
const LOOK_EVERY_MS = 60_000;

/** Whose turn it is: the first to ask so many hours after the last. */
const TAKE_TURN = `
  update audit_head set taken_at = now() where taken_at is null or taken_at <= now() - make_interval(hours => $1)`;

/** Signs the head of the log on a schedule, once for all processes, and has it sent to each place outside that the settings name. */
@Enqueues('audit.send-head')
@Injectable()
export class HeadSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger('audit');
  private timer?: NodeJS.Timeout;
  private looking?: Promise<unknown>;

  constructor(
    @Inject(AuditConfig) private readonly config: AuditConfig,
    @Inject(InstanceConfig) private readonly instance: InstanceConfig,
    private readonly transactions: Transactions,
    private readonly signatures: Signatures,
    private readonly jobs: Jobs,
  ) {}

  onApplicationBootstrap(): void {
    if (this.places.length === 0 || !this.instance.plays('workers')) return;
    this.timer = setInterval(() => (this.looking = this.guarded()), LOOK_EVERY_MS);
    this.timer.unref();
    this.looking = this.guarded();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Signs a head and has it sent, when one is due. @returns the head; undefined when it is not this process's turn */
  look(): Promise<SignedHead | undefined> {
    return this.transactions.run(async (em) => {
      if ((await affected(em, TAKE_TURN, [this.config.headHours])) === 0) return undefined;
      const head = await signHeadIn(em, instanceSigner(this.signatures));
      for (const to of this.places)
        await this.jobs.enqueue(em, { queue: 'audit', name: 'send-head', payload: { to, head: { ...head } } });
      return head;
    });
  }

  private get places(): ('webhook' | 'mail')[] {
    const { headUrl, headMail } = this.config;
    return [...(headUrl ? (['webhook'] as const) : []), ...(headMail ? (['mail'] as const) : [])];
  }

  private async guarded(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.log.error(`The head of the log could not be signed: ${(error as Error).message}`);
    }
  }
}
