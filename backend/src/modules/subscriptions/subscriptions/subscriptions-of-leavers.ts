import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MembershipApi } from '#platform/access/index.js';
import { SubscriptionsService } from './subscriptions.service.js';

/** Pauses what somebody listened to in a workspace that they leave: who comes back decides anew what to hear. */
@Injectable()
export class SubscriptionsOfLeavers implements OnModuleInit {
  constructor(
    private readonly memberships: MembershipApi,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  onModuleInit(): void {
    this.memberships.watch(async (em, { what, actor, ...owner }) => {
      if (what === 'removed') await this.subscriptions.pauseAll(em, owner, actor);
    });
  }
}
