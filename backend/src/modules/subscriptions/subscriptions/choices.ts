import { Injectable } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterTargets, readFilter, type FilterTarget } from '#platform/filters/index.js';
import { Notifier } from '#platform/notifications/index.js';
import { isMoney } from '../plans/measures.js';
import type { Plan } from '../plans/plan.js';
import { ChoiceRefused, NoSuchTarget, TargetHidden } from './subscriptions.errors.js';
import type { SubscriptionChoice } from './subscription.entity.js';

/** Checks what people choose for a subscription, and ask in a preview. */
@Injectable()
export class Choices {
  constructor(
    private readonly targets: FilterTargets,
    private readonly notifier: Notifier,
  ) {}

  /** @throws NoSuchTarget */
  target(name: string): FilterTarget {
    if (this.targets.has(name)) return this.targets.get(name);
    throw new NoSuchTarget(
      name,
      this.targets.all().map((t) => t.name),
    );
  }

  /** A target whose things the caller may see. @throws NoSuchTarget, TargetHidden */
  seen(who: Member, name: string): FilterTarget {
    const target = this.target(name);
    if (!who.permissions.has(target.permission)) throw new TargetHidden(target, who);
    return target;
  }

  /** @throws FilterRefused */
  async checkFilter(who: Member, target: FilterTarget, filter: string): Promise<void> {
    readFilter(filter, target.catalogue, await this.targets.context({ userId: who.userId }), '/body/filter');
  }

  /** @throws ChoiceRefused when parts of a plan do not go together, or ask what the target does not have */
  checkPlan(target: FilterTarget, { crossing, improvesBy, rule }: Partial<Plan>): void {
    if (rule && crossing)
      throw new ChoiceRefused('crossing', 'does not go with a rule, which tells of crossings itself');
    if (rule && improvesBy) throw new ChoiceRefused('improvesBy', 'does not go with a rule');
    const has = target.title.toLowerCase();
    if (improvesBy && !target.measure) throw new ChoiceRefused('improvesBy', `needs a figure that ${has} do not have`);
    if (rule?.kind !== 'threshold') return;
    const { catalogue } = target;
    if (catalogue.find(rule.field)?.type === 'number' || isMoney(catalogue, rule.field)) return;
    const known = catalogue.fields.filter(({ type }) => type === 'number' || type === 'money').map(({ name }) => name);
    const choice = known.length > 0 ? `must be one of ${known.join(', ')}` : `holds no figure in ${has}`;
    throw new ChoiceRefused('rule/field', choice);
  }

  /** @throws ChoiceRefused when something would be over before it begins; ValidationFailed for a channel that is not there */
  async checkRest(
    { workspaceId, userId }: { workspaceId: string; userId: string },
    { expiresAt, channels }: Partial<SubscriptionChoice>,
  ): Promise<void> {
    if (expiresAt && expiresAt <= new Date()) throw new ChoiceRefused('expiresAt', 'must be in the future');
    if (channels && channels.length > 0) await this.notifier.checkChannels({ workspaceId, userId }, channels);
  }
}
