import { Injectable } from '@nestjs/common';
import { NotificationsApi } from '#modules/notifications/index.js';
import type { Member } from '#platform/access/index.js';
import { NotFound } from '#platform/errors/index.js';
import type { ListQuery } from '#platform/http/index.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { Unsubscriptions } from '../unsubscriptions/unsubscriptions.js';

/** What subscriptions sent; the room of notifications keeps it. */
@Injectable()
export class SubscriptionDeliveries {
  constructor(
    private readonly subscriptions: SubscriptionsService,
    private readonly notifications: NotificationsApi,
    private readonly unsubscriptions: Unsubscriptions,
  ) {}

  /** A page of what one of the caller's subscriptions sent. @throws NoSuchSubscription */
  async list(who: Member, id: string, query: ListQuery) {
    await this.subscriptions.one(who, id);
    return this.notifications.deliveriesOf(who, query, id);
  }

  /**
   * The mail of the newest alert of a subscription, as it would look today.
   *
   * @throws NoSuchSubscription, TargetHidden
   * @throws NotFound when it has matched nothing yet
   */
  async mailPreview(who: Member, id: string) {
    const subscription = await this.subscriptions.one(who, id);
    this.subscriptions.requireSight(who, subscription);
    const source = { name: subscription.name, unsubscribeUrl: this.unsubscriptions.url(id) };
    const mail = await this.notifications.newestMail(who, id, source);
    if (!mail) throw new NotFound('This subscription has matched nothing yet, so there is no mail to show.');
    return mail;
  }
}
