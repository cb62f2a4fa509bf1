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
  /** Cuts every connection and takes none, until `back`. */
  away(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a sink on a free port. */
export async function smtpSink(): Promise<SmtpSink> {
  const mails: TakenMail[] = [];
  let server = serverOf(mails);
  const { port } = await listen(server, 0);
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    away: close,
    back: async () => {
      server = serverOf(mails);
      await listen(server, port);
    },
    close,
  };
}

function serverOf(mails: TakenMail[]): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 200,
    onData(stream, session, done) {
      void take(stream).then((mail) => {
        for (const { address } of session.envelope.rcptTo) mails.push({ ...mail, to: address });
        done(null, `Taken as ${mails.length}`);
      }, done);
    },
  });
  server.on('error', () => undefined); // a sender that was killed
  return server;
}

function listen(server: SMTPServer, port: number): Promise<AddressInfo> {
  return new Promise((resolve) => {
    const listening = server.listen(port, '127.0.0.1', () => resolve(listening.address() as AddressInfo));
  });
}

async function take(stream: SMTPServerDataStream): Promise<Omit<TakenMail, 'to'>> {
  const { subject = '', messageId = '', text = '', html, headers } = await simpleParser(stream);
  return { subject, messageId, text, html: html || '', headers };
}
