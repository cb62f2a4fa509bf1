import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { MailConfig } from './mail.config.js';
import { MailTransport, type Envelope } from './mail-transport.js';
import { smtpFault } from './smtp-faults.js';

const MAILS_A_CONNECTION = 100;

type Pool = ReturnType<typeof pool>;

/** Hands mail to the server of `SMTP_URL`, over a few connections that are kept. */
@Injectable()
export class SmtpTransport extends MailTransport implements OnApplicationShutdown {
  private readonly log = new Logger('mail');
  private readonly pool: Pool;

  constructor(config: MailConfig) {
    super();
    this.pool = pool(config);
    this.pool.on('error', (error: Error) => this.log.warn(`The mail server: ${error.message}`));
  }

  override async send(mail: Envelope): Promise<{ response: string }> {
    try {
      const sent = await this.pool.sendMail(messageOf(mail));
      return { response: String(sent.response) };
    } catch (error) {
      throw smtpFault(error);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.pool.close();
  }
}

/** A mail in the words of nodemailer. */
export function messageOf(mail: Envelope) {
  return {
    from: { ...mail.from },
    to: mail.to.map((address) => ({ ...address })),
    ...(mail.replyTo ? { replyTo: { ...mail.replyTo } } : {}),
    subject: mail.subject,
    headers: mail.headers,
    messageId: mail.messageId,
    html: mail.html,
    text: mail.text,
    // Contents never name files or addresses for nodemailer to load.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function pool(config: MailConfig) {
  return createTransport({
    url: config.smtpUrl,
    pool: true,
    maxConnections: config.connections,
    maxMessages: MAILS_A_CONNECTION,
    // A mail whose connection broke is repeated by its job, where it is counted and seen.
    maxRequeues: 0,
    connectionTimeout: config.timeoutMs,
    greetingTimeout: config.timeoutMs,
    socketTimeout: config.timeoutMs,
    dnsTimeout: config.timeoutMs,
  });
}
