import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { InstanceConfig } from '#platform/config/index.js';
import { IncomingMail } from '#platform/mail/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import { DealsConfig, MAX_MESSAGE_BYTES } from '../../deals.config.js';
import { MessageIntake } from '../../messages/message-intake.js';
import { SourceHealth } from '../source-health.js';
import { Spool, SpoolFailed } from '../spool.js';
import { ClientConnections } from './client-connections.js';
import { Recipients, type Recipient } from './recipients.js';
import { SessionDeadlines } from './session-deadlines.js';

/** What the receiver answers instead of accepting; the code is that of RFC 5321. */
class Refusal extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message);
  }
}

const MAX_RECIPIENTS = 50;
const IDLE_MS = 60_000;
/** What all connections may hold in memory together; each has its part, and what is longer goes to a file. Bytes. */
const MEMORY = 64 * 1024 * 1024;
/** Nearly all newsletters are shorter. */
const MOST_MEMORY = 1024 * 1024;
const TOO_LARGE = new Refusal(552, '5.3.4 The message is larger than 25 MB, which is the most this server takes.');
const FULL = new Refusal(452, '4.3.1 There is no room for the message just now; please try again later.');
const AWAY = new Refusal(451, '4.3.0 The message cannot be kept just now; please try again later.');
const UNKNOWN = new Refusal(550, '5.1.1 There is no such address here.');
const PAUSED = new Refusal(450, '4.2.1 This address is paused; please try again later.');
const CROWDED = new Refusal(452, '4.5.3 Too many recipients; please send the rest separately.');

