import { Inject, Injectable } from '@nestjs/common';
import type { ImapFlow } from 'imapflow';
import { affected, query, Transactions } from '#platform/database/index.js';
import { DealsConfig, MAX_MESSAGE_BYTES } from '../../deals.config.js';
import { MessageIntake } from '../../messages/message-intake.js';
import { SourceHealth } from '../source-health.js';
import type { HeldSource } from '../source-leases.js';
import { MailboxConnections, type OpenMailbox } from './mailbox-connections.js';
import { within } from './within.js';
import { MailboxRefused } from './imap-words.js';

const DAY = 86_400_000;
const SAVE_CURSOR = `
  update source_state set uid_validity = $2, last_uid = $3
   where source_id = $1 and (uid_validity is distinct from $2::bigint or last_uid is null or last_uid < $3::bigint)`;

/**
 * Follows one mailbox: takes in what is new, waits in IDLE, and asks at intervals whether the connection still answers, since
 * IDLE can die without a sign. Reads with EXAMINE and BODY.PEEK: nothing is deleted or marked.
 */
@Injectable()
export class MailboxWatch {
  constructor(
    private readonly mailboxes: MailboxConnections,
    private readonly intake: MessageIntake,
    private readonly health: SourceHealth,
    private readonly transactions: Transactions,
    @Inject(DealsConfig) private readonly config: DealsConfig,
  ) {}

  /**
   * Runs until the signal says stop.
   *
   * @throws what ended it: `imapWords` makes a sentence of it
   */
  async follow(source: HeldSource, signal: AbortSignal): Promise<void> {
    const mailbox = await this.mailboxes.open(source);
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
    const cursor = await this.cursor(source.id);
    const known = cursor.validity === validity ? cursor.uid : null;
    const uids = await this.newUids(client, known, settings.lookbackDays);
    for (const uid of uids) {
      if (signal.aborted) return;
      await this.takeOne(source, client, validity, uid);
    }
    // The first look at a mailbox leaves everything before it behind, also when there was nothing to take.
    if (known === null) {
      const last = Math.max(box.uidNext - 1, uids.at(-1) ?? 0);
      await this.transactions.run((em) => affected(em, SAVE_CURSOR, [source.id, validity.toString(), last]));
    }
  }

  private async newUids(client: ImapFlow, known: number | null, lookbackDays: number | null): Promise<number[]> {
    const since = lookbackDays === null ? { all: true } : { since: new Date(Date.now() - lookbackDays * DAY) };
    const wanted = known === null ? since : { uid: `${known + 1}:*` };
    const found = await within(this.config.idleAnswerMs * 4, client.search(wanted, { uid: true }));
    // `n:*` names the last message even when it is older than n (RFC 9051, sequence sets).
    return (found || []).filter((uid) => uid > (known ?? 0)).sort((a, b) => a - b);
  }

  private async takeOne(source: HeldSource, client: ImapFlow, validity: bigint, uid: number): Promise<void> {
    const answer = this.config.idleAnswerMs;
    const about = await within(answer, client.fetchOne(String(uid), { size: true, internalDate: true }, { uid: true }));
    const move = (em: Parameters<typeof affected>[0]) =>
      affected(em, SAVE_CURSOR, [source.id, validity.toString(), uid]).then(() => undefined);
    // Gone meanwhile, or too large for any door of ours: passed over, so that it does not block what follows.
    if (!about || (about.size ?? 0) > MAX_MESSAGE_BYTES) return this.transactions.run(move);
    const got = await within(answer * 8, client.fetchOne(String(uid), { source: true }, { uid: true }));
    if (!got || !got.source) return this.transactions.run(move);
    const receivedAt = about.internalDate ? new Date(about.internalDate) : new Date();
    await this.intake.accept(source, got.source, {
      receivedAt: receivedAt < new Date() ? receivedAt : new Date(),
      uid: { validity, uid },
      also: move,
    });
  }

  private async cursor(sourceId: string): Promise<{ validity: bigint | null; uid: number | null }> {
    const [row] = await query<{ uid_validity: string | null; last_uid: string | null }>(
      this.transactions.reader(),
      'select uid_validity::text, last_uid::text from source_state where source_id = $1',
      [sourceId],
    );
    return {
      validity: !row?.uid_validity ? null : BigInt(row.uid_validity),
      uid: !row?.last_uid ? null : Number(row.last_uid),
    };
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
