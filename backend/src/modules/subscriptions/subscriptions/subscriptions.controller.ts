import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, IfMatch, Input, listQuery, type ListQuery, PreconditionFailed, Who } from '#platform/http/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import { requireOwner } from '../owner.js';
import {
  ChoiceRefused,
  NoSuchSubscription,
  NoSuchTarget,
  TargetHidden,
  TooManySubscriptions,
} from './subscriptions.errors.js';
import {
  newSubscription,
  type NewSubscription,
  subscription,
  type SubscriptionChange,
  subscriptionChange,
  type SubscriptionPath,
  subscriptionPath,
  subscriptions,
  workspacePath,
} from './subscriptions.schemas.js';
import { SubscriptionsService } from './subscriptions.service.js';

/** The caller's own subscriptions in a workspace, and those that it shares. */
@Controller('workspaces/:workspaceId/subscriptions')
export class SubscriptionsController {
  constructor(private readonly service: SubscriptionsService) {}

  @Get()
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'Your subscriptions and the shared ones',
    params: workspacePath,
    query: listQuery({ sort: ['createdAt', 'name'], defaultSort: '-createdAt', filter: true }),
    errors: [FilterRefused],
    response: subscriptions,
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.service.list(who, query);
  }

  @Post()
  @Endpoint({
    permission: 'subscriptions:write',
    summary: 'Subscribe',
    description:
      'From now on you are told of what the filter matches, as its rhythm says: in your inbox, and where you prefer or name channels.',
    params: workspacePath,
    body: newSubscription,
    response: subscription,
    errors: [FilterRefused, NoSuchTarget, TargetHidden, ChoiceRefused, TooManySubscriptions, QuotaExceeded],
    bodyExample: { name: 'Lisbon under 400', target: 'deal', filter: 'origin:NYC destination:LIS price<=400USD' },
  })
  create(@Who() who: Member, @Input.body() body: NewSubscription) {
    return this.service.create(requireOwner(who), body);
  }

  @Get(':subscriptionId')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'One of your subscriptions, or a shared one',
    params: subscriptionPath,
    response: subscription,
    errors: [NoSuchSubscription],
    etag: true,
  })
  one(@Who() who: Member, @Input.params() { subscriptionId }: SubscriptionPath) {
    return this.service.one(who, subscriptionId);
  }

  @Patch(':subscriptionId')
  @Endpoint({
    permission: 'subscriptions:write',
    summary: 'Change, pause or resume a subscription',
    params: subscriptionPath,
    body: subscriptionChange,
    response: subscription,
    errors: [NoSuchSubscription, TargetHidden, FilterRefused, ChoiceRefused, PreconditionFailed],
    etag: true,
    bodyExample: { paused: true },
  })
  change(
    @Who() who: Member,
    @Input.params() { subscriptionId }: SubscriptionPath,
    @Input.body() body: SubscriptionChange,
    @IfMatch() ifMatch: string | undefined,
  ) {
    return this.service.change(requireOwner(who), subscriptionId, body, ifMatch);
  }

  @Delete(':subscriptionId')
  @Endpoint({
    permission: 'subscriptions:write',
    summary: 'Remove a subscription',
    params: subscriptionPath,
    status: 204,
    errors: [NoSuchSubscription, PreconditionFailed],
  })
  remove(
    @Who() who: Member,
    @Input.params() { subscriptionId }: SubscriptionPath,
    @IfMatch() ifMatch: string | undefined,
  ) {
    return this.service.remove(requireOwner(who), subscriptionId, ifMatch);
  }
}
