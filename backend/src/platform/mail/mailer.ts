import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { EntityManager } from '#platform/database/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { addressOf, headersOf, messageIdOf, subjectOf } from './addresses.js';
import { MailConfig } from './mail.config.js';
import { RETURN_FIELD, ReturnPaths } from './return-paths.js';
import { MailRejected } from './mail.errors.js';
import type { Mail, QueuedMail } from './mail.types.js';
import { MailTransport, type Envelope } from './mail-transport.js';

/** Sends mail: through `SMTP_URL`, or into the preview mailbox when there is none. */
@Enqueues('mail.send')
@Injectable()
export class Mailer {
  constructor(
    private readonly config: MailConfig,
    private readonly jobs: Jobs,
    private readonly returns: ReturnPaths,
    @Inject(MailTransport) private readonly transport: MailTransport,
  ) {}

  /**
   * Hands one mail over now and waits for the answer.
   *
   * @returns the server's own words
   * @throws MailInvalid (header injection and the like) before anything is sent
   * @throws MailRejected when the server refuses it for good, MailDeferred when it may be tried again
   */
  async send(mail: Mail): Promise<{ response: string }> {
    const recipients = [mail.to].flat().map(addressOf);
    if (recipients.length === 0) throw new MailRejected('A mail needs a recipient.', 'no recipient');
    const messageId = messageIdOf(mail.messageId ?? this.messageId(uuidv7()));
    // Of several recipients nobody could say which one it came back from.
    const only = recipients.length === 1 ? recipients[0]!.address : undefined;
    const returnPath = only && this.returns.of(only, messageId);
    const envelope: Envelope = {
      from: addressOf(mail.from ?? this.config.from),
      to: recipients,
      subject: subjectOf(mail.subject),
      headers: {
        ...headersOf(mail.headers ?? {}),
        ...(only ? { [RETURN_FIELD]: this.returns.token(only, messageId) } : {}),
      },
      messageId,
      html: mail.html,
      text: mail.text,
      ...(returnPath ? { returnPath } : {}),
      ...(mail.replyTo ? { replyTo: addressOf(mail.replyTo) } : {}),
    };
    return this.transport.send(envelope);
  }

  /**
   * Queues a mail in the caller's transaction as the job `mail.send`; it is rendered and sent after the commit, and
   * repeated with the same Message-ID when it fails for now. Its content is sealed at rest: links in it may be secrets.
   *
   * @returns the job's id
   * @throws MailInvalid for an address, subject or header that no mail may carry
   */
  async queueMail(em: EntityManager, mail: QueuedMail): Promise<string> {
    const { workspaceId, about, key, ...content } = mail;
    const id = uuidv7();
    addressOf(mail.to);
    subjectOf(mail.subject);
    headersOf(mail.headers ?? {});
    if (mail.replyTo) addressOf(mail.replyTo);
    const messageId = messageIdOf(mail.messageId ?? this.messageId(id));
    return this.jobs.enqueue(em, {
      id,
      queue: 'mail',
      name: 'send',
      payload: { ...content, messageId },
      workspaceId,
      subject: about,
      key,
    });
  }

  /** The Message-ID that a row's mail carries on every attempt: `<id@sender's domain>`. */
  messageId(id: string): string {
    return `<${id}@${this.config.domain}>`;
  }
}
