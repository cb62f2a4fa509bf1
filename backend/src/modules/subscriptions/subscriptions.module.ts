import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { NotificationsModule } from '#modules/notifications/index.js';
import { SubscriptionDeliveries } from './deliveries/subscription-deliveries.js';
import { SubscriptionDeliveriesController } from './deliveries/subscription-deliveries.controller.js';
import { SubscriptionSource } from './deliveries/subscription-source.js';
import { IdeasController } from './ideas/ideas.controller.js';
import { IdeasService } from './ideas/ideas.service.js';
import { Listeners } from './listening/listeners.js';
import { Reasons } from './listening/reasons.js';
import { Seats } from './listening/seats.js';
import { SubscriptionsReader } from './listening/subscriptions.reader.js';
import { MatchQueries } from './matches/match-queries.js';
import { MatchRecorder } from './matches/match-recorder.js';
import { MatchesController } from './matches/matches.controller.js';
import { MatchRetention } from './matches/match-retention.js';
import { Releases } from './matches/releases.js';
import { Participants } from './participants/participants.js';
import { ParticipationsController } from './participants/participations.controller.js';
import { ParticipationsService } from './participants/participations.service.js';
import { BacktestsController } from './backtests/backtests.controller.js';
import { History } from './backtests/history.js';
import { BacktestsService } from './backtests/backtests.service.js';
import { Choices } from './subscriptions/choices.js';
import { SubscriptionsSight } from './subscriptions/subscriptions-sight.js';
import { Subscription } from './subscriptions/subscription.entity.js';
import { SubscriptionsController } from './subscriptions/subscriptions.controller.js';
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
    BacktestsController,
    MatchesController,
    IdeasController,
    ParticipationsController,
    SubscriptionDeliveriesController,
    UnsubscriptionsController,
  ],
  providers: [
    SubscriptionsService,
    SubscriptionsOfLeavers,
    SubscriptionQueries,
    SubscriptionQuota,
    SubscriptionsSight,
    Choices,
    Participants,
    ParticipationsService,
    Listeners,
    Seats,
    Reasons,
    SubscriptionsReader,
    MatchRecorder,
    MatchQueries,
    MatchRetention,
    Releases,
    IdeasService,
    BacktestsService,
    History,
    SubscriptionDeliveries,
    SubscriptionSource,
    Unsubscriptions,
    SubscriptionsPersonalData,
  ],
})
export class SubscriptionsModule {}
