import { v7 as uuidv7 } from 'uuid';
import { eventVisible, scopeOf } from '#platform/access/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { LogReader, type LogEvent, type ReadsLog } from '#platform/event-log/index.js';
import { EventSight, FilterContexts, FilterTargets, type FilterTarget } from '#platform/filters/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { Listening, type Listener } from './listening.js';

const INSERT = `
  insert into delivery (id, workspace_id, subscription_id, user_id, event_id, event_position, event_type, subject_id, channel, job_id)
  select id, workspace_id, subscription_id, user_id, event_id, event_position, event_type, subject_id, 'mail', job_id
    from jsonb_to_recordset($1::jsonb) as d(id uuid, workspace_id uuid, subscription_id uuid, user_id uuid, event_id uuid,
         event_position bigint, event_type text, subject_id text, job_id uuid, scope_kind text, scope_id uuid)
   where ${eventVisible(scopeOf('d'), 'd.user_id')}
  on conflict do nothing
  returning id`;

interface NewDelivery {
  id: string;
  workspace_id: string;
  subscription_id: string;
  user_id: string;
  event_id: string;
  event_position: number;
  event_type: string;
  subject_id: string;
  job_id: string;
  scope_kind: string;
  scope_id: string | null;
}

/**
 * Asks every listening subscription about every event that its target hears, and writes one delivery and one job a match.
 * All of it commits with the reader's cursor: a match is recorded once, whatever dies when.
 */
@Enqueues('alerts.deliver')
@LogReader({ name: 'subscriptions' })
export class SubscriptionsReader implements ReadsLog {
  constructor(
    private readonly targets: FilterTargets,
    private readonly listening: Listening,
    private readonly contexts: FilterContexts,
    private readonly jobs: Jobs,
    private readonly sight: EventSight,
  ) {}

  async read(batch: LogEvent[], em: EntityManager): Promise<void> {
    const heard = batch
      .map((event) => ({ event, targets: this.targets.hearing(event) }))
      .filter(({ targets }) => targets.length > 0);
    if (heard.length === 0) return;
    const listeners = await this.listening.in(
      heard.map(({ event }) => event.workspaceId),
      em,
    );
    const { rates } = await this.contexts.context({ userId: null });
    const matched: NewDelivery[] = [];
    for (const { event, targets } of heard) {
      for (const target of targets) {
        const subject = target.subject(event);
        const moment = { now: event.occurredAt.getTime(), type: event.type, ...(rates ? { rates } : {}) };
        for (const listener of listeners.get(event.workspaceId) ?? [])
          if (hears(listener, target, event) && this.sees(listener, target, event) && listener.matches(subject, moment))
            matched.push(delivery(listener, event));
      }
    }
    await this.deliver(matched, em);
  }

  /** Things of a mixed target need the permission of each event's type beside the target's own. */
  private sees(listener: Listener, { mixed }: FilterTarget, event: LogEvent): boolean {
    return mixed !== true || this.sight.sees(listener, event);
  }

  private async deliver(matched: readonly NewDelivery[], em: EntityManager): Promise<void> {
    if (matched.length === 0) return;
    const made = new Set((await query<{ id: string }>(em, INSERT, [JSON.stringify(matched)])).map(({ id }) => id));
    await this.jobs.enqueueAll(
      em,
      matched
        .filter(({ id }) => made.has(id))
        .map((d) => ({
          id: d.job_id,
          queue: 'alerts',
          name: 'deliver',
          key: d.id,
          workspaceId: d.workspace_id,
          subject: { type: 'delivery', id: d.id },
          payload: { deliveryId: d.id },
        })),
    );
  }
}

/**
 * A subscription hears its own target from the moment it was made. What is for one person need not be asked of the others;
 * whether its owner may see the event is decided where the delivery is written.
 */
function hears(listener: Listener, target: FilterTarget, event: LogEvent): boolean {
  const { scope } = event;
  const possible = scope.kind !== 'user' || scope.id === listener.userId;
  return possible && listener.target === target.name && event.occurredAt >= listener.since;
}

function delivery(listener: Listener, event: LogEvent): NewDelivery {
  return {
    id: uuidv7(),
    workspace_id: listener.workspaceId,
    subscription_id: listener.id,
    user_id: listener.userId,
    event_id: event.id,
    event_position: event.position,
    event_type: event.type,
    subject_id: event.subjectId,
    job_id: uuidv7(),
    scope_kind: event.scope.kind,
    scope_id: event.scope.kind === 'workspace' ? null : event.scope.id,
  };
}
