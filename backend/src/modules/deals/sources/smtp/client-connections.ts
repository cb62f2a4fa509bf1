import { Inject, Injectable } from '@nestjs/common';
import type { SMTPServerSession } from 'smtp-server';
import { addressPrincipal } from '#platform/http/index.js';
import { DealsConfig } from '../../deals.config.js';
import { Networks } from './networks.js';

/**
 * Who holds how many connections of the receiving port, so that nobody takes all of them. A relay that hands over the mail of
 * many senders may: it keeps what it cannot hand over, and holding it back would hold back everybody behind it.
 */
@Injectable()
export class ClientConnections {
  private readonly relays: Networks;
  /** Whose connection a session is, by its id; relays are not counted. */
  private readonly sessions = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  constructor(@Inject(DealsConfig) private readonly config: DealsConfig) {
    this.relays = new Networks(config.smtpInRelays);
  }

  /** @returns false when its client holds as many as one may */
  opened({ id, remoteAddress }: SMTPServerSession): boolean {
    if (this.relays.hold(remoteAddress)) return true;
    const client = addressPrincipal(remoteAddress);
    const held = this.counts.get(client) ?? 0;
    if (held >= this.config.smtpInConnectionsPerAddress) return false;
    this.counts.set(client, held + 1);
    this.sessions.set(id, client);
    return true;
  }

  /** A session has ended, also one that was refused. */
  closed({ id }: SMTPServerSession): void {
    const client = this.sessions.get(id);
    if (client === undefined || !this.sessions.delete(id)) return;
    const left = (this.counts.get(client) ?? 1) - 1;
    if (left > 0) this.counts.set(client, left);
    else this.counts.delete(client);
  }
}
