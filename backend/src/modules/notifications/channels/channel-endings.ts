import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Enqueues } from '#platform/jobs/index.js';
import { Mailer } from '#platform/mail/index.js';
import { wordsFor } from '../messages/words.js';
import { about } from './channel-events.js';
import { Channel } from './channel.entity.js';

/** Who hears of it: who made the channel, while they belong to its workspace; then, of a shared one, the workspace's owners. */
const TOLD = `
  with members as (
    select u.id, u.email, u.locale, g.role
      from access_grant g join user_account u on u.id = g.principal_id where g.workspace_id = $2),
  maker as (select email, locale, true as made from members where id = $1)
  select * from maker
  union all
  (select email, locale, false from members where role = 'owner' and $3 and not exists (select from maker) order by id limit 10)`;
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
   * In the transaction that stops the delivery: a device is removed, any other channel is disabled, and people are told.
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
        data: { ...channel.told(), reason, state: 'disabled', before: { state: 'enabled' } },
      });
      await this.tell(em, channel, reason);
    }
  }

  private async tell(em: EntityManager, channel: Channel, reason: string): Promise<void> {
    const values = [channel.madeBy, channel.workspaceId, channel.userId === null];
    const people = await query<{ email: string; locale: string; made: boolean }>(em, TOLD, values);
    const { host } = new URL(this.instance.origin);
    const kind = NAMES[channel.kind] ?? channel.kind;
    for (const { email, locale, made } of people) {
      const words = wordsFor(locale).channelOff;
      await this.mailer.queueMail(em, {
        to: email,
        locale,
        subject: words.subject(oneLine(channel.name)),
        heading: words.heading,
        blocks: [
          { type: 'text', text: words.text(kind, channel.name) },
          { type: 'text', text: reason, tone: 'strong' },
          { type: 'text', text: words.then },
        ],
        footer: made ? words.footerMaker(host) : words.footerOwner(host),
        workspaceId: channel.workspaceId ?? undefined,
        about: { type: 'channel', id: channel.id },
      });
    }
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
