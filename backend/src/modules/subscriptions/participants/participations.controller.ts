import { Controller, Delete, Put } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { requireOwner } from '../owner.js';
import { NoSuchSubscription, NotShared, TargetHidden } from '../subscriptions/subscriptions.errors.js';
import { subscription, type SubscriptionPath, subscriptionPath } from '../subscriptions/subscriptions.schemas.js';
import { ParticipationsService } from './participations.service.js';

/** The caller's part in a subscription that the workspace shares. */
@Controller('workspaces/:workspaceId/subscriptions/:subscriptionId/participation')
export class ParticipationsController {
  constructor(private readonly service: ParticipationsService) {}

  @Put()
  @Endpoint({
    permission: 'subscriptions:write',
    summary: 'Join a shared subscription',
    description: 'From now on it tells you too, by your clock and in your currency. Repeating it changes nothing.',
    params: subscriptionPath,
    response: subscription,
    errors: [NoSuchSubscription, NotShared, TargetHidden],
  })
  join(@Who() who: Member, @Input.params() { subscriptionId }: SubscriptionPath) {
    return this.service.join(requireOwner(who), subscriptionId);
  }

  @Delete()
  @Endpoint({
    permission: 'subscriptions:write',
    summary: 'Leave a shared subscription',
    params: subscriptionPath,
    status: 204,
    errors: [NoSuchSubscription, NotShared],
  })
  leave(@Who() who: Member, @Input.params() { subscriptionId }: SubscriptionPath) {
    return this.service.leave(requireOwner(who), subscriptionId);
  }
}
