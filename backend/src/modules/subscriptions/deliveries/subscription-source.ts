import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Reads } from '#platform/database/index.js';
import { FilterTargets } from '#platform/filters/index.js';
import { NotificationSources, type NotificationSource, type SourceNow } from '#platform/notifications/index.js';
import { Unsubscriptions } from '../unsubscriptions/unsubscriptions.js';

const NOW = 'select name, target, removed_at is null and not paused as listening from subscription where id = $1';

/** Says of a subscription, when one of its notifications is about to leave, whether it still wants to be heard. */
@Injectable()
export class SubscriptionSource implements NotificationSource, OnModuleInit {
  readonly type = 'subscription';

  constructor(
    private readonly sources: NotificationSources,
    private readonly reads: Reads,
    private readonly targets: FilterTargets,
    private readonly unsubscriptions: Unsubscriptions,
  ) {}

  onModuleInit(): void {
    this.sources.register(this);
  }

  async now(id: string): Promise<SourceNow | undefined> {
    const found = await this.reads.one<{ name: string; target: string; listening: boolean }>(
      'subscriptions.source',
      NOW,
      [id],
    );
    if (!found || !this.targets.has(found.target)) return undefined;
    return {
      name: found.name,
      silent: found.listening ? null : 'The subscription was paused or removed before this was sent.',
      permission: this.targets.get(found.target).permission,
      unsubscribeUrl: this.unsubscriptions.url(id),
    };
  }
}