/** The built-in mail server: receives for the secret addresses, and says yes only when the message is kept. */
@Injectable()
export class SmtpReceiver implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('smtp-in');
  private server: SMTPServer | undefined;
  private readonly found = new WeakMap<SMTPServerSession, Map<string, Recipient>>();

  constructor(
    private readonly recipients: Recipients,
    private readonly intake: MessageIntake,
    private readonly incoming: IncomingMail,
    private readonly health: SourceHealth,
    private readonly spool: Spool,
    private readonly deadlines: SessionDeadlines,
    private readonly clients: ClientConnections,
    private readonly instance: InstanceConfig,
    @Inject(DealsConfig) private readonly config: DealsConfig,
  ) {}

  /** The port it listens on; undefined while it does not. */
  get port(): number | undefined {
    return (this.server?.server.address() as AddressInfo | null | undefined)?.port;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.smtpInEnabled || !this.instance.plays('workers')) return;
    const server = new SMTPServer({
      ...(await this.encryption()),
      name: this.config.smtpInDomain,
      banner: 'Signalbox',
      size: MAX_MESSAGE_BYTES,
      authOptional: true,
      disabledCommands: this.config.smtpInCertificate ? ['AUTH'] : ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      maxClients: this.config.smtpInConnections,
      socketTimeout: IDLE_MS,
      closeTimeout: 2_000,
      logger: false,
      onConnect: (session, done) => done(this.opened(session)),
      onClose: (session) => {
        this.clients.closed(session);
        this.deadlines.closed(session);
      },
      onRcptTo: (address, session, done) => void this.rcpt(address.address, session).then(() => done(), done),
      onData: (stream, session, done) =>
        void this.data(stream, session)
          .then((answer) => done(null, answer), done)
          .finally(() => this.deadlines.answered(session)),
    });
    this.deadlines.guard(server);
    server.on('error', (error) => this.log.debug(`A connection failed: ${error.message}`));
    await new Promise<void>((listening, failed) => {
      server.server.once('error', failed);
      server.listen(this.config.smtpInPort, this.config.smtpInHost, () => {
        server.server.removeListener('error', failed);
        listening();
      });
    });
    this.server = server;
  }

  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise<void>((closed) => server.close(closed));
  }

  private async encryption(): Promise<{ cert?: Buffer; key?: Buffer }> {
    const { smtpInCertificate: cert, smtpInKey: key } = this.config;
    if (!cert || !key) return {};
    return { cert: await readFile(cert), key: await readFile(key) };
  }

  /** @returns what the client is sent away with; the domain stands where RFC 5321 (4.2.2) has it */
  private opened(session: SMTPServerSession): Refusal | null {
    if (!this.clients.opened(session)) {
      const { smtpInDomain, smtpInConnectionsPerAddress } = this.config;
      const most = `Your address has ${smtpInConnectionsPerAddress} connections already, which is the most one may have`;
      return new Refusal(421, `${smtpInDomain} ${most}; please try again later.`);
    }
    this.deadlines.opened(session);
    return null;
  }

  private async rcpt(address: string, session: SMTPServerSession): Promise<void> {
    if (session.envelope.rcptTo.length >= MAX_RECIPIENTS) throw CROWDED;
    if (this.incoming.takerOf(address)) return;
    const source = await this.recipients.find(address).catch((error: unknown) => this.away(error));
    if (!source) throw UNKNOWN;
    if (source.paused) throw PAUSED;
    const found = this.found.get(session) ?? new Map<string, Recipient>();
    this.found.set(session, found.set(address, source));
  }

  private async data(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> {
    this.deadlines.receiving(session);
    const memory = Math.min(MOST_MEMORY, Math.floor(MEMORY / this.config.smtpInConnections));
    const message = await this.spool
      .take(stream as AsyncIterable<Buffer>, { memory, limit: MAX_MESSAGE_BYTES })
      .catch((error: unknown) => this.full(error));
    this.deadlines.received(session);
    try {
      if (stream.sizeExceeded || message.tooLarge) throw TOO_LARGE;
      const sources = this.sourcesOf(session);
      return await message.whole((raw) => this.keep(raw, sources, session)).catch((error: unknown) => this.away(error));
    } finally {
      await message.discard();
    }
  }

  private sourcesOf(session: SMTPServerSession): Recipient[] {
    const found = this.found.get(session);
    const sources = new Map<string, Recipient>();
    let taken = false;
    for (const { address } of session.envelope.rcptTo) {
      const source = found?.get(address);
      if (source) sources.set(source.id, source);
      taken ||= this.incoming.takerOf(address) !== undefined;
    }
    if (sources.size === 0 && !taken) throw UNKNOWN;
    return [...sources.values()];
  }

  /** One answer goes for all recipients: when a later one fails, the repeat finds the earlier ones kept. */
  private async keep(raw: Buffer, sources: Recipient[], { envelope }: SMTPServerSession): Promise<string> {
    const kept: string[] = [];
    for (const { address } of envelope.rcptTo) await this.incoming.takerOf(address)?.take(raw, address);
    // What was forwarded to a source and is for another room is no message of the source.
    if (sources.length > 0 && (await this.incoming.claim(raw))) return 'Taken';
    for (const source of sources) {
      const { id } = await this.intake.accept(source, raw);
      kept.push(id);
      void this.health
        .succeeded(source.id)
        .catch((error: unknown) => this.log.debug(`Not noted: ${(error as Error).message}`));
    }
    return kept.length > 0 ? `Kept as ${kept.join(', ')}` : 'Taken';
  }

  private full(error: unknown): never {
    if (!(error instanceof SpoolFailed)) throw error;
    this.log.warn(`A message was put off: ${(error.cause as Error).message}`);
    throw FULL;
  }

  private away(error: unknown): never {
    if (error instanceof QuotaExceeded) throw crowdedOut(error);
    this.log.warn(`A message was put off: ${(error as Error).message}`);
    throw AWAY;
  }
}

/** The sender keeps the message and tries again, unless there will never be room for it. The text is ASCII (RFC 5321, 4.2). */
function crowdedOut({ detail, hopeless }: QuotaExceeded): Refusal {
  const text = detail.replaceAll(/[^ -~]/g, '?').slice(0, 400);
  return hopeless ? new Refusal(552, `5.2.2 ${text}`) : new Refusal(452, `4.2.2 ${text} Please try again later.`);
}
