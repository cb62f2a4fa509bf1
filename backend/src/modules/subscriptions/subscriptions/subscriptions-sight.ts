import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventSight } from '#platform/filters/index.js';

/** Says which permission the events of subscriptions need: those of shared ones are for whoever sees subscriptions. */
@Injectable()
export class SubscriptionsSight implements OnModuleInit {
  constructor(private readonly sight: EventSight) {}

  onModuleInit(): void {
    this.sight.place('subscriptions:read', [
      'subscription.created',
      'subscription.updated',
      'subscription.deleted',
      'subscription.joined',
      'subscription.left',
    ]);
  }
}
