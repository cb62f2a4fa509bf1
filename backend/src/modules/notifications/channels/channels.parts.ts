import { ChannelEndings } from './channel-endings.js';
import { ChannelSettings } from './channel-settings.js';
import { Channel } from './channel.entity.js';
import { DiscordDriver } from './discord/discord.driver.js';
import { Post } from './post.js';
import { PushDriver } from './push/push.driver.js';
import { VapidKeys } from './push/vapid-keys.js';
import { SlackDriver } from './slack/slack.driver.js';
import { WebhookDriver } from './webhook/webhook.driver.js';

/** What the room of notifications is made of where channels lead somewhere. */
export const channelEntities = [Channel];
export const channelControllers = [];
export const channelProviders = [
  ChannelEndings,
  ChannelSettings,
  DiscordDriver,
  Post,
  PushDriver,
  SlackDriver,
  VapidKeys,
  WebhookDriver,
];
