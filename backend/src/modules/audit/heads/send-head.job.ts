import { Inject } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE, type SignedHead } from '#platform/event-log/index.js';
import { AddressRefused, HttpClient, OutboundFailed } from '#platform/http-client/index.js';
import { JobHandler, PermanentFailure, RetryLater, type JobOutcome, type RunningJob } from '#platform/jobs/index.js';
import { mailFailure, Mailer, renderMail } from '#platform/mail/index.js';
import { AuditConfig } from '../audit.config.js';
import { headWords } from './head-words.js';

/** The settings name an address, which may be that of a person who has chosen a language. */
const READER = 'select locale from user_account where lower(email) = lower($1)';

/** A head on its way to one place; each place has its own tries. */
export interface SendHead {
  to: 'webhook' | 'mail';
  head: SignedHead;
}

/**
 * Sends a signed head outside: posted as it is, or mailed. The head carries the instance's signature, so nothing on the way
 * can change it unseen; what arrives is what `npm run audit:verify -- --head FILE` takes. A day of attempts.
 */
@JobHandler<SendHead>('audit', 'send-head', {
  retry: { attempts: 14, firstDelayMs: 15_000, factor: 2, maxDelayMs: 3 * 3_600_000 },
  concurrency: 1,
  destination: ({ to }) => (to === 'mail' ? 'smtp' : 'audit head'),
})
export class SendHeadJob {
  constructor(
    @Inject(AuditConfig) private readonly config: AuditConfig,
    private readonly http: HttpClient,
    private readonly mailer: Mailer,
    private readonly reads: Reads,
    private readonly events: EventLog,
  ) {}

  async run(job: RunningJob<SendHead>): Promise<JobOutcome> {
    const { to, head } = job.payload;
    const response = to === 'webhook' ? await this.post(job) : await this.mail(job);
    return {
      result: { response },
      apply: async (em) => {
        this.events.record(em, 'audit.head_sent', {
          workspaceId: SYSTEM_WORKSPACE,
          subjectId: SYSTEM_WORKSPACE,
          actor: systemActor(),
          data: { to, position: head.position, signedAt: head.at },
        });
      },
    };
  }

  private async post({ id, payload, signal }: RunningJob<SendHead>): Promise<string> {
    const { headUrl } = this.config;
    if (!headUrl) throw new PermanentFailure('The settings name no address for heads any more.');
    // The same id on every attempt: the receiver can tell a repeat.
    const headers = { 'content-type': 'application/json', 'webhook-id': id };
    const body = written(payload.head);
    try {
      const { status } = await this.http.send(headUrl, { method: 'POST', headers, body, signal, maxBytes: 100_000 });
      if (status >= 200 && status < 300) return String(status);
      throw new RetryLater(`The receiver of heads answered ${status}.`);
    } catch (error) {
      if (error instanceof AddressRefused) throw new PermanentFailure(error.message, { cause: error });
      if (error instanceof OutboundFailed) throw new RetryLater(error.message, undefined, true, { cause: error });
      throw error;
    }
  }

  private async mail({ id, payload, signal }: RunningJob<SendHead>): Promise<string> {
    const { headMail } = this.config;
    if (!headMail) throw new PermanentFailure('The settings name nobody to mail heads to any more.');
    const { position, at } = payload.head;
    const [known] = await this.reads.all<{ locale: string }>('audit.head_reader', READER, [headMail]);
    const locale = known?.locale ?? 'en';
    const words = headWords(locale);
    const subject = words.subject(String(position));
    const { html, text } = await renderMail({
      subject,
      locale,
      heading: words.heading,
      blocks: [
        { type: 'text', text: words.text(at, 'npm run audit:verify -- --head FILE') },
        { type: 'text', text: written(payload.head) },
      ],
      footer: words.footer,
    });
    // Not later: a mail that is aborted while the server takes it may arrive and still be sent again.
    signal.throwIfAborted();
    try {
      const mail = { to: headMail, subject, html, text, messageId: this.mailer.messageId(id) };
      return (await this.mailer.send(mail)).response;
    } catch (error) {
      throw mailFailure(error);
    }
  }
}

function written(head: SignedHead): string {
  return `${JSON.stringify(head, null, 2)}\n`;
}
