import { affected, Reads, type EntityManager } from '#platform/database/index.js';
import { EventLog, LogTail, type LogEvent } from '#platform/event-log/index.js';
import {
  JobHandler,
  PermanentFailure,
  type JobOutcome,
  type JobRunner,
  type RunningJob,
} from '#platform/jobs/index.js';
import { Mailer, mailFailure } from '#platform/mail/index.js';
import { systemActor } from '#platform/access/index.js';
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
  name: string;
  eventId: string;
  position: string;
  state: string;
  email: string | null;
  verified: boolean | null;
  locale: string | null;
  timeZone: string | null;
}

// The person is joined through the grant: who has left the workspace since the match gets nothing.
const DUE = `
  select d.id, d.workspace_id as "workspaceId", d.subscription_id as "subscriptionId", s.name, d.event_id as "eventId",
         d.event_position as "position", d.state, u.email, u.email_verified_at is not null as verified, u.locale,
         u.time_zone as "timeZone"
    from delivery d
    join subscription s on s.id = d.subscription_id
    left join (user_account u join access_grant g on g.principal_id = u.id)
      on u.id = d.user_id and g.workspace_id = d.workspace_id
   where d.id = $1`;

/** Sends one alert. The Message-ID is the delivery's own, so that a repeat after a crash can be told by the other side. */
@JobHandler<DeliverAlert>('alerts', 'deliver', {
  retry: { attempts: 14, firstDelayMs: 5_000, factor: 2, maxDelayMs: 3 * 3_600_000 },
  leaseSeconds: 60,
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
  ) {}

  async run({ payload, attempt, signal }: RunningJob<DeliverAlert>): Promise<JobOutcome> {
    const due = await this.reads.one<Due>('deliveries.due', DUE, [payload.deliveryId]);
    if (!due) throw new PermanentFailure('The delivery is gone.');
    if (due.state === 'sent') return {};
    const { email, locale, timeZone } = due;
    if (email === null || locale === null || timeZone === null)
      throw new PermanentFailure('The person no longer belongs to the workspace.');
    if (!due.verified) throw new PermanentFailure('The person has not confirmed their address.');
    const event = await this.event(due);
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
    const due = await this.reads.one<Due>('deliveries.due', DUE, [payload.deliveryId]);
    if (!due) return;
    const reason = error.message.slice(0, 500);
    const changed = await affected(
      em,
      `update delivery set state = 'failed', error = $2 where id = $1 and state = 'queued'`,
      [due.id, reason],
    );
    if (changed > 0) this.events.record(em, 'delivery.failed', { ...told(due), data: { ...toldData(due), reason } });
  }

  private async sent(em: EntityManager, due: Due, attempt: number, response: string): Promise<void> {
    const text = `update delivery set state = 'sent', attempt = $2, response = $3, error = null, sent_at = now()
      where id = $1 and state <> 'sent'`;
    const changed = await affected(em, text, [due.id, attempt, response.slice(0, 500)]);
    if (changed > 0) this.events.record(em, 'delivery.sent', { ...told(due), data: { ...toldData(due), attempt } });
  }

  private async event({ position, eventId, workspaceId }: Due): Promise<LogEvent> {
    const { events } = await this.tail.since(Number(position) - 1, 1, { workspaceId });
    const [event] = events;
    if (event?.id !== eventId) throw new PermanentFailure('The event was erased or pruned before it was told.');
    return event;
  }
}

function told(due: Due) {
  return { workspaceId: due.workspaceId, subjectId: due.id, actor: systemActor() };
}

function toldData(due: Due) {
  return { subscriptionId: due.subscriptionId, eventId: due.eventId, channel: 'mail' };
}
