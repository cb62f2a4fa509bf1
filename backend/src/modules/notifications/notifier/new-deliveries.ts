import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { query, type EntityManager } from '#platform/database/index.js';
import { Enqueues, Jobs, type NewJob } from '#platform/jobs/index.js';
import type { Route } from './routing.js';

const INSERT = `
  insert into delivery (id, workspace_id, subscription_id, user_id, event_id, event_position, event_type, subject_id, channel,
         channel_id, notification_id, job_id)
  select id, workspace_id, subscription_id, user_id, event_id, event_position, event_type, subject_id, channel,
         channel_id, notification_id, job_id
    from jsonb_to_recordset($1::jsonb) as d(id uuid, workspace_id uuid, subscription_id uuid, user_id uuid, event_id uuid,
         event_position bigint, event_type text, subject_id text, channel text, channel_id uuid, notification_id uuid, job_id uuid)
  on conflict do nothing
  returning id`;

interface NewDelivery {
  readonly id: string;
  readonly job_id: string;
  readonly workspace_id: string;
  readonly subscription_id: string | null;
  readonly user_id: string;
  readonly event_id: string;
  readonly event_position: number;
  readonly event_type: string;
  readonly subject_id: string;
  readonly channel: Route['channel'];
  readonly channel_id: string | null;
  readonly notification_id: string;
}

/** Writes deliveries and the jobs that carry them out. */
@Enqueues('alerts.deliver', 'channels.deliver')
@Injectable()
export class NewDeliveries {
  constructor(private readonly jobs: Jobs) {}

  /** One delivery and one job for each route, in the caller's transaction. */
  async make(em: EntityManager, routes: readonly Route[]): Promise<void> {
    if (routes.length === 0) return;
    const rows = routes.map(rowOf);
    const made = new Set((await query<{ id: string }>(em, INSERT, [JSON.stringify(rows)])).map(({ id }) => id));
    await this.jobs.enqueueAll(em, rows.filter(({ id }) => made.has(id)).map(jobOf));
  }
}

function rowOf({ notification, channel, channelId }: Route): NewDelivery {
  const { id: notificationId, workspaceId, userId, source, events } = notification;
  const newest = events.at(-1)!;
  return {
    id: uuidv7(),
    job_id: uuidv7(),
    workspace_id: workspaceId,
    subscription_id: source?.subscriptionId ?? (source?.type === 'subscription' ? source.id : null),
    user_id: userId,
    event_id: newest.id,
    event_position: newest.position,
    event_type: newest.type,
    subject_id: newest.subjectId,
    channel,
    channel_id: channelId,
    notification_id: notificationId,
  };
}

function jobOf({ id, job_id, workspace_id, channel, channel_id }: NewDelivery): NewJob {
  return {
    id: job_id,
    ...(channel === 'mail' ? { queue: 'alerts', name: 'deliver' } : { queue: 'channels', name: 'deliver' }),
    key: id,
    workspaceId: workspace_id,
    subject: { type: 'delivery', id },
    payload: { deliveryId: id, ...(channel_id === null ? {} : { channelId: channel_id }) },
  };
}
