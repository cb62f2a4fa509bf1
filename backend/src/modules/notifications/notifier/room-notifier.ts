import { Injectable } from '@nestjs/common';
import { eventCatalogue } from '#contract/events/index.js';
import { systemActor } from '#platform/access/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { MOST_EVENTS, Notifier, type NewNotification, type ToldEvent } from '#platform/notifications/index.js';
import { Audience } from './audience.js';
import { Routing } from './routing.js';
import { NewDeliveries } from './new-deliveries.js';

const INSERT = `
  insert into notification (id, workspace_id, user_id, source_type, source_id, topic, type, subject_type, subject_id,
         scope_kind, scope_id, position, events, total, form, reason)
  select id, workspace_id, user_id, source_type, source_id, topic, type, subject_type, subject_id,
         scope_kind, scope_id, position, events, total, form, reason
    from jsonb_to_recordset($1::jsonb) as n(id uuid, workspace_id uuid, user_id uuid, source_type text, source_id uuid, topic text,
         type text, subject_type text, subject_id text, scope_kind text, scope_id uuid, position bigint, events jsonb,
         total integer, form text, reason jsonb)
  on conflict (id) do nothing
  returning id`;

/** So many notifications are written by one statement. */
const CHUNK = 2_000;

/** Tells people: rows of the inbox, of deliveries and of jobs, a few statements for however many. */
@Injectable()
export class RoomNotifier extends Notifier {
  constructor(
    private readonly audience: Audience,
    private readonly routing: Routing,
    private readonly deliveries: NewDeliveries,
    private readonly events: EventLog,
  ) {
    super();
  }

  override async notify(em: EntityManager, notifications: readonly NewNotification[]): Promise<ReadonlySet<string>> {
    const told = new Set<string>();
    for (let at = 0; at < notifications.length; at += CHUNK)
      for (const { id } of await this.some(em, notifications.slice(at, at + CHUNK))) told.add(id);
    return told;
  }

  override seen<E extends Pick<ToldEvent, 'type' | 'scope'>>(
    em: EntityManager,
    who: { workspaceId: string; userId: string },
    events: readonly E[],
  ): Promise<E[]> {
    return this.audience.seen(em, who, events);
  }

  override checkChannels(who: { workspaceId: string; userId: string }, channels: readonly string[]): Promise<void> {
    return this.routing.check(who, channels);
  }

  private async some(em: EntityManager, notifications: readonly NewNotification[]): Promise<NewNotification[]> {
    const told = await this.audience.seeing(em, notifications);
    if (told.length === 0) return told;
    const rows = await query<{ id: string }>(em, INSERT, [JSON.stringify(told.map(rowOf))]);
    const ids = new Set(rows.map(({ id }) => id));
    const made = told.filter(({ id }) => ids.has(id));
    for (const one of made) this.record(em, one);
    await this.deliveries.make(em, await this.routing.routes(em, made));
    return told;
  }

  private record(em: EntityManager, { id, workspaceId, userId, events, form, total }: NewNotification): void {
    this.events.record(em, 'notification.created', {
      workspaceId,
      subjectId: id,
      actor: systemActor(),
      scope: { kind: 'user', id: userId },
      data: { type: events.at(-1)!.type, form, total },
    });
  }
}

/** What a notification is about is what its newest event is about. */
function rowOf(told: NewNotification): object {
  const { id, workspaceId, userId, source, total, form, reason } = told;
  const events = told.events.slice(-MOST_EVENTS);
  const newest = events.at(-1)!;
  return {
    id,
    workspace_id: workspaceId,
    user_id: userId,
    source_type: source?.type ?? null,
    source_id: source?.id ?? null,
    topic: eventCatalogue[newest.type].subject,
    type: newest.type,
    subject_type: newest.subjectType,
    subject_id: newest.subjectId,
    scope_kind: newest.scope.kind,
    scope_id: newest.scope.kind === 'workspace' ? null : newest.scope.id,
    position: newest.position,
    events: events.map(({ id, position, type, subjectType, subjectId, scope }) => ({
      id,
      position,
      type,
      subjectType,
      subjectId,
      scope,
    })),
    total,
    form,
    reason,
  };
}
