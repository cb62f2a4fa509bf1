import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { affected, Transactions } from '#platform/database/index.js';
import { WebhooksConfig } from '../webhooks.config.js';

const EVERY_MS = 30_000;
/** Rows of one statement, and statements of one kind in a row: what is left over, the next round takes. */
const BATCH = 5_000;
const ROUNDS = 200;

/** What waits for an endpoint that was removed meanwhile is over. */
const END = `
  update webhook_delivery set state = 'failed', error = 'The endpoint was removed.', finished_at = now() where id in (
    select d.id from webhook_endpoint p, lateral (
             select id from webhook_delivery where endpoint_id = p.id and state = 'queued' limit ${BATCH} for update skip locked) d
     where p.removed_at is not null limit ${BATCH})`;

/** Each takes the days that the history is kept. */
const OLD = [
  `delete from webhook_delivery where id in (
     select id from webhook_delivery where created_at < now() - make_interval(days => $1) and state <> 'queued'
      limit ${BATCH} for update skip locked)`,
  // What waits for an endpoint that nobody has touched since.
  `delete from webhook_delivery where id in (
     select d.id from webhook_endpoint p, lateral (
              select id from webhook_delivery where endpoint_id = p.id and state = 'queued'
                 and created_at < now() - make_interval(days => $1) limit ${BATCH} for update skip locked) d
      where p.state <> 'enabled' and p.updated_at < now() - make_interval(days => $1) limit ${BATCH})`,
  `delete from webhook_replay where id in (
     select id from webhook_replay where finished_at < now() - make_interval(days => $1) limit ${BATCH})`,
];

const OVER = [
  `delete from incoming_receipt where (webhook_id, delivery_id) in (
     select webhook_id, delivery_id from incoming_receipt where received_at < now() - interval '30 days' limit ${BATCH})`,
  `update incoming_webhook set previous_secret = null, previous_until = null where id in (
     select id from incoming_webhook where previous_until < now() limit ${BATCH})`,
  `delete from webhook_inbox where id in (select id from webhook_inbox where expires_at < now() limit ${BATCH})`,
  `delete from webhook_secret where id in (select id from webhook_secret where expires_at < now() limit ${BATCH})`,
];

/** Ends and forgets what is over, in small steps and beside the sending, which waits for none of it. */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('webhooks');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly transactions: Transactions,
    private readonly instance: InstanceConfig,
    @Inject(WebhooksConfig) private readonly config: WebhooksConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.instance.plays('workers')) this.running = this.loop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Ends what waits for removed endpoints, and forgets what is older than the history is kept. @param days so long */
  async prune(days: number): Promise<void> {
    await this.repeat(END);
    for (const text of OLD) await this.repeat(text, [days]);
    for (const text of OVER) await this.repeat(text);
  }

  private async repeat(text: string, values: unknown[] = []): Promise<void> {
    for (let round = 0; round < ROUNDS && !this.stopping.signal.aborted; round++)
      if ((await this.transactions.run((em) => affected(em, text, values))) < BATCH) return;
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.prune(this.config.keepDays).catch((error: Error) =>
        this.log.warn(`Old webhooks stay for now: ${error.message}`),
      );
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined); // woken to stop
    }
  }
}
