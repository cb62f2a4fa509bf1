import type { EntityManager } from '#platform/database/index.js';
import { JobHandler, type JobOutcome, type JobRunner, type RunningJob } from '#platform/jobs/index.js';
import { Mailer, mailFailure } from '#platform/mail/index.js';
import { NotificationMails } from '../messages/notification-mails.js';
import { Suppressions } from '../suppressions/suppressions.js';
import { attempted } from './attempt.js';
import { DeliveryResults } from './delivery-results.js';
import { DueDeliveries } from './due.js';

interface DeliverMail {
  [name: string]: string;
  deliveryId: string;
}

/**
 * Sends the mail of one notification. The Message-ID is the delivery's own, so that a repeat after a crash can be told by the
 * other side. The kind keeps the name that it had when every notification was an alert: jobs of older versions may wait.
 */
@JobHandler<DeliverMail>('alerts', 'deliver', {
  retry: { attempts: 14, firstDelayMs: 5_000, factor: 2, maxDelayMs: 3 * 3_600_000 },
  concurrency: 10,
  destination: () => 'smtp',
})
export class DeliverMailJob implements JobRunner<DeliverMail> {
  constructor(
    private readonly due: DueDeliveries,
    private readonly mails: NotificationMails,
    private readonly mailer: Mailer,
    private readonly suppressions: Suppressions,
    private readonly results: DeliveryResults,
  ) {}

  async run({ payload, attempt, signal }: RunningJob<DeliverMail>): Promise<JobOutcome> {
    const due = await this.due.find(payload.deliveryId);
    // It went with its person or workspace: there is nobody to tell.
    if (!due || due.state === 'sent') return { asked: false };
    const ready = await this.due.ready(due);
    if (typeof ready === 'string') return this.results.givenUp(due, ready);
    const { to, source, events, total } = ready;
    if (!to.verified) return this.results.givenUp(due, 'The person has not confirmed their address.');
    const suppressed = await this.suppressions.why(to.email);
    if (suppressed) return this.results.refused(due, suppressed);
    const mail = await this.mails.write({ form: due.form, total, events }, source, due.reason, to);
    // Not later: a mail that is aborted while the server takes it may arrive and still be sent again.
    signal.throwIfAborted();
    const messageId = this.mailer.messageId(due.id);
    const { one, error } = await attempted(attempt, () => this.mailer.send({ to: to.email, ...mail, messageId }));
    if (error === undefined) return { apply: (em) => this.results.sent(em, due, one) };
    await this.results.tried(due, one);
    throw mailFailure(error);
  }

  async parked({ payload }: Pick<RunningJob<DeliverMail>, 'payload'>, error: Error, em: EntityManager): Promise<void> {
    const due = await this.due.within(em, payload.deliveryId);
    if (due) await this.results.failed(em, due, error.message, true);
  }
}
