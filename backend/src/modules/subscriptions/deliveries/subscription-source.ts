import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Reads } from '#platform/database/index.js';
import { FilterTargets } from '#platform/filters/index.js';
import { NotificationSources, type SourceNow } from '#platform/notifications/index.js';
import { Unsubscriptions } from '../unsubscriptions/unsubscriptions.js';

const OWN = 'select name, target, removed_at is null and not paused as listening from subscription where id = $1';
// Who has left it leaves no trace: a row that is gone is one that wants to be heard no more.
const SHARED = `
  select s.name, s.target, s.removed_at is null and not s.paused as listening
    from subscription_participant p join subscription s on s.id = p.subscription_id where p.id = $1`;

/** Says of subscriptions, when one of their notifications is about to leave, whether they still want to be heard. */
@Injectable()
export class SubscriptionSource implements OnModuleInit {
  constructor(
    private readonly sources: NotificationSources,
    private readonly reads: Reads,
    private readonly targets: FilterTargets,
    private readonly unsubscriptions: Unsubscriptions,
  ) {}

  onModuleInit(): void {
    this.sources.register({ type: 'subscription', now: (id) => this.now('subscriptions.source', OWN, id) });
    this.sources.register({ type: 'shared_subscription', now: (id) => this.now('subscriptions.shared', SHARED, id) });
  }

  private async now(name: string, statement: string, seat: string): Promise<SourceNow | undefined> {
    const found = await this.reads.one<{ name: string; target: string; listening: boolean }>(name, statement, [seat]);
    if (!found || !this.targets.has(found.target)) return undefined;
    return {
      name: found.name,
      silent: found.listening ? null : 'The subscription was paused or removed before this was sent.',
      permission: this.targets.get(found.target).permission,
      unsubscribeUrl: this.unsubscriptions.url(seat),
    };
  }
}
