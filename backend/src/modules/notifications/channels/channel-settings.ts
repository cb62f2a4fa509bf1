import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Secrets } from '#platform/crypto/index.js';
import type { ChannelKind } from './channel.js';

/** A browser that push messages go to (PushSubscription of the Push API). */
export const pushSettings = z.object({
  endpoint: z.string(),
  p256dh: z.string(),
  auth: z.string(),
  /** The public key that the browser subscribed with; with another one the push service refuses. */
  vapid: z.string(),
});
export type PushSettings = z.infer<typeof pushSettings>;

/** A chat's incoming webhook; whoever knows the address can post there. */
export const chatSettings = z.object({ url: z.string() });
export type ChatSettings = z.infer<typeof chatSettings>;

/** An address that takes signed messages. */
export const webhookSettings = z.object({ url: z.string(), secret: z.string() });
export type WebhookSettings = z.infer<typeof webhookSettings>;

const SCHEMAS = {
  push: pushSettings,
  slack: chatSettings,
  discord: chatSettings,
  webhook: webhookSettings,
} as const satisfies Record<ChannelKind, z.ZodObject>;

/** What leads to a channel, by its kind. */
export type SettingsOf<K extends ChannelKind> = z.infer<(typeof SCHEMAS)[K]>;

/** What leads to channels, sealed for one row each: moved to another row it does not open. */
@Injectable()
export class ChannelSettings {
  constructor(private readonly secrets: Secrets) {}

  /** @returns the text for the column `notification_channel.settings` */
  seal<K extends ChannelKind>(channelId: string, settings: SettingsOf<K>): string {
    return this.secrets.seal(JSON.stringify(settings), context(channelId));
  }

  /** @throws SecretUnreadable, KeyRingError when they cannot be opened any more */
  open<K extends ChannelKind>(kind: K, channelId: string, sealed: string): SettingsOf<K> {
    return SCHEMAS[kind].parse(JSON.parse(this.secrets.open(sealed, context(channelId)))) as SettingsOf<K>;
  }
}

/** How an address is shown once it is kept: its host, and the last four characters of what follows. */
export function masked(address: string): string {
  const { host, href, origin } = new URL(address);
  const rest = href.slice(origin.length);
  return rest.length > 12 ? `${host}/…${rest.slice(-4)}` : `${host}/…`;
}

/** Tells whether two devices are one. */
export function fingerprintOf(endpoint: string): string {
  return createHash('sha256').update(endpoint).digest('hex');
}

function context(channelId: string): string {
  return `notification_channel:${channelId}:settings`;
}
