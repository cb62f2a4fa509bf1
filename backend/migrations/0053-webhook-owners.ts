import { Migration } from '@mikro-orm/migrations';

/** Which API key made an endpoint, and one running replay a workspace. */
export class WebhookOwners0053 extends Migration {
  override up(): void {
    this.addSql(`alter table webhook_endpoint add column owner_key_id uuid`);
    this.addSql(`
      alter table webhook_replay drop constraint webhook_replay_state_check,
        add constraint webhook_replay_state_check check (state in ('running', 'done', 'failed', 'stopped'))`);
    // Of those that run beside each other the oldest goes on; the job of another finds that it is over.
    this.addSql(`
      update webhook_replay set state = 'stopped', error = 'Another replay of the workspace was running.', finished_at = now()
       where state = 'running' and id not in (
         select distinct on (workspace_id) id from webhook_replay where state = 'running' order by workspace_id, created_at, id)`);
    this.addSql(`create unique index webhook_replay_running on webhook_replay (workspace_id) where state = 'running'`);
  }

  override down(): void {
    this.addSql(`drop index webhook_replay_running`);
    this.addSql(`update webhook_replay set state = 'failed' where state = 'stopped'`);
    this.addSql(`
      alter table webhook_replay drop constraint webhook_replay_state_check,
        add constraint webhook_replay_state_check check (state in ('running', 'done', 'failed'))`);
    this.addSql(`alter table webhook_endpoint drop column owner_key_id`);
  }
}
