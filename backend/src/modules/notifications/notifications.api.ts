import { Injectable } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import type { ListQuery, Page } from '#platform/http/index.js';
import type { DeliveryShown, MailPreview } from './deliveries/deliveries.schemas.js';
import { DeliveriesService } from './deliveries/deliveries.service.js';
import type { MailReason } from './messages/notification-mails.js';

/** What other rooms may ask of notifications. Telling people is for `Notifier`. */
@Injectable()
export class NotificationsApi {
  constructor(private readonly deliveries: DeliveriesService) {}

  /** A page of what one of the caller's own subscriptions delivered. That it is theirs is for the room that asks to say. */
  deliveriesOf(who: Member, query: ListQuery, subscriptionId: string): Promise<Page<DeliveryShown>> {
    return this.deliveries.list(who, query, subscriptionId);
  }

  /** The mail of the newest event that a subscription delivered to the caller and they may see, as it would look today; undefined when there is none. */
  newestMail(who: Member, subscriptionId: string, source: MailReason): Promise<MailPreview | undefined> {
    return this.deliveries.newestMail(who, subscriptionId, source);
  }
}
