import { Injectable, type OnModuleInit } from '@nestjs/common';
import { query } from '#platform/database/index.js';
import { Quotas } from '#platform/quotas/index.js';

/** The name of the limit on endpoints. */
export const ENDPOINTS = 'webhook_endpoints';

const USED = 'select count(*)::int as n from webhook_endpoint where workspace_id = $1 and removed_at is null';

/** Lets plans limit the webhook endpoints of a workspace; those that are switched off count. */
@Injectable()
export class EndpointQuota implements OnModuleInit {
  constructor(private readonly quotas: Quotas) {}

  onModuleInit(): void {
    this.quotas.register({
      name: ENDPOINTS,
      noun: 'webhook endpoints',
      unit: 'count',
      remedy: 'remove a webhook endpoint',
      used: async (em, workspaceId) => (await query<{ n: number }>(em, USED, [workspaceId]))[0]?.n ?? 0,
      metered: { 'webhook_endpoint.created': () => 1, 'webhook_endpoint.deleted': () => -1 },
    });
  }
}
