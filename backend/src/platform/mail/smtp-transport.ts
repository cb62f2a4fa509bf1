import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import type { PartHealth } from '#platform/telemetry/index.js';
import { MailConfig } from './mail.config.js';
import { MailTransport, type Envelope } from './mail-transport.js';
import { smtpFault } from './smtp-faults.js';

const MAILS_A_CONNECTION = 100;
/** A server that takes longer to greet than this is as good as away; a shorter time than that of the whole health check. */
const CHECK_MS = 1_900;

type Pool = ReturnType<typeof pool>;

/** Hands mail to the server of `SMTP_URL`, over a few connections that are kept. */
@Injectable()
export class SmtpTransport extends MailTransport implements OnApplicationShutdown {
  private readonly log = new Logger('mail');
  private readonly pool: Pool;

  constructor(private readonly config: MailConfig) {
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

  /** Connects and signs in, on a connection of its own: those of the pool may be busy, or be kept alive by nobody's asking. */
  override async health(): Promise<PartHealth> {
    const details = { server: new URL(this.config.smtpUrl ?? '').host };
    try {
      await within(CHECK_MS, createTransport({ url: this.config.smtpUrl, ...patience(CHECK_MS) }).verify());
      return { up: true, sentence: 'The mail server takes connections.', details };
    } catch (error) {
      return { up: false, sentence: smtpFault(error).message, details };
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
    ...(mail.returnPath ? { envelope: { from: mail.returnPath, to: mail.to.map(({ address }) => address) } } : {}),
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
    ...patience(config.timeoutMs),
  });
}

function patience(ms: number) {
  return { connectionTimeout: ms, greetingTimeout: ms, socketTimeout: ms, dnsTimeout: ms };
}

/** Each step of a connection has its own timeout; this is one for all of them. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`it did not answer within ${ms / 1000} s`)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
