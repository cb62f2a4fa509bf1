import { Injectable } from '@nestjs/common';
import { eventVisible, grantJoin, type Member, scopeOf } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { LogTail } from '#platform/event-log/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { AlertMails } from './alert-mail.js';
import type { DeliveryShown, MailPreview } from './deliveries.schemas.js';

const LIST: SortedList = {
  name: 'deliveries',
  sorts: { createdAt: { sql: 'd.created_at', type: 'timestamptz' } },
  id: { sql: 'd.id', type: 'uuid' },
};

const SHOWN = `d.id, d.subscription_id as "subscriptionId", d.event_id as "eventId", d.event_type as "eventType",
  d.subject_id as "subjectId", d.channel, d.state, coalesce(d.attempt, j.attempt, 0) as attempts, d.response,
  case when d.state = 'sent' then null else coalesce(d.error, j.last_error) end as error,
  case when d.state = 'queued' and j.state = 'queued' then ${isoTime('j.next_attempt_at')} end as "nextAttemptAt",
  ${isoTime('d.created_at')} as "createdAt", ${isoTime('d.sent_at')} as "sentAt"`;

/** What was sent to the caller, and what is on its way. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly subscriptions: SubscriptionsService,
    private readonly tail: LogTail,
    private readonly mails: AlertMails,
  ) {}

  /** A page of the caller's deliveries, of one subscription when given. @throws NoSuchSubscription */
  async list(who: Member, query: ListQuery, subscriptionId?: string): Promise<Page<DeliveryShown>> {
    if (subscriptionId !== undefined) await this.subscriptions.one(who, subscriptionId);
    const seek = this.cursor.seek(LIST, query, 5);
    const rows = await this.reads.adHoc<DeliveryShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key}
         from delivery d ${grantJoin('d.workspace_id', '$1')} left join job j on j.id = d.job_id
        where d.workspace_id = $2 and d.user_id = $3 and ($4::uuid is null or d.subscription_id = $4)
          and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, who.userId, subscriptionId ?? null, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  /** @throws NotFound */
  async one(who: Member, id: string): Promise<DeliveryShown> {
    const found = await this.reads.one<DeliveryShown>(
      'deliveries.one',
      `select ${SHOWN} from delivery d ${grantJoin('d.workspace_id', '$1')} left join job j on j.id = d.job_id
        where d.id = $2 and d.workspace_id = $3 and d.user_id = $4`,
      [who.id, id, who.workspaceId, who.userId],
    );
    if (!found) throw new NotFound('There is no such delivery of yours.');
    return found;
  }

  /**
   * The mail of the newest alert of a subscription, as it would look today.
   *
   * @throws NoSuchSubscription, TargetHidden
   * @throws NotFound when it has matched nothing yet
   */
  async mailPreview(who: Member, subscriptionId: string): Promise<MailPreview> {
    const subscription = await this.subscriptions.one(who, subscriptionId);
    this.subscriptions.requireSight(who, subscription);
    const { id, name } = subscription;
    const newest = await this.reads.one<{ position: string; locale: string; timeZone: string }>(
      'deliveries.newest',
      `select d.event_position as position, u.locale, u.time_zone as "timeZone"
         from delivery d join user_account u on u.id = d.user_id
         join event e on e.position = d.event_position and e.id = d.event_id
        where d.subscription_id = $1 and ${eventVisible(scopeOf('e'), '$2')} order by d.created_at desc, d.id desc limit 1`,
      [id, who.id],
    );
    const { events } = newest
      ? await this.tail.since(Number(newest.position) - 1, 1, { workspaceId: who.workspaceId })
      : { events: [] };
    const [event] = events;
    if (!newest || !event)
      throw new NotFound('This subscription has matched nothing yet, so there is no mail to show.');
    const { subject, html, text } = await this.mails.write({ id, name }, event, newest);
    return { subject, html, text, eventId: event.id };
  }
}
