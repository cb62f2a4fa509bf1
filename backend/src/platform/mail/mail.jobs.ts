import { JobHandler, PermanentFailure, RetryLater, type JobOutcome, type RunningJob } from '#platform/jobs/index.js';
import { MailDeferred, MailInvalid, MailRejected } from './mail.errors.js';
import type { QueuedMail } from './mail.types.js';
import { Mailer } from './mailer.js';
import { renderMail } from './render-mail.js';

type SendMail = Omit<QueuedMail, 'workspaceId' | 'about' | 'key'>;

/** Runs `mail.send`: renders and sends one queued mail. About a day of attempts, as a greylisting server may need. */
@JobHandler<SendMail>('mail', 'send', {
  retry: { attempts: 14, firstDelayMs: 15_000, factor: 2, maxDelayMs: 3 * 3_600_000 },
  concurrency: 5,
  destination: () => 'smtp',
  sealPayload: true,
})
export class SendMailJob {
  constructor(private readonly mailer: Mailer) {}

  async run({ payload, signal }: RunningJob<SendMail>): Promise<JobOutcome> {
    const { html, text } = await renderMail(payload);
    // Not later: a mail that is aborted while the server takes it may arrive and still be sent again.
    signal.throwIfAborted();
    try {
      return { result: await this.mailer.send({ ...payload, html, text }) };
    } catch (error) {
      throw jobFailure(error);
    }
  }
}

/** A mail's failure in the words of jobs: what the server refuses for good is parked, the rest is tried again. */
export function jobFailure(error: unknown): unknown {
  if (error instanceof MailRejected || error instanceof MailInvalid)
    return new PermanentFailure(error.message, {
      cause: error,
      // Without a code it was refused here, before any server saw it.
      answered: error instanceof MailRejected && error.responseCode !== undefined,
    });
  if (error instanceof MailDeferred)
    return new RetryLater(error.message, undefined, error.serverFault, { cause: error });
  return error;
}
