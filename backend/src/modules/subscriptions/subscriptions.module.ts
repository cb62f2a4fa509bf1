import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { NotificationsModule } from '#modules/notifications/index.js';
import { SubscriptionDeliveries } from './deliveries/subscription-deliveries.js';
import { SubscriptionDeliveriesController } from './deliveries/subscription-deliveries.controller.js';
import { SubscriptionSource } from './deliveries/subscription-source.js';
import { Listening } from './deliveries/listening.js';
import { SubscriptionsReader } from './deliveries/subscriptions.reader.js';
import { Subscription } from './subscriptions/subscription.entity.js';
import { SubscriptionPreviewsController, SubscriptionsController } from './subscriptions/subscriptions.controller.js';
import { SubscriptionQuota } from './subscriptions/subscription-quota.js';
import { SubscriptionQueries } from './subscriptions/subscriptions.queries.js';
import { SubscriptionsOfLeavers } from './subscriptions/subscriptions-of-leavers.js';
import { SubscriptionsService } from './subscriptions/subscriptions.service.js';
import { UnsubscriptionsController } from './unsubscriptions/unsubscriptions.controller.js';
import { SubscriptionsPersonalData } from './subscriptions.personal-data.js';
import { Unsubscriptions } from './unsubscriptions/unsubscriptions.js';

/** What people want to hear about, and what is sent to them. */
@Module({
  imports: [MikroOrmModule.forFeature([Subscription]), NotificationsModule],
  controllers: [
    SubscriptionsController,
    SubscriptionPreviewsController,
    SubscriptionDeliveriesController,
    UnsubscriptionsController,
  ],
  providers: [
    SubscriptionsService,
    SubscriptionsOfLeavers,
    SubscriptionQueries,
    SubscriptionQuota,
    Listening,
    SubscriptionsReader,
    SubscriptionDeliveries,
    SubscriptionSource,
    Unsubscriptions,
    SubscriptionsPersonalData,
  ],
})
export class SubscriptionsModule {}
