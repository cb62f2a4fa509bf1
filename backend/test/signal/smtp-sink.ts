import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';

/** A mail that the sink took. */
export interface TakenMail {
  to: string;
  subject: string;
  messageId: string;
  text: string;
  html: string;
  headers: Map<string, unknown>;
}

/** A real SMTP server that takes every mail and remembers it. */
export interface SmtpSink {
  readonly url: string;
  readonly mails: TakenMail[];
  close(): Promise<void>;
}

/** Starts a sink on a free port. */
export async function smtpSink(): Promise<SmtpSink> {
  const mails: TakenMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      void take(stream).then((mail) => {
        for (const { address } of session.envelope.rcptTo) mails.push({ ...mail, to: address });
        done(null, `Taken as ${mails.length}`);
      }, done);
    },
  });
  server.on('error', () => undefined); // a sender that was killed
  const listener = await new Promise<AddressInfo>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => resolve(listening.address() as AddressInfo));
  });
  return {
    url: `smtp://127.0.0.1:${listener.port}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function take(stream: SMTPServerDataStream): Promise<Omit<TakenMail, 'to'>> {
  const { subject = '', messageId = '', text = '', html, headers } = await simpleParser(stream);
  return { subject, messageId, text, html: html || '', headers };
}
