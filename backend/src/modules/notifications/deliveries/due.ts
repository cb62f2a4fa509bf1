import { Injectable } from '@nestjs/common';
import { type MemberRole, permissionsOf } from '#platform/access/index.js';
import { isoTime, query, Reads, type EntityManager } from '#platform/database/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { NotificationSources, type Reason, type Recipient, type SourceNow } from '#platform/notifications/index.js';
import { People } from '../told/people.js';
import { ToldEvents } from '../told/told-events.js';

/** A delivery with what its notification says, as the database has it now. */
export interface Due {
  readonly id: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly notificationId: string | null;
  readonly subscriptionId: string | null;
  readonly channel: string;
  readonly channelId: string | null;
  readonly eventId: string;
  readonly state: 'queued' | 'sent' | 'failed';
  readonly sourceType: string | null;
  readonly sourceId: string | null;
  readonly events: readonly { id: string; position: number }[];
  readonly total: number;
  /** When there was something to tell, as RFC 3339. */
  readonly at: string;
  readonly form: 'single' | 'burst' | 'digest';
  readonly reason: Reason | null;
  readonly email: string | null;
  readonly verified: boolean | null;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly role: MemberRole | null;
  readonly made: string[] | null;
}

/** What is to be sent now. */
export interface Ready {
  readonly due: Due;
  readonly to: Recipient & { readonly email: string; readonly verified: boolean };
  readonly source: SourceNow | null;
  /** Oldest first, at least one. */
  readonly events: readonly LogEvent[];
  readonly total: number;
}

// The person is joined through the grant: who has left the workspace since gets nothing. A delivery without a notification
// is from before there were any, and about one event of its subscription.
const DUE = `
  select d.id, d.workspace_id as "workspaceId", d.user_id as "userId", d.notification_id as "notificationId",
         d.subscription_id as "subscriptionId", d.channel, d.channel_id as "channelId", d.event_id as "eventId", d.state,
         case when n.id is null then 'subscription' else n.source_type end as "sourceType",
         case when n.id is null then d.subscription_id else n.source_id end as "sourceId",
         coalesce(n.events, jsonb_build_array(jsonb_build_object('id', d.event_id, 'position', d.event_position))) as events,
         coalesce(n.total, 1) as total, coalesce(n.form, 'single') as form, n.reason,
         ${isoTime('coalesce(n.created_at, d.created_at)')} as at,
         u.email, (u.email_verified_at is not null or u.operator) as verified, u.locale, u.time_zone as "timeZone",
         g.role, r.permissions as made
    from delivery d
    left join notification n on n.id = d.notification_id
    left join (user_account u join access_grant g on g.principal_id = u.id left join workspace_role r on r.id = g.role_id)
      on u.id = d.user_id and g.workspace_id = d.workspace_id
   where d.id = $1`;

/** Deliveries that are about to be sent, looked at as things are then. */
@Injectable()
export class DueDeliveries {
  constructor(
    private readonly reads: Reads,
    private readonly sources: NotificationSources,
    private readonly told: ToldEvents,
    private readonly people: People,
  ) {}

  /** Undefined when it went with its person or workspace. */
  find(id: string): Promise<Due | undefined> {
    return this.reads.one<Due>('deliveries.due', DUE, [id]);
  }

  /** The same, as a transaction sees it. */
  async within(em: EntityManager, id: string): Promise<Due | undefined> {
    return (await query<Due>(em, DUE, [id]))[0];
  }

  /** What is to be sent, or, as a sentence, why nothing is. */
  async ready(due: Due): Promise<Ready | string> {
    const { email, locale, timeZone, role, made, userId } = due;
    if (email === null || locale === null || timeZone === null || role === null)
      return 'The person no longer belongs to the workspace.';
    const [source, { events, hidden }] = await Promise.all([
      this.source(due),
      this.told.seenBy(due.events, { userId, role, made }),
    ]);
    const permitted = !source || permissionsOf(role, made).has(source.permission);
    if (!permitted || (hidden && events.length === 0)) return 'The person may not see the event any more.';
    // Who ended the alerts hears no more of them, not even those that were waiting for the mail server.
    if (source?.silent) return source.silent;
    if (source === undefined) return 'What asked for this is gone.';
    if (events.length === 0) return 'The event was erased or pruned before it was told.';
    const total = due.total - (due.events.length - events.length);
    const names = await this.people.named(events);
    return { due, to: { email, locale, timeZone, names, verified: due.verified === true }, source, events, total };
  }

  /** Null when the product tells by itself; undefined when what asked for it is gone. */
  private async source({ sourceType: type, sourceId: id }: Due): Promise<SourceNow | null | undefined> {
    return type === null || id === null ? null : this.sources.now({ type, id });
  }
}
