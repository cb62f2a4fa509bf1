import { Injectable } from '@nestjs/common';
import type { SMTPServer, SMTPServerSession } from 'smtp-server';

const MINUTE = 60_000;

interface Session {
  /** When it ends whatever it does, in milliseconds since 1970. */
  end: number;
  timer?: NodeJS.Timeout;
}

/**
 * Ends SMTP sessions that hold a connection for too long. The server's own timeout starts anew with every byte, so that a
 * sender who lets one drip in now and then would stay for ever. Only the sender's time counts, never ours: while a message
 * is being kept nothing runs out.
 */
@Injectable()
export class SessionDeadlines {
  /**
   * How long a session may take to come to the bytes of its next message, for these bytes, and in all. Milliseconds. RFC 5321
   * (4.5.3.2) wants five minutes for a command; 25 MB in fifteen are 28 kB a second.
   */
  limits = { command: 5 * MINUTE, message: 15 * MINUTE, session: 60 * MINUTE };

  private readonly sessions = new Map<string, Session>();
  private server: SMTPServer | undefined;

  /** Ends sessions of this server from now on. */
  guard(server: SMTPServer): void {
    this.server = server;
  }

  opened({ id }: SMTPServerSession): void {
    this.sessions.set(id, { end: Date.now() + this.limits.session });
    this.start(id, this.limits.command);
  }

  /** The bytes of a message begin to arrive. */
  receiving({ id }: SMTPServerSession): void {
    this.start(id, this.limits.message);
  }

  /** They are all there: it is our turn. */
  received({ id }: SMTPServerSession): void {
    clearTimeout(this.sessions.get(id)?.timer);
  }

  /** The sender has its answer. */
  answered({ id }: SMTPServerSession): void {
    this.start(id, this.limits.command);
  }

  closed({ id }: SMTPServerSession): void {
    clearTimeout(this.sessions.get(id)?.timer);
    this.sessions.delete(id);
  }

  private start(id: string, ms: number): void {
    const session = this.sessions.get(id);
    if (!session) return;
    clearTimeout(session.timer);
    const left = Math.max(Math.min(ms, session.end - Date.now()), 0);
    session.timer = setTimeout(() => this.finish(id), left).unref();
  }

  private finish(id: string): void {
    for (const connection of this.server?.connections ?? [])
      // The server closes the connection after this code.
      if (connection.id === id) connection.send(421, '4.4.2 This takes too long; please connect again.');
  }
}
