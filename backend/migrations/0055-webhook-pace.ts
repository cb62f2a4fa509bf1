import { Migration } from '@mikro-orm/migrations';

/** Webhooks: how long an endpoint wants to be left alone, and what the log says of endpoints without a scan of it. */
export class WebhookPace0055 extends Migration {
  override up(): void {
    this.addSql(`alter table webhook_lane add column quiet_until timestamptz`);
    this.addSql(`create index event_webhook_endpoint on event (position)
      where type in ('webhook_endpoint.created', 'webhook_endpoint.updated', 'webhook_endpoint.deleted')`);
  }

  override down(): void {
    this.addSql(`drop index event_webhook_endpoint`);
    this.addSql(`alter table webhook_lane drop column quiet_until`);
  }
}
