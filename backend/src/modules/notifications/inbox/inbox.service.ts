import { Injectable } from '@nestjs/common';
import type { UnreadCounts } from '#contract/realtime/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import { Reads } from '#platform/database/index.js';
import { LogTail, type LogEvent } from '#platform/event-log/index.js';
import type { ListQuery, Page } from '#platform/http/index.js';
import { NotificationKinds, NotificationSources, type Recipient } from '#platform/notifications/index.js';
import { Messages } from '../messages/messages.js';
import { wordsFor } from '../messages/words.js';
import { People } from '../told/people.js';
import { ToldEvents } from '../told/told-events.js';
import { NoSuchNotification } from './inbox.errors.js';
import { InboxQueries, type InboxRow } from './inbox.queries.js';
import { InboxSight, type InboxOwner } from './inbox-sight.js';
import type { Group, InboxQuery, NotificationDetail, NotificationShown } from './inbox.schemas.js';

/** A person's inbox, in their own words. */
@Injectable()
export class InboxService {
  constructor(
    private readonly queries: InboxQueries,
    private readonly sight: InboxSight,
    private readonly tail: LogTail,
    private readonly told: ToldEvents,
    private readonly people: People,
    private readonly kinds: NotificationKinds,
    private readonly messages: Messages,
    private readonly sources: NotificationSources,
    private readonly reads: Reads,
    private readonly instance: InstanceConfig,
  ) {}

  /** @throws FilterRefused, ValidationFailed */
  async list(who: InboxOwner, query: InboxQuery): Promise<Page<NotificationShown>> {
    const { items, nextCursor } = await this.queries.list(who, query);
    return { items: await this.shown(who, items), nextCursor };
  }

  /** Likewise, one item for each thing that they are about. */
  async groups(who: InboxOwner, query: ListQuery & Pick<InboxQuery, 'box'>): Promise<Page<Group>> {
    const { items, nextCursor } = await this.queries.groups(who, query);
    const newest = await this.shown(
      who,
      items.map((group) => group.newest),
    );
    const groups = items.map(({ count, unread }, i): Group => {
      const { workspaceId, subject, createdAt } = newest[i]!;
      return { workspaceId, subject, count, unread, newestAt: createdAt, newest: newest[i]! };
    });
    return { items: groups, nextCursor };
  }

  unread(who: InboxOwner): Promise<UnreadCounts> {
    return this.queries.unread(who);
  }

  /** @throws NoSuchNotification */
  async one(who: InboxOwner, id: string): Promise<NotificationDetail> {
    const row = await this.queries.one(who, id);
    const reader = row && (await this.sight.reader(who, row.workspaceId));
    if (!row || !reader) throw new NoSuchNotification();
    const [[shown], { events }, source, deliveries] = await Promise.all([
      this.shown(who, [row]),
      this.told.seenBy(row.events, reader),
      row.source ? this.sources.now(row.source) : undefined,
      this.queries.deliveries(id),
    ]);
    const to = await this.recipient(who, events);
    const { form, reason } = row;
    const name = source?.name ?? null;
    const total = row.total - (row.events.length - events.length);
    const said =
      events.length > 0
        ? this.messages.compose({ form, total, events, name: name ?? wordsFor(to.locale).product }, to)
        : undefined;
    return {
      ...shown!,
      heading: said?.heading ?? null,
      blocks: said?.blocks ?? [],
      why: {
        name,
        filter: reason?.filter ?? null,
        terms: (reason?.terms ?? []).map(({ start, end }) => ({ start, end })),
        events: [...events].reverse().map((event) => ({
          id: event.id,
          type: event.type,
          title: this.kinds.tell(event, to).subject,
          at: event.occurredAt.toISOString(),
        })),
      },
      deliveries,
    };
  }

  /** Each row said in one line, by its newest event. */
  private async shown(who: InboxOwner, rows: readonly InboxRow[]): Promise<NotificationShown[]> {
    if (rows.length === 0) return [];
    const events = await this.tail.at([...new Set(rows.map(({ position }) => position))]);
    const to = await this.recipient(who, events);
    const newest = new Map(events.map((event) => [event.id, event]));
    const names = await this.namesOf(rows.filter(({ form }) => form === 'digest'));
    return rows.map(({ events: of, reason: _, ...row }) => ({
      ...row,
      ...this.line(row, newest.get(of.at(-1)?.id ?? ''), names.get(row.source?.id ?? ''), to),
      url: `${this.instance.origin}/inbox/${row.id}`,
    }));
  }

  private line(
    { form, total }: Pick<InboxRow, 'form' | 'total'>,
    event: LogEvent | undefined,
    name: string | undefined,
    to: Recipient,
  ): { title: string | null; summary: string | null } {
    if (!event) return { title: null, summary: null };
    const of = { form, total, events: [event], name: name ?? wordsFor(to.locale).product };
    const { subject, preheader } = this.messages.compose(of, to);
    return { title: subject, summary: preheader || null };
  }

  /** What the sources of digests are called; one question for each of them. */
  private async namesOf(rows: readonly InboxRow[]): Promise<Map<string, string>> {
    const sources = new Map(rows.flatMap(({ source }) => (source ? [[source.id, source] as const] : [])));
    const named = await Promise.all(
      [...sources.values()].map(async (source) => [source.id, (await this.sources.now(source))?.name] as const),
    );
    return new Map(named.flatMap(([id, name]) => (name === undefined ? [] : [[id, name] as const])));
  }

  private async recipient({ userId }: InboxOwner, events: readonly LogEvent[]): Promise<Recipient> {
    const text = 'select locale, time_zone as "timeZone" from user_account where id = $1';
    const [found, names] = await Promise.all([
      this.reads.one<Pick<Recipient, 'locale' | 'timeZone'>>('notifications.recipient', text, [userId]),
      this.people.named(events),
    ]);
    return { ...(found ?? { locale: 'en', timeZone: 'UTC' }), names };
  }
}
