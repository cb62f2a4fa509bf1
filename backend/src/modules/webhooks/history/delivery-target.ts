import { Injectable, type OnModuleInit } from '@nestjs/common';
import { webhookDeliveryFields } from '#contract/filter/index.js';
import { FilterTargets, type FilterTarget } from '#platform/filters/index.js';

/** What the filter language can be asked about deliveries. Only the history asks it. */
const deliveryTarget: FilterTarget = {
  name: 'webhook_delivery',
  title: 'Webhook deliveries',
  permission: 'webhooks:read',
  events: [],
  catalogue: webhookDeliveryFields,
  from: 'webhook_delivery d',
  idColumn: 'd.id',
  workspaceColumn: 'd.workspace_id',
  timeColumn: 'd.created_at',
  titleColumn: 'd.event_type',
  guarded: true,
  subject: () => ({}),
};

/** Tells the platform of the target. */
@Injectable()
export class DeliveryTarget implements OnModuleInit {
  constructor(private readonly targets: FilterTargets) {}

  onModuleInit(): void {
    this.targets.register(deliveryTarget);
  }
}
