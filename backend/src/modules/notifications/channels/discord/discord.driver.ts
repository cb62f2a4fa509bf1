import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import type { OutboundAnswer } from '#platform/http-client/index.js';
import { type ChannelDriver, ChannelDrivers, type ChannelMessage } from '../channel.js';
import { ChannelGone } from '../channel-gone.js';
import type { ChatSettings } from '../channel-settings.js';
import { Post, refusal, wordsOf } from '../post.js';
import { discordMessage } from './discord-message.js';

const DAY = 86_400;
const limited = z.object({ retry_after: z.number().nonnegative() });
const refused = z.object({ code: z.number() });
/** "Invalid Webhook Token". */
const TOKEN_INVALID = 50027;

/**
 * Posts to Discord's incoming webhooks. 404 (unknown webhook), 410 and an invalid token end the channel. Asked with `wait`,
 * so that the answer says whether the message was taken.
 *
 * @see https://docs.discord.com/developers/resources/webhook#execute-webhook
 */
@Injectable()
export class DiscordDriver implements ChannelDriver<ChatSettings>, OnModuleInit {
  readonly kind = 'discord';

  constructor(
    private readonly post: Post,
    private readonly drivers: ChannelDrivers,
  ) {}

  onModuleInit(): void {
    this.drivers.register(this);
  }

  async send({ url }: ChatSettings, message: ChannelMessage, signal: AbortSignal) {
    const address = new URL(url);
    address.searchParams.set('wait', 'true');
    const body = JSON.stringify(discordMessage(message));
    const headers = { 'content-type': 'application/json' };
    const answer = await this.post.send({ url: address.toString(), headers, body }, signal);
    if (answer.status === 200 || answer.status === 204) return { response: String(answer.status) };
    if (gone(answer)) throw new ChannelGone(`Discord no longer knows the webhook: ${wordsOf(answer)}`);
    throw refusal(answer, { who: 'Discord', retryAfter: saidInBody });
  }
}

function gone(answer: OutboundAnswer): boolean {
  if (answer.status === 404 || answer.status === 410) return true;
  return answer.status === 401 && refused.safeParse(jsonOf(answer)).data?.code === TOKEN_INVALID;
}

/** `retry_after` in seconds, which is more exact than the header. */
function saidInBody(answer: OutboundAnswer): number | undefined {
  const seconds = limited.safeParse(jsonOf(answer)).data?.retry_after;
  return seconds === undefined ? undefined : Math.min(DAY, Math.ceil(seconds));
}

function jsonOf({ body }: OutboundAnswer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
