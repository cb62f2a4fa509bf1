import { Migration } from '@mikro-orm/migrations';

/** Where each attempt went, what debugging inboxes take beside JSON, and secrets of incoming webhooks that overlap. */
export class WebhookMoments0054 extends Migration {
  override up(): void {
    // Where an endpoint sent from one of its versions on; what it has not sent to since is not known any more.
    this.addSql(`
      create table webhook_address (
        endpoint_id uuid not null references webhook_endpoint (id) on delete cascade,
        version integer not null,
        url text not null,
        header_names text[] not null,
        primary key (endpoint_id, version)
      )`);
    this.addSql(`
      insert into webhook_address (endpoint_id, version, url, header_names)
      select id, version, url, header_names from webhook_endpoint where removed_at is null`);
    this.addSql(`alter table webhook_attempt add column endpoint_version integer`);
    this.addSql(`
      alter table webhook_inbox_request
        add column method text not null default 'POST',
        add column content_type text,
        add column encoding text not null default 'text' check (encoding in ('text', 'base64'))`);
    this.addSql(`
      alter table incoming_webhook
        add column previous_secret text,
        add column previous_until timestamptz,
        add constraint incoming_webhook_previous check ((previous_secret is null) = (previous_until is null))`);
  }

  override down(): void {
    this.addSql(`alter table incoming_webhook drop column previous_secret, drop column previous_until`);
    this.addSql(`alter table webhook_inbox_request drop column method, drop column content_type, drop column encoding`);
    this.addSql(`alter table webhook_attempt drop column endpoint_version`);
    this.addSql(`drop table webhook_address`);
  }
}
