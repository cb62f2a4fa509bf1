import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Global, Module } from '@nestjs/common';
import { Inboxes, Notifier } from '#platform/notifications/index.js';
import { bounceControllers, bounceProviders } from './bounces/bounces.parts.js';
import { ChannelDrivers } from './channels/channel.js';
import { ChannelRows } from './channels/channel-rows.js';
import { channelControllers, channelEntities, channelProviders } from './channels/channels.parts.js';
import { DeliverMailJob } from './deliveries/deliver-mail.job.js';
import { DeliverToChannelJob } from './deliveries/deliver-channel.job.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DeliveriesService } from './deliveries/deliveries.service.js';
import { DeliveryResults } from './deliveries/delivery-results.js';
import { DueDeliveries } from './deliveries/due.js';
import { FailureReader } from './failures/failure-reader.js';
import { GenericKind } from './generic/generic-kind.js';
import { InboxChanges } from './inbox/inbox-changes.service.js';
import { InboxController, OwnInboxController } from './inbox/inbox.controller.js';
import { InboxQueries } from './inbox/inbox.queries.js';
import { InboxRetention } from './inbox/inbox-retention.js';
import { InboxService } from './inbox/inbox.service.js';
import { InboxSight } from './inbox/inbox-sight.js';
import { InboxTarget } from './inbox/inbox.target.js';
import { RoomInboxes } from './inbox/inboxes.js';
import { SnoozeEnds } from './inbox/snooze-ends.js';
import { UnreadQueries } from './inbox/unread-queries.js';
import { Messages } from './messages/messages.js';
import { NotificationMails } from './messages/notification-mails.js';
import { NotificationsApi } from './notifications.api.js';
import { NotificationsPersonalData } from './notifications.personal-data.js';
import { Audience } from './notifier/audience.js';
import { NewDeliveries } from './notifier/new-deliveries.js';
import { RoomNotifier } from './notifier/room-notifier.js';
import { Routing } from './notifier/routing.js';
import { PreferenceReads } from './preferences/preference-reads.js';
import { PreferencesController } from './preferences/preferences.controller.js';
import { PreferencesService } from './preferences/preferences.service.js';
import { PreviewsController } from './previews/previews.controller.js';
import { PreviewsService } from './previews/previews.service.js';
import { Suppressions } from './suppressions/suppressions.js';
import { People } from './told/people.js';
import { ToldEvents } from './told/told-events.js';

/** What people are told: their inbox, and where else it goes. It provides `Notifier` to every room. */
@Global()
@Module({
  imports: [MikroOrmModule.forFeature(channelEntities)],
  controllers: [
    ...bounceControllers,
    ...channelControllers,
    DeliveriesController,
    InboxController,
    OwnInboxController,
    PreferencesController,
    PreviewsController,
  ],
  providers: [
    ...bounceProviders,
    ...channelProviders,
    Audience,
    ChannelDrivers,
    ChannelRows,
    DeliverMailJob,
    DeliverToChannelJob,
    DeliveriesService,
    DeliveryResults,
    DueDeliveries,
    FailureReader,
    GenericKind,
    InboxChanges,
    InboxQueries,
    InboxRetention,
    InboxService,
    InboxSight,
    InboxTarget,
    Messages,
    NewDeliveries,
    NotificationMails,
    NotificationsApi,
    NotificationsPersonalData,
    { provide: Inboxes, useClass: RoomInboxes },
    { provide: Notifier, useClass: RoomNotifier },
    People,
    PreferenceReads,
    PreferencesService,
    PreviewsService,
    Routing,
    SnoozeEnds,
    Suppressions,
    ToldEvents,
    UnreadQueries,
  ],
  exports: [Inboxes, Notifier, NotificationsApi],
})
export class NotificationsModule {}
