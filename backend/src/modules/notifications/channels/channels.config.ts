import { z } from 'zod';
import { Config, configClass, InstanceConfig, list, setting } from '#platform/config/index.js';

const isOrigin = (text: string) => URL.canParse(text) && /^https?:\/\/[^/]+$/.test(text);
const origins = (fallback = '') =>
  list(fallback)
    .refine((all) => all.every(isOrigin), {
      error: 'must be addresses without a path, such as https://chat.example.com, separated by commas',
    })
    .transform((all) => all.map((text) => new URL(text).origin));

/** Where channels of people may lead. What they reach is further limited by `SIGNALBOX_OUTBOUND_ALLOW`. */
@Config
export class ChannelsConfig extends configClass('channels', {
  slackOrigins: setting(
    'SIGNALBOX_SLACK_ORIGINS',
    origins('https://hooks.slack.com'),
    'Servers whose incoming webhooks are taken for those of Slack, such as a Mattermost of your own.',
  ),
  discordOrigins: setting(
    'SIGNALBOX_DISCORD_ORIGINS',
    origins('https://discord.com,https://discordapp.com,https://canary.discord.com,https://ptb.discord.com'),
    'Servers whose incoming webhooks are taken for those of Discord.',
  ),
  plainOrigins: setting(
    'SIGNALBOX_CHANNEL_HTTP_ORIGINS',
    origins(),
    'Servers that push messages and webhooks of channels may reach without encryption, such as http://10.0.0.7:8080; https is asked for otherwise.',
  ),
  pushContact: setting(
    'SIGNALBOX_PUSH_CONTACT',
    z
      .string()
      .refine((text) => /^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/.test(text) && URL.canParse(text), {
        error: 'must be mailto: with an address, or an https:// address',
      })
      .optional(),
    'Whom a push service may turn to about our messages (RFC 8292): the public address of the instance, or the sender of its mails, when absent.',
  ),
}) {
  /** Whom push services may turn to. @param mailFrom the address that mails come from */
  contact({ publicUrl }: InstanceConfig, mailFrom: string): string {
    return this.pushContact ?? (publicUrl?.startsWith('https://') ? publicUrl : `mailto:${mailFrom}`);
  }

  /** True when an address may be asked by this kind of channel. */
  permits(kind: 'slack' | 'discord' | 'push' | 'webhook', address: URL): boolean {
    if (kind === 'slack') return this.slackOrigins.includes(address.origin);
    if (kind === 'discord') return this.discordOrigins.includes(address.origin);
    return address.protocol === 'https:' || this.plainOrigins.includes(address.origin);
  }
}
