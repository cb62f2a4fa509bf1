import { Controller, Get } from '@nestjs/common';
import { deliveries, mailPreview } from '#modules/notifications/index.js';
import type { Member } from '#platform/access/index.js';
import { NotFound } from '#platform/errors/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, listQuery, type ListQuery, Who } from '#platform/http/index.js';
import { NoSuchSubscription, TargetHidden } from '../subscriptions/subscriptions.errors.js';
import { subscriptionPath, type SubscriptionPath } from '../subscriptions/subscriptions.schemas.js';
import { SubscriptionDeliveries } from './subscription-deliveries.js';

/** What one of the caller's subscriptions sent. */
@Controller('workspaces/:workspaceId/subscriptions/:subscriptionId')
export class SubscriptionDeliveriesController {
  constructor(private readonly service: SubscriptionDeliveries) {}

  @Get('deliveries')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'Alerts of one subscription',
    params: subscriptionPath,
    query: listQuery({ sort: ['createdAt'], defaultSort: '-createdAt', filter: true }),
    response: deliveries,
    errors: [NoSuchSubscription, FilterRefused],
  })
  list(@Who() who: Member, @Input.params() { subscriptionId }: SubscriptionPath, @Input.query() query: ListQuery) {
    return this.service.list(who, subscriptionId, query);
  }

  @Get('mail-preview')
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
