import { affected, query, Reads, type EntityManager } from '#platform/database/index.js';
import { EventLog, LogTail, type LogEvent } from '#platform/event-log/index.js';
import { JobHandler, type JobOutcome, type JobRunner, type RunningJob } from '#platform/jobs/index.js';
import { Mailer, mailFailure } from '#platform/mail/index.js';
import { eventVisible, type MemberRole, permissionsOf, scopeOf, systemActor } from '#platform/access/index.js';
import { FilterTargets } from '#platform/filters/index.js';
import { AlertMails } from './alert-mail.js';

interface DeliverAlert {
  [name: string]: string;
  deliveryId: string;
}

/** A delivery with all that sending it needs, as things are now. */
interface Due {
  id: string;
  workspaceId: string;
  subscriptionId: string;
  userId: string;
  name: string;
  listening: boolean;
  eventId: string;
  position: string;
  state: string;
  email: string | null;
  verified: boolean | null;
  locale: string | null;
  timeZone: string | null;
  visible: boolean;
  target: string;
  role: MemberRole | null;
  made: string[] | null;
}

// The person is joined through the grant: who has left the workspace since the match gets nothing.
const DUE = `
  select d.id, d.workspace_id as "workspaceId", d.subscription_id as "subscriptionId", d.user_id as "userId", s.name,
         s.removed_at is null and not s.paused as listening, d.event_id as "eventId", d.event_position as "position", d.state, u.email, (u.email_verified_at is not null or u.operator) as verified, u.locale,
         u.time_zone as "timeZone", s.target, g.role, r.permissions as made,
         not exists (select from event e where e.position = d.event_position and e.id = d.event_id
                        and not ${eventVisible(scopeOf('e'), 'd.user_id')}) as visible
    from delivery d
    join subscription s on s.id = d.subscription_id
    left join (user_account u join access_grant g on g.principal_id = u.id left join workspace_role r on r.id = g.role_id)
      on u.id = d.user_id and g.workspace_id = d.workspace_id
   where d.id = $1`;

const REASON_LENGTH = 500;

/** Sends one alert. The Message-ID is the delivery's own, so that a repeat after a crash can be told by the other side. */
@JobHandler<DeliverAlert>('alerts', 'deliver', {
  retry: { attempts: 14, firstDelayMs: 5_000, factor: 2, maxDelayMs: 3 * 3_600_000 },
  concurrency: 10,
  destination: () => 'smtp',
})
export class DeliverAlertJob implements JobRunner<DeliverAlert> {
  constructor(
    private readonly reads: Reads,
    private readonly tail: LogTail,
    private readonly mails: AlertMails,
    private readonly mailer: Mailer,
    private readonly events: EventLog,
    private readonly targets: FilterTargets,
  ) {}

  async run({ payload, attempt, signal }: RunningJob<DeliverAlert>): Promise<JobOutcome> {
    const due = await this.reads.one<Due>('deliveries.due', DUE, [payload.deliveryId]);
    // It went with its person or workspace: there is nobody to tell.
    if (!due || due.state === 'sent') return { asked: false };
    const { email, locale, timeZone } = due;
    if (email === null || locale === null || timeZone === null)
      return this.giveUp(due, 'The person no longer belongs to the workspace.');
    if (!due.visible || !this.sees(due)) return this.giveUp(due, 'The person may not see the event any more.');
    if (!due.verified) return this.giveUp(due, 'The person has not confirmed their address.');
    // Who ended the alerts hears no more of them, not even those that were waiting for the mail server.
    if (!due.listening) return this.giveUp(due, 'The subscription was paused or removed before this was sent.');
    const event = await this.event(due);
    if (!event) return this.giveUp(due, 'The event was erased or pruned before it was told.');
    const about = { id: due.subscriptionId, name: due.name };
    const mail = await this.mails.write(about, event, { locale, timeZone });
    // Not later: a mail that is aborted while the server takes it may arrive and still be sent again.
    signal.throwIfAborted();
    try {
      const { response } = await this.mailer.send({ to: email, ...mail, messageId: this.mailer.messageId(due.id) });
      return { apply: (em) => this.sent(em, due, attempt, response) };
    } catch (error) {
      throw mailFailure(error);
    }
  }

  async parked({ payload }: Pick<RunningJob<DeliverAlert>, 'payload'>, error: Error, em: EntityManager): Promise<void> {
    const [due] = await query<Due>(em, DUE, [payload.deliveryId]);
    if (due) await this.failed(em, due, error.message.slice(0, REASON_LENGTH));
  }

  /** Whether the role that the person has now lets them see what the subscription is about. */
  private sees({ target, role, made }: Due): boolean {
    if (role === null || !this.targets.has(target)) return false;
    return permissionsOf(role, made).has(this.targets.get(target).permission);
  }

  /** Nothing to be sent, and nothing that anybody could repair: the job is done, the delivery is not. */
  private giveUp(due: Due, reason: string): JobOutcome {
    return { asked: false, apply: (em) => this.failed(em, due, reason) };
  }

  private async failed(em: EntityManager, due: Due, reason: string): Promise<void> {
    const text = `update delivery set state = 'failed', error = $2 where id = $1 and state = 'queued'`;
    const changed = await affected(em, text, [due.id, reason]);
    if (changed > 0) this.events.record(em, 'delivery.failed', { ...told(due), data: { ...toldData(due), reason } });
  }

  private async sent(em: EntityManager, due: Due, attempt: number, response: string): Promise<void> {
    const text = `update delivery set state = 'sent', attempt = $2, response = $3, error = null, sent_at = now()
      where id = $1 and state <> 'sent'`;
    const changed = await affected(em, text, [due.id, attempt, response.slice(0, REASON_LENGTH)]);
    if (changed > 0) this.events.record(em, 'delivery.sent', { ...told(due), data: { ...toldData(due), attempt } });
  }

  private async event({ position, eventId, workspaceId }: Due): Promise<LogEvent | undefined> {
    const { events } = await this.tail.since(Number(position) - 1, 1, { workspaceId });
    const [event] = events;
    return event?.id === eventId ? event : undefined;
  }
}

/** What a delivery tells only its owner hears: whom an alert reached says what they are looking for. */
function told({ workspaceId, id: subjectId, userId }: Due) {
  return { workspaceId, subjectId, actor: systemActor(), scope: { kind: 'user', id: userId } as const };
}

function toldData(due: Due) {
  return { subscriptionId: due.subscriptionId, eventId: due.eventId, channel: 'mail' };
}
