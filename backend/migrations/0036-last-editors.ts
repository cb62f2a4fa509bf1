import { Migration } from '@mikro-orm/migrations';

/** Channels that were named before it was kept by whom are those of who edited the subscription last, if they take part. */
export class LastEditors0036 extends Migration {
  override up(): void {
    this.addSql(`
      update subscription s set channels_by = p.user_id
        from subscription_participant p
       where p.subscription_id = s.id and s.user_id is null and s.channels_by is null and s.plan ? 'channels'
         and p.user_id::text = (
           select e.actor->>'userId' from event e
            where e.subject_id = s.id and e.type in ('subscription.created', 'subscription.updated')
            order by e.position desc limit 1)`);
  }

  /** What was not known before cannot be told from what was chosen since: it stays. */
  override down(): void {
    this.addSql('select 1');
  }
}
