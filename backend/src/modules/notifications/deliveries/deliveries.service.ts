import { Injectable } from '@nestjs/common';
import { deliveryFields } from '#contract/filter/index.js';
import { grantJoin, type Member, type MemberRole } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventSight, filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { NotificationSources, type Reason, type Recipient } from '#platform/notifications/index.js';
import { NotificationMails, type MailReason } from '../messages/notification-mails.js';
import { People } from '../told/people.js';
import { ToldEvents } from '../told/told-events.js';
import type { DeliveryShown, MailPreview } from './deliveries.schemas.js';

const LIST: SortedList = {
  name: 'deliveries',
  sorts: { createdAt: { sql: 'd.created_at', type: 'timestamptz' } },
  id: { sql: 'd.id', type: 'uuid' },
};

const SHOWN = `d.id, d.notification_id as "notificationId", d.subscription_id as "subscriptionId", d.event_id as "eventId",
  d.event_type as "eventType", d.subject_id as "subjectId", coalesce(n.total, 1) as total, d.channel,
  d.channel_id as "channelId", d.state, coalesce(d.attempt, j.attempt, 0) as attempts, d.tries, d.response,
  case when d.state = 'sent' then null else coalesce(d.error, j.last_error) end as error,
  case when d.state = 'queued' and j.state = 'queued' then ${isoTime('j.next_attempt_at')} end as "nextAttemptAt",
  ${isoTime('d.created_at')} as "createdAt", ${isoTime('d.sent_at')} as "sentAt"`;
const FROM = `delivery d ${grantJoin('d.workspace_id', '$1')}
  left join notification n on n.id = d.notification_id left join job j on j.id = d.job_id`;

interface Newest extends Recipient {
  events: { id: string; position: number }[];
  reason: Reason | null;
  userId: string;
  role: MemberRole;
  made: string[] | null;
  /** What asked for it: the subscription, or the person's part in a shared one. Null where there is no notification. */
  asked: { type: string; id: string } | null;
}

/** The newest deliveries of a subscription to one person, with or without a notification. */
const NEWEST = `
  select coalesce(n.events, jsonb_build_array(jsonb_build_object('id', d.event_id, 'position', d.event_position))) as events,
         n.reason, d.user_id as "userId", u.locale, u.time_zone as "timeZone", g.role, r.permissions as made,
         case when n.source_id is not null then jsonb_build_object('type', n.source_type, 'id', n.source_id) end as asked
    from delivery d
    join user_account u on u.id = d.user_id
    join access_grant g on g.workspace_id = d.workspace_id and g.principal_id = d.user_id
    left join workspace_role r on r.id = g.role_id
    left join notification n on n.id = d.notification_id
   where d.subscription_id = $1 and d.workspace_id = $2 and d.user_id = $3
   order by d.created_at desc, d.id desc limit 10`;

/** What was sent to the caller, and what is on its way. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
    private readonly told: ToldEvents,
    private readonly sight: EventSight,
    private readonly people: People,
    private readonly mails: NotificationMails,
    private readonly sources: NotificationSources,
  ) {}

  /** A page of the caller's deliveries, of one subscription when given. @throws FilterRefused */
  async list(who: Member, query: ListQuery, subscriptionId?: string): Promise<Page<DeliveryShown>> {
    const filter = filterCondition(query.filter, deliveryFields, await this.contexts.context(who), 5);
    const seek = this.cursor.seek(LIST, query, 5 + filter.params.length);
    const rows = await this.reads.adHoc<DeliveryShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key} from ${FROM}
        where d.workspace_id = $2 and d.user_id = $3 and ($4::uuid is null or d.subscription_id = $4)
          and ${filter.text} and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, who.userId, subscriptionId ?? null, ...filter.params, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  /** @throws NotFound */
  async one(who: Member, id: string): Promise<DeliveryShown> {
    const found = await this.reads.one<DeliveryShown>(
      'deliveries.one',
      `select ${SHOWN} from ${FROM} where d.id = $2 and d.workspace_id = $3 and d.user_id = $4`,
      [who.id, id, who.workspaceId, who.userId],
    );
    if (!found) throw new NotFound('There is no such delivery of yours.');
    return found;
  }

  /** The mail of the newest event that a subscription delivered to the caller and they may see, as it would look today. */
  async newestMail(who: Member, subscriptionId: string, source: MailReason): Promise<MailPreview | undefined> {
    const rows = await this.reads.all<Newest>('deliveries.newest', NEWEST, [
      subscriptionId,
      who.workspaceId,
      who.userId,
    ]);
    for (const { events: of, reason, asked, ...to } of rows) {
      const { events: seen } = await this.told.seenBy(of.slice(-1), to);
      // A key may be allowed less than its person.
      const events = seen.filter((event) => this.sight.opens(who, event));
      const [event] = events;
      if (!event) continue;
      const named = { ...to, names: await this.people.named(events) };
      const { subject, html, text } = await this.mails.write(
        { form: 'single', total: 1, events },
        // A part in a shared subscription has a link of its own: that of the subscription would end it for everybody.
        (asked && (await this.sources.now(asked))) ?? source,
        reason,
        named,
      );
      return { subject, html, text, eventId: event.id };
    }
    return undefined;
  }
}
