import { Migration } from '@mikro-orm/migrations';

/** Who chose where a shared subscription tells, and workspaces that go without a look at every match. */
export class ChoosersOfChannels0033 extends Migration {
  override up(): void {
    // Nobody is known for what was chosen before: until somebody chooses again, such channels are nobody's.
    this.addSql(`
      alter table subscription add column channels_by uuid references user_account (id) on delete set null`);
    this.addSql(`create index subscription_channels_by on subscription (channels_by) where channels_by is not null`);
    // Matches go with their subscription, which goes with its workspace; this key has no index to find them by.
    this.addSql(`alter table subscription_match drop constraint subscription_match_workspace_id_fkey`);
  }

  override down(): void {
    this.addSql(`
      alter table subscription_match add constraint subscription_match_workspace_id_fkey
        foreign key (workspace_id) references workspace (id) on delete cascade`);
    this.addSql(`alter table subscription drop column channels_by`);
  }
}
