import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import webPush from 'web-push';
import { InstanceConfig } from '#platform/config/index.js';
import type { OutboundAnswer } from '#platform/http-client/index.js';
import { PermanentFailure } from '#platform/jobs/index.js';
import { addressOf, MailConfig } from '#platform/mail/index.js';
import { type ChannelDriver, ChannelDrivers, type ChannelMessage } from '../channel.js';
import { ChannelGone } from '../channel-gone.js';
import type { PushSettings } from '../channel-settings.js';
import { ChannelsConfig } from '../channels.config.js';
import { Post, refusal, wordsOf } from '../post.js';
import { pushHandling, pushPayload } from './push-payload.js';
import { type VapidPair, VapidKeys } from './vapid-keys.js';

/**
 * Sends push messages to browsers: encrypted for the one device (RFC 8291), signed as the instance (RFC 8292). 404 and 410
 * mean that the device has unsubscribed (RFC 8030, section 7.3), and it is removed.
 */
@Injectable()
export class PushDriver implements ChannelDriver<PushSettings>, OnModuleInit {
  readonly kind = 'push';

  constructor(
    private readonly post: Post,
    private readonly keys: VapidKeys,
    private readonly drivers: ChannelDrivers,
    private readonly instance: InstanceConfig,
    private readonly mail: MailConfig,
    @Inject(ChannelsConfig) private readonly config: ChannelsConfig,
  ) {}

  onModuleInit(): void {
    this.drivers.register(this);
  }

  async send(settings: PushSettings, message: ChannelMessage, signal: AbortSignal) {
    const pair = await this.keys.pair();
    if (settings.vapid !== pair.publicKey)
      throw new ChannelGone('The keys of this instance have changed since the browser was added: add it again.');
    const { endpoint, headers, body } = this.sealed(settings, message, pair);
    const posted = { url: endpoint, headers: asText(headers), body };
    const answer = await this.post.send(posted, signal);
    if (answer.status >= 200 && answer.status < 300) return { response: wordsOf(answer) };
    throw failure(answer);
  }

  private sealed({ endpoint, p256dh, auth }: PushSettings, message: ChannelMessage, pair: VapidPair) {
    const subject = this.config.contact(this.instance, addressOf(this.mail.from).address);
    try {
      return webPush.generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        JSON.stringify(pushPayload(message)),
        { vapidDetails: { subject, ...pair }, contentEncoding: 'aes128gcm', ...pushHandling(message) },
      );
    } catch (error) {
      // Keys that are no point of the curve: the browser's own, so no repetition helps.
      throw new PermanentFailure(`The message could not be encrypted for the browser: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

function failure(answer: OutboundAnswer): Error {
  if (answer.status === 404 || answer.status === 410)
    return new ChannelGone(`The browser no longer takes push messages (${answer.status}).`);
  return refusal(answer, { who: 'The push service' });
}

function asText(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
