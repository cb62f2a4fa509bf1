import type { OnModuleInit } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { query, type EntityManager } from '#platform/database/index.js';
import { LogReader, type LogEvent, type ReadsLog } from '#platform/event-log/index.js';
import { NotificationKinds, Notifier, type NewNotification } from '#platform/notifications/index.js';
import { FAILURE } from '../preferences/preference-kinds.js';
import { PreferenceReads } from '../preferences/preference-reads.js';
import { tellFailure } from './failure-kind.js';

type Failed = LogEvent<'delivery.failed'>;

// Who has such news unread gets no more of it for a day, and what failed to tell of a failure is no news itself.
const KNOWN = `
  select n.user_id as "userId", n.workspace_id as "workspaceId" from notification n
   where n.user_id = any($1::uuid[]) and n.type = 'delivery.failed' and n.read_at is null and n.archived_at is null
     and n.created_at > now() - interval '1 day'`;
const OF_FAILURES = `select id from notification where id = any($1::uuid[]) and type = 'delivery.failed'`;

/** Tells people in their inbox that something could not be delivered to them, and as they prefer, on ways that did not fail. */
@LogReader({ name: 'notifications', types: ['delivery.failed'], from: 'head' })
export class FailureReader implements ReadsLog, OnModuleInit {
  constructor(
    private readonly notifier: Notifier,
    private readonly kinds: NotificationKinds,
    private readonly preferences: PreferenceReads,
  ) {}

  onModuleInit(): void {
    this.kinds.register({ type: 'delivery.failed', tell: tellFailure });
  }

  async read(batch: LogEvent[], em: EntityManager): Promise<void> {
    const failed = (batch as Failed[]).filter(({ data, scope }) => data.refused === true && scope.kind === 'user');
    if (failed.length === 0) return;
    const notifications = failed.flatMap(({ data }) => data.notificationId ?? []);
    const own = await query<{ id: string }>(em, OF_FAILURES, [notifications]);
    const passed = new Set(own.map(({ id }) => id));
    const people = [...new Set(failed.map(personOf))];
    const rows = await query<{ userId: string; workspaceId: string }>(em, KNOWN, [people]);
    const known = new Set(rows.map(({ userId, workspaceId }) => `${userId} ${workspaceId}`));
    const wishes = await this.preferences.of(em, people);
    const news: NewNotification[] = [];
    for (const event of failed) {
      const [userId, { workspaceId, data }] = [personOf(event), event];
      const place = `${userId} ${workspaceId}`;
      if (known.has(place) || passed.has(data.notificationId ?? '')) continue;
      known.add(place);
      const failing = data.channel === 'push' ? 'push' : (data.channelId ?? data.channel);
      const wished = wishes.channels(userId, { workspaceId, projectId: null }, FAILURE);
      const channels = wished.filter((name) => name !== failing);
      const plain = { source: null, reason: null, form: 'single', total: 1 } as const;
      news.push({ ...plain, id: uuidv7(), workspaceId, userId, events: [event], channels });
    }
    await this.notifier.notify(em, news);
  }
}

function personOf({ scope }: Failed): string {
  return scope.kind === 'user' ? scope.id : '';
}
