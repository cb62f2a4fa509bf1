import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type ChannelDriver, ChannelDrivers, type ChannelMessage } from '../channel.js';
import { ChannelGone } from '../channel-gone.js';
import type { ChatSettings } from '../channel-settings.js';
import { Post, refusal, wordsOf } from '../post.js';
import { slackMessage } from './slack-message.js';

/**
 * Posts to Slack's incoming webhooks. 404 (`no_service`, `channel_not_found`) and 410 (`channel_is_archived`) end the
 * channel, as no repetition brings it back.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
@Injectable()
export class SlackDriver implements ChannelDriver<ChatSettings>, OnModuleInit {
  readonly kind = 'slack';

  constructor(
    private readonly post: Post,
    private readonly drivers: ChannelDrivers,
  ) {}

  onModuleInit(): void {
    this.drivers.register(this);
  }

  async send({ url }: ChatSettings, message: ChannelMessage, signal: AbortSignal) {
    const body = JSON.stringify(slackMessage(message));
    const answer = await this.post.send({ url, headers: { 'content-type': 'application/json' }, body }, signal);
    if (answer.status === 200) return { response: wordsOf(answer) };
    if (answer.status === 404 || answer.status === 410)
      throw new ChannelGone(`Slack no longer knows the webhook or its channel: ${wordsOf(answer)}`);
    throw refusal(answer, { who: 'Slack' });
  }
}
