import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Enqueues } from '#platform/jobs/index.js';
import { Mailer } from '#platform/mail/index.js';
import { about } from './channel-events.js';
import { Channel } from './channel.entity.js';

/** Who hears of it: who made the channel, while they belong to its workspace. */
const TOLD = `
  select u.email from user_account u
   where u.id = $1 and exists (select from access_grant g where g.principal_id = u.id and g.workspace_id = $2)`;
const NAMES: Record<string, string> = { slack: 'Slack', discord: 'Discord', webhook: 'webhook' };

/** Ends channels whose other side says that they are no more. */
@Enqueues('mail.send')
@Injectable()
export class ChannelEndings {
  constructor(
    private readonly events: EventLog,
    private readonly mailer: Mailer,
    private readonly instance: InstanceConfig,
  ) {}

  /**
   * In the transaction that stops the delivery: a device is removed, any other channel is disabled and its owner told.
   * Doing it twice changes nothing.
   *
   * @param reason the sentence of a `ChannelGone`
   */
  async end(em: EntityManager, channelId: string, reason: string): Promise<void> {
    const where = { id: channelId, removedAt: null };
    const channel = await em.findOne(Channel, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!channel) return;
    if (channel.kind === 'push') {
      channel.remove();
      this.events.record(em, 'channel.removed', { ...about(channel, systemActor()), data: channel.told() });
    } else if (channel.disable(reason)) {
      this.events.record(em, 'channel.disabled', {
        ...about(channel, systemActor()),
        data: { ...channel.told(), reason },
      });
      await this.tell(em, channel, reason);
    }
  }

  private async tell(em: EntityManager, channel: Channel, reason: string): Promise<void> {
    const [owner] = await query<{ email: string }>(em, TOLD, [channel.madeBy, channel.workspaceId]);
    if (!owner) return;
    await this.mailer.queueMail(em, {
      to: owner.email,
      subject: `Your channel “${oneLine(channel.name)}” was switched off`,
      heading: 'A channel was switched off',
      blocks: [
        {
          type: 'text',
          text: `Notifications no longer go to the ${NAMES[channel.kind] ?? channel.kind} channel “${channel.name}”:`,
        },
        { type: 'text', text: reason, tone: 'strong' },
        { type: 'text', text: 'They stay in the inbox. Give the channel a new address to switch it on again.' },
      ],
      footer: `You get this mail because you made the channel on ${new URL(this.instance.origin).host}.`,
      workspaceId: channel.workspaceId ?? undefined,
      about: { type: 'channel', id: channel.id },
    });
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
