import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { systemActor, type Actor } from '#platform/access/index.js';
import { query, Reads, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { Storage } from '#platform/storage/index.js';
import { Metrics } from '#platform/telemetry/index.js';
import { MAX_MESSAGE_BYTES } from '../deals.config.js';
import { MessageTooLarge } from './messages.errors.js';
import { readEnvelope, type Envelope } from './raw-headers.js';

/** Which source a message belongs to. */
export interface IntakeTarget {
  id: string;
  workspaceId: string;
}

/** What a source knows about a message beside its bytes. */
export interface IntakeContext {
  /** When it reached us or the mailbox; now when absent. */
  receivedAt?: Date;
  /** Its place in an IMAP mailbox. */
  uid?: { validity: bigint; uid: number };
  actor?: Actor;
  /** Runs in the transaction that keeps the message, also when it is a duplicate: a cursor that moves with it. */
  also?: (em: EntityManager) => Promise<void>;
}

/** What became of it. A duplicate names the message that was there first. */
export interface Accepted {
  id: string;
  duplicate: boolean;
}

const KNOWN = `
  select id from message where source_id = $1 and (content_hash = $2 or message_id_hash = $3 or (uid_validity = $4 and uid = $5)) limit 1`;

// No conflict target: any of the three identities may be taken by a connection that was faster.
const INSERT = `
  insert into message (id, workspace_id, source_id, storage_key, size, content_hash, message_id_hash, uid_validity, uid,
    subject, sender, sent_at, received_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  on conflict do nothing returning id`;

/** The one door of messages: the raw bytes are kept first, then the row, its event and its parse job commit together. */
@Injectable()
@Enqueues('deals.parse-message')
export class MessageIntake {
  private readonly taken;

  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly storage: Storage,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    metrics: Metrics,
  ) {
    this.taken = metrics.counter('signalbox_messages_total', 'Messages by what became of them at the door.', [
      'outcome',
    ]);
  }

  /**
   * Keeps one raw message. When this returns, the message survives any crash.
   *
   * @throws MessageTooLarge over 25 MB
   */
  async accept(target: IntakeTarget, raw: Buffer, context: IntakeContext = {}): Promise<Accepted> {
    if (raw.length > MAX_MESSAGE_BYTES) throw new MessageTooLarge('A message may have at most 25 MB.');
    const envelope = readEnvelope(raw);
    const known = await this.known(this.reads, target, envelope, context);
    if (known) return this.duplicate(known, context);

    const id = uuidv7();
    const key = `messages/${target.workspaceId}/${id.slice(0, 8)}/${id}.eml`;
    await this.storage.put(key, raw, { contentType: 'message/rfc822' });
    const kept = await this.transactions.run(async (em) => {
      await context.also?.(em);
      const values = [id, target.workspaceId, target.id, key, raw.length, envelope.contentHash, envelope.messageIdHash];
      const place = [context.uid?.validity.toString() ?? null, context.uid?.uid ?? null];
      const about = [envelope.subject, envelope.sender, envelope.sentAt, context.receivedAt ?? new Date()];
      const inserted = await query(em, INSERT, [...values, ...place, ...about]);
      if (inserted.length > 0) await this.received(em, id, target, raw.length, envelope.subject, context.actor);
      return inserted.length > 0;
    });
    this.taken.inc({ outcome: kept ? 'received' : 'duplicate' });
    if (kept) return { id, duplicate: false };
    await this.storage.delete(key);
    return { id: (await this.known(this.reads, target, envelope, context)) ?? id, duplicate: true };
  }

  private async received(
    em: EntityManager,
    id: string,
    target: IntakeTarget,
    size: number,
    subject: string,
    actor?: Actor,
  ): Promise<void> {
    const { workspaceId } = target;
    this.events.record(em, 'message.received', {
      workspaceId,
      subjectId: id,
      actor: actor ?? systemActor(),
      data: { sourceId: target.id, size, subject },
    });
    await this.jobs.enqueue(em, {
      queue: 'deals',
      name: 'parse-message',
      key: id,
      workspaceId,
      subject: { type: 'message', id },
      payload: { messageId: id },
    });
  }

  private async known(
    reads: Reads,
    target: IntakeTarget,
    envelope: Envelope,
    context: IntakeContext,
  ): Promise<string | undefined> {
    const { contentHash, messageIdHash } = envelope;
    const place = [context.uid?.validity.toString() ?? null, context.uid?.uid ?? null];
    const found = await reads.one<{ id: string }>('messages.known', KNOWN, [
      target.id,
      contentHash,
      messageIdHash,
      ...place,
    ]);
    return found?.id;
  }

  private async duplicate(id: string, context: IntakeContext): Promise<Accepted> {
    const { also } = context;
    if (also) await this.transactions.run((em) => also(em));
    this.taken.inc({ outcome: 'duplicate' });
    return { id, duplicate: true };
  }
}
