import { Migration } from '@mikro-orm/migrations';

/** Indexes of webhooks by what is asked of them and when an endpoint failed last. */
export class WebhookMends0052 extends Migration {
  override up(): void {
    this.addSql(`create index webhook_endpoint_of_owner on webhook_endpoint (owner_id)`);
    this.addSql(
      `create index webhook_delivery_failed on webhook_delivery (workspace_id, created_at, id) where state = 'failed'`,
    );
    this.addSql(`create index webhook_replay_endpoint on webhook_replay (endpoint_id)`);
    this.addSql(`alter table webhook_lane add column failed_at timestamptz`);
  }

  override down(): void {
    this.addSql(`alter table webhook_lane drop column failed_at`);
    for (const index of ['webhook_replay_endpoint', 'webhook_delivery_failed', 'webhook_endpoint_of_owner'])
      this.addSql(`drop index ${index}`);
  }
}
