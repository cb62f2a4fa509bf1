import { Injectable, type OnModuleInit } from '@nestjs/common';
import { query } from '#platform/database/index.js';
import { Quotas } from '#platform/quotas/index.js';

/** The name of the limit on subscriptions. */
export const SUBSCRIPTIONS = 'subscriptions';

const USED = 'select count(*)::int as n from subscription where workspace_id = $1 and removed_at is null';

/** Lets plans limit the subscriptions of a workspace; paused ones count. */
@Injectable()
export class SubscriptionQuota implements OnModuleInit {
  constructor(private readonly quotas: Quotas) {}

  onModuleInit(): void {
    this.quotas.register({
      name: SUBSCRIPTIONS,
      noun: 'subscriptions',
      unit: 'count',
      remedy: 'remove a subscription',
      used: async (em, workspaceId) => (await query<{ n: number }>(em, USED, [workspaceId]))[0]?.n ?? 0,
      metered: { 'subscription.created': () => 1, 'subscription.deleted': () => -1 },
    });
  }
}
