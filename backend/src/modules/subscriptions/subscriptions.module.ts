import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { AlertMails } from './deliveries/alert-mail.js';
import { DeliverAlertJob } from './deliveries/deliver-alert.job.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DeliveriesService } from './deliveries/deliveries.service.js';
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
  imports: [MikroOrmModule.forFeature([Subscription])],
  controllers: [
    SubscriptionsController,
    SubscriptionPreviewsController,
    DeliveriesController,
    UnsubscriptionsController,
  ],
  providers: [
    SubscriptionsService,
    SubscriptionsOfLeavers,
    SubscriptionQueries,
    SubscriptionQuota,
    Listening,
    SubscriptionsReader,
    AlertMails,
    DeliverAlertJob,
    DeliveriesService,
    Unsubscriptions,
    SubscriptionsPersonalData,
  ],
})
export class SubscriptionsModule {}
