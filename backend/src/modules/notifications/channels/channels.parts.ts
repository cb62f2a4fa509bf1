import { ChannelAddresses } from './channel-addresses.js';
import { ChannelEndings } from './channel-endings.js';
import { ChannelSettings } from './channel-settings.js';
import { ChannelTests } from './channel-tests.js';
import { Channel } from './channel.entity.js';
import { ChannelQueries } from './channels.queries.js';
import { ChannelsService } from './channels.service.js';
import { DiscordDriver } from './discord/discord.driver.js';
import { OwnChannelsController } from './own-channels.controller.js';
import { Post } from './post.js';
import { PushDevices } from './push/push-devices.js';
import { PushDevicesController } from './push/push-devices.controller.js';
import { PushDriver } from './push/push.driver.js';
import { SharedBrowsers } from './push/shared-browsers.js';
import { VapidKeys } from './push/vapid-keys.js';
import { SharedChannelsController } from './shared-channels.controller.js';
import { SlackDriver } from './slack/slack.driver.js';
import { WebhookDriver } from './webhook/webhook.driver.js';

/** What the room of notifications is made of where channels lead somewhere. */
export const channelEntities = [Channel];
export const channelControllers = [OwnChannelsController, PushDevicesController, SharedChannelsController];
export const channelProviders = [
  ChannelAddresses,
  ChannelEndings,
  ChannelQueries,
  ChannelSettings,
  ChannelsService,
  ChannelTests,
  DiscordDriver,
  Post,
  PushDevices,
  PushDriver,
  SharedBrowsers,
  SlackDriver,
  VapidKeys,
  WebhookDriver,
];
