import { Injectable, type OnModuleInit } from '@nestjs/common';
import { webhookHeaders } from '#platform/webhook-signature/index.js';
import { type ChannelDriver, ChannelDrivers, type ChannelMessage } from '../channel.js';
import { ChannelGone } from '../channel-gone.js';
import type { WebhookSettings } from '../channel-settings.js';
import { Post, refusal, wordsOf } from '../post.js';
import { webhookBody } from './webhook-body.js';

/**
 * Posts signed messages (Standard Webhooks). The id is the notification's, the same on every attempt. 2xx is success; 410
 * ends the channel; what only passes, and 404 while the other side is being set up, is tried again.
 */
@Injectable()
export class WebhookDriver implements ChannelDriver<WebhookSettings>, OnModuleInit {
  readonly kind = 'webhook';

  constructor(
    private readonly post: Post,
    private readonly drivers: ChannelDrivers,
  ) {}

  onModuleInit(): void {
    this.drivers.register(this);
  }

  async send({ url, secret }: WebhookSettings, message: ChannelMessage, signal: AbortSignal) {
    const body = webhookBody(message);
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = {
      'content-type': 'application/json',
      ...webhookHeaders([secret], { id: message.notificationId, timestamp, body }),
    };
    const answer = await this.post.send({ url, headers, body }, signal);
    if (answer.status >= 200 && answer.status < 300) return { response: wordsOf(answer) };
    if (answer.status === 410) throw new ChannelGone('The webhook is gone: its server says so (410).');
    throw refusal(answer, { who: 'The webhook', passing: [404] });
  }
}
