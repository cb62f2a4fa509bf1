import { Injectable } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { NotShared } from '../subscriptions/subscriptions.errors.js';
import type { SubscriptionShown } from '../subscriptions/subscriptions.schemas.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { Participants } from './participants.js';

/** Joining and leaving what a workspace shares. */
@Injectable()
export class ParticipationsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly subscriptions: SubscriptionsService,
    private readonly participants: Participants,
  ) {}

  /** @throws NoSuchSubscription, NotShared, TargetHidden */
  async join(who: Member & { userId: string }, id: string): Promise<SubscriptionShown> {
    const found = await this.shared(who, id);
    this.subscriptions.requireSight(who, found);
    const { workspaceId } = who;
    await this.transactions.run((em) => this.participants.join(em, { ...found, workspaceId }, who.userId, who));
    return { ...found, joined: true };
  }

  /** @throws NoSuchSubscription, NotShared */
  async leave(who: Member & { userId: string }, id: string): Promise<void> {
    await this.shared(who, id);
    await this.transactions.run((em) => this.participants.leave(em, id, who.userId, who));
  }

  private async shared(who: Member, id: string): Promise<SubscriptionShown> {
    const found = await this.subscriptions.one(who, id);
    if (!found.shared) throw new NotShared();
    return found;
  }
}
