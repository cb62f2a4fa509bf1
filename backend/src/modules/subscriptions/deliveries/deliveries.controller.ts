import { Controller, Get } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { NotFound } from '#platform/errors/index.js';
import { Endpoint, Input, listQuery, type ListQuery, Who } from '#platform/http/index.js';
import { NoSuchSubscription, TargetHidden } from '../subscriptions/subscriptions.errors.js';
import type { SubscriptionPath } from '../subscriptions/subscriptions.schemas.js';
import {
  deliveries,
  delivery,
  deliveryPath,
  type DeliveryPath,
  mailPreview,
  subscriptionPath,
  workspacePath,
} from './deliveries.schemas.js';
import { DeliveriesService } from './deliveries.service.js';

const listed = listQuery({ sort: ['createdAt'], defaultSort: '-createdAt' });

/** What was sent to the caller, and what is on its way. */
@Controller('workspaces/:workspaceId')
export class DeliveriesController {
  constructor(private readonly service: DeliveriesService) {}

  @Get('deliveries')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'Alerts that were sent to you or are on their way',
    params: workspacePath,
    query: listed,
    response: deliveries,
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.service.list(who, query);
  }

  @Get('deliveries/:deliveryId')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'One alert with its attempts',
    params: deliveryPath,
    response: delivery,
    errors: [NotFound],
  })
  one(@Who() who: Member, @Input.params() { deliveryId }: DeliveryPath) {
    return this.service.one(who, deliveryId);
  }

  @Get('subscriptions/:subscriptionId/deliveries')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'Alerts of one subscription',
    params: subscriptionPath,
    query: listed,
    response: deliveries,
    errors: [NoSuchSubscription],
  })
  ofSubscription(
    @Who() who: Member,
    @Input.params() { subscriptionId }: SubscriptionPath,
    @Input.query() query: ListQuery,
  ) {
    return this.service.list(who, query, subscriptionId);
  }

  @Get('subscriptions/:subscriptionId/mail-preview')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'How the mail of the newest alert looks',
    params: subscriptionPath,
    response: mailPreview,
    errors: [NoSuchSubscription, TargetHidden, NotFound],
  })
  mailPreview(@Who() who: Member, @Input.params() { subscriptionId }: SubscriptionPath) {
    return this.service.mailPreview(who, subscriptionId);
  }
}
