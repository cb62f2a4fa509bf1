import { Inject, Injectable } from '@nestjs/common';
import type { FetchQueryObject, ImapFlow } from 'imapflow';
import { Transactions } from '#platform/database/index.js';
import { IncomingMail } from '#platform/mail/index.js';
import { DealsConfig, MAX_MESSAGE_BYTES } from '../../deals.config.js';
import { MessageIntake } from '../../messages/message-intake.js';
import { SourceHealth } from '../source-health.js';
import type { HeldSource } from '../source-leases.js';
import { MailboxRefused } from './imap-words.js';
import { MailboxConnections, type OpenMailbox } from './mailbox-connections.js';
import { MailboxCursor, type MailboxPlace } from './mailbox-cursor.js';
import { within } from './within.js';

const DAY = 86_400_000;
/** One byte more than is taken shows what is too large, whatever size the server tells. */
const MOST = { start: 0, maxLength: MAX_MESSAGE_BYTES + 1 };

/**
 * Follows one mailbox: takes in what is new, waits in IDLE, and asks at intervals whether the connection still answers, since
 * IDLE can die without a sign. Reads with EXAMINE and BODY.PEEK: nothing is deleted or marked.
 */
@Injectable()
export class MailboxWatch {
  constructor(
    private readonly mailboxes: MailboxConnections,
    private readonly cursor: MailboxCursor,
    private readonly intake: MessageIntake,
    private readonly health: SourceHealth,
    private readonly transactions: Transactions,
    private readonly incoming: IncomingMail,
    @Inject(DealsConfig) private readonly config: DealsConfig,
  ) {}

  /**
   * Runs until the signal says stop.
   *
   * @throws Superseded when the settings have changed; what ended it otherwise: `imapWords` makes a sentence of it
   */
  async follow(source: HeldSource, signal: AbortSignal): Promise<void> {
    const mailbox = await this.mailboxes.open(source, signal);
    const { client } = mailbox;
    const bell = new Bell();
    client.on('exists', () => bell.ring());
    client.on('close', () => bell.ring());
    const stop = () => {
      bell.ring();
      client.close();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        await this.takeIn(source, mailbox, signal);
        await this.health.succeeded(source.id);
        await bell.heard(this.config.idleCheckSeconds * 1000);
        if (signal.aborted) return;
        if (!client.usable) throw new MailboxRefused('The mail server closed the connection.');
        await within(this.config.idleAnswerMs, client.noop());
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      client.close();
    }
  }

  /** Takes in every message behind the cursor, in order; the cursor moves with each. */
  private async takeIn(source: HeldSource, { client, settings }: OpenMailbox, signal: AbortSignal): Promise<void> {
    const box = client.mailbox;
    if (!box) throw new MailboxRefused('The mail server closed the mailbox.');
    const validity = box.uidValidity;
    const cursor = await this.cursor.read(source);
    const known = cursor?.validity === validity ? cursor.uid : null;
    const uids = await this.newUids(client, known, settings.lookbackDays);
    for (const uid of uids) {
      if (signal.aborted) return;
      await this.takeOne(source, client, { validity, uid });
    }
    // The first look at a mailbox leaves everything before it behind, also when there was nothing to take.
    if (known === null) {
      const last = Math.max(box.uidNext - 1, uids.at(-1) ?? 0);
      await this.transactions.run((em) => this.cursor.move(em, source, { validity, uid: last }));
    }
  }

  private async newUids(client: ImapFlow, known: number | null, lookbackDays: number | null): Promise<number[]> {
    const since = lookbackDays === null ? { all: true } : { since: new Date(Date.now() - lookbackDays * DAY) };
    const wanted = known === null ? since : { uid: `${known + 1}:*` };
    const found = await within(this.config.idleAnswerMs * 4, client.search(wanted, { uid: true }));
    // `n:*` names the last message even when it is older than n (RFC 9051, sequence sets).
    return (found || []).filter((uid) => uid > (known ?? 0)).sort((a, b) => a - b);
  }

  private async takeOne(source: HeldSource, client: ImapFlow, place: MailboxPlace): Promise<void> {
    const about = await this.fetch(client, place, { size: true, internalDate: true });
    if (about && (about.size ?? 0) > MAX_MESSAGE_BYTES) return this.passOver(source, client, place, about.size ?? 0);
    const whole = about && (await this.fetch(client, place, { source: MOST }, 8));
    // Gone meanwhile.
    if (!about || !whole || !whole.source) return this.transactions.run((em) => this.cursor.move(em, source, place));
    const raw = whole.source;
    if (raw.length > MAX_MESSAGE_BYTES) return this.passOver(source, client, place, raw.length);
    // Such as a report that a mail of ours came back: it is dealt with there, and no message of the source.
    if (await this.incoming.claim(raw)) return this.transactions.run((em) => this.cursor.move(em, source, place));
    const receivedAt = about.internalDate ? new Date(about.internalDate) : new Date();
    await this.intake.accept(source, raw, {
      receivedAt: receivedAt < new Date() ? receivedAt : new Date(),
      uid: place,
      also: (em) => this.cursor.move(em, source, place),
    });
  }

  /** What is too large for any door of ours must not block what follows. Its sender hears nothing, so people must. */
  private async passOver(source: HeldSource, client: ImapFlow, place: MailboxPlace, size: number): Promise<void> {
    const about = await this.fetch(client, place, { envelope: true });
    const subject = (about && about.envelope?.subject) || '';
    await this.transactions.run(async (em) => {
      await this.cursor.move(em, source, place);
      await this.health.refused(em, source.id, { subject, size });
    });
  }

  private fetch(client: ImapFlow, { uid }: MailboxPlace, what: FetchQueryObject, patience = 1) {
    return within(this.config.idleAnswerMs * patience, client.fetchOne(String(uid), what, { uid: true }));
  }
}

/** Something to wait at: rung once or more before anybody waits, it is heard at once. */
class Bell {
  private rung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Resolves at the next ring, or after so many milliseconds. */
  async heard(ms: number): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.rung = false;
    this.wake = undefined;
  }
}
