import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module, type OnModuleInit } from '@nestjs/common';
import { EventSight } from '#platform/filters/index.js';
import { Dispatcher } from './deliveries/dispatcher.js';
import { DispatcherPokes } from './deliveries/dispatcher-pokes.js';
import { EndpointOwners } from './deliveries/endpoint-owners.js';
import { EndpointStops } from './deliveries/endpoint-stops.js';
import { LaneStore } from './deliveries/lane-store.js';
import { OwnerSight } from './deliveries/owner-sight.js';
import { Listening } from './deliveries/listening.js';
import { Retention } from './deliveries/retention.js';
import { Results } from './deliveries/results.js';
import { Sender } from './deliveries/sender.js';
import { WebhooksReader } from './deliveries/webhooks.reader.js';
import { EndpointQuota } from './endpoints/endpoint-quota.js';
import { EndpointRules } from './endpoints/endpoint-rules.js';
import { WebhookEndpoint } from './endpoints/endpoint.entity.js';
import { EndpointsController } from './endpoints/endpoints.controller.js';
import { EndpointQueries } from './endpoints/endpoints.queries.js';
import { EndpointsService } from './endpoints/endpoints.service.js';
import { DeliveryTarget } from './history/delivery-target.js';
import { HistoryController } from './history/history.controller.js';
import { HistoryQueries } from './history/history.queries.js';
import { HistoryService } from './history/history.service.js';
import { ReplayWebhooksJob } from './history/replay.job.js';
import { HooksController } from './hooks/hooks.controller.js';
import { HooksService } from './hooks/hooks.service.js';
import { WebhookInboxController, WebhookInboxPostController } from './inbox/inbox.controller.js';
import { InboxService } from './inbox/inbox.service.js';
import { IncomingController, IncomingPostController } from './incoming/incoming.controller.js';
import { IncomingService } from './incoming/incoming.service.js';
import { CapabilityUrls } from './capability-urls.js';
import { EndpointSecrets } from './secrets/endpoint-secrets.js';
import { WebhooksPersonalData } from './webhooks.personal-data.js';
import { SecretsController } from './secrets/secrets.controller.js';

/** Outside systems are told of events, signed and again until they have them; and may tell us of theirs. */
@Module({
  imports: [MikroOrmModule.forFeature([WebhookEndpoint])],
  controllers: [
    EndpointsController,
    SecretsController,
    HistoryController,
    HooksController,
    WebhookInboxController,
    WebhookInboxPostController,
    IncomingController,
    IncomingPostController,
  ],
  providers: [
    EndpointsService,
    EndpointQueries,
    EndpointRules,
    EndpointQuota,
    EndpointSecrets,
    Listening,
    WebhooksReader,
    DispatcherPokes,
    Dispatcher,
    LaneStore,
    Sender,
    Results,
    Retention,
    EndpointOwners,
    EndpointStops,
    OwnerSight,
    DeliveryTarget,
    HistoryQueries,
    HistoryService,
    ReplayWebhooksJob,
    HooksService,
    InboxService,
    IncomingService,
    CapabilityUrls,
    WebhooksPersonalData,
  ],
})
export class WebhooksModule implements OnModuleInit {
  constructor(private readonly sight: EventSight) {}

  onModuleInit(): void {
    this.sight.place('webhooks:read', [
      'webhook_endpoint.created',
      'webhook_endpoint.updated',
      'webhook_endpoint.deleted',
      'webhook_endpoint.secret_rotated',
      'webhook_endpoint.paused',
      'webhook_endpoint.disabled',
      'webhook_inbox.created',
      'webhook_inbox.deleted',
      'incoming_webhook.created',
      'incoming_webhook.updated',
      'incoming_webhook.deleted',
      'incoming_webhook.secret_rotated',
      'incoming.received',
    ]);
  }
}
