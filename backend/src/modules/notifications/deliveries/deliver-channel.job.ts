import { InstanceConfig } from '#platform/config/index.js';
import { SecretUnreadable } from '#platform/crypto/index.js';
import type { EntityManager } from '#platform/database/index.js';
import {
  JobHandler,
  PermanentFailure,
  type JobOutcome,
  type JobRunner,
  type RunningJob,
} from '#platform/jobs/index.js';
import { ChannelEndings } from '../channels/channel-endings.js';
import { ChannelGone } from '../channels/channel-gone.js';
import { ChannelDrivers, type ChannelMessage } from '../channels/channel.js';
import { ChannelRows } from '../channels/channel-rows.js';
import { Messages } from '../messages/messages.js';
import { wordsFor } from '../messages/words.js';
import { attempted } from './attempt.js';
import { DeliveryResults } from './delivery-results.js';
import { DueDeliveries, type Ready } from './due.js';

interface DeliverToChannel {
  [name: string]: string;
  deliveryId: string;
  channelId: string;
}

/** Takes one notification to a browser, a chat or a webhook. Each channel has a circuit and places of its own: a dead or slow one delays no other. */
@JobHandler<DeliverToChannel>('channels', 'deliver', {
  retry: { attempts: 12, firstDelayMs: 5_000, factor: 2, maxDelayMs: 3 * 3_600_000 },
  concurrency: 20,
  leaseSeconds: 30,
  destination: ({ channelId }) => `channel:${channelId}`,
  perDestination: 4,
})
export class DeliverToChannelJob implements JobRunner<DeliverToChannel> {
  constructor(
    private readonly due: DueDeliveries,
    private readonly channels: ChannelRows,
    private readonly drivers: ChannelDrivers,
    private readonly messages: Messages,
    private readonly results: DeliveryResults,
    private readonly endings: ChannelEndings,
    private readonly instance: InstanceConfig,
  ) {}

  async run({ payload, attempt, signal }: RunningJob<DeliverToChannel>): Promise<JobOutcome> {
    const due = await this.due.find(payload.deliveryId);
    if (!due || due.state === 'sent') return { asked: false };
    const ready = await this.due.ready(due);
    if (typeof ready === 'string') return this.results.givenUp(due, ready);
    const channel = await this.channels.usable(payload.channelId);
    if (!channel) return this.results.givenUp(due, 'The channel was removed or switched off before this was sent.');
    const driver = this.drivers.get(channel.kind);
    if (!driver) throw new PermanentFailure(`This version has no channels of the kind "${channel.kind}".`);
    const settings = this.opened(channel);
    const message = this.message(ready);
    signal.throwIfAborted();
    const { one, error } = await attempted(attempt, () => driver.send(settings, message, signal));
    if (error === undefined) {
      return {
        apply: async (em) => {
          await this.channels.works(em, channel.id);
          await this.results.sent(em, due, one);
        },
      };
    }
    await this.results.tried(due, one);
    throw error;
  }

  async parked(job: Pick<RunningJob<DeliverToChannel>, 'payload'>, error: Error, em: EntityManager): Promise<void> {
    const due = await this.due.within(em, job.payload.deliveryId);
    if (!due) return;
    if (error instanceof ChannelGone) await this.endings.end(em, job.payload.channelId, error.message);
    else await this.channels.fails(em, job.payload.channelId);
    await this.results.failed(em, due, error.message, true);
  }

  private opened(channel: { id: string; settings: string }): unknown {
    try {
      return this.channels.open(channel);
    } catch (error) {
      if (error instanceof SecretUnreadable) throw new PermanentFailure(error.message, { cause: error });
      throw error;
    }
  }

  private message({ due, to, source, events, total }: Ready): ChannelMessage {
    const { product } = wordsFor(to.locale);
    const name = source?.name ?? product;
    const { subject, ...notification } = this.messages.compose({ form: due.form, total, events, name }, to);
    const notificationId = due.notificationId ?? due.id;
    return {
      notificationId,
      at: due.at,
      subject,
      notification,
      url: `${this.instance.origin}/inbox/${notificationId}`,
      reason: { name, filter: due.reason?.filter ?? null, unsubscribeUrl: source?.unsubscribeUrl ?? null },
      locale: to.locale,
      timeZone: to.timeZone,
      events,
      total,
    };
  }
}
