import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { systemActor, type Actor } from '#platform/access/index.js';
import { Batches } from '#platform/batches/index.js';
import { blocked, Reads, transient, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import { Storage } from '#platform/storage/index.js';
import { Metrics } from '#platform/telemetry/index.js';
import { MAX_MESSAGE_BYTES } from '../deals.config.js';
import { insertMessages, knownMessages, type Identity, type NewRow } from './intake-rows.js';
import { LONGEST_INTAKE_MS, madeAt, messageKey } from './message-files.js';
import { MessageStorage } from './message-storage.js';
import { sendBack } from './message-tombstones.js';
import { MessageTooLarge } from './messages.errors.js';
import { readEnvelope } from './raw-headers.js';
import { RecentBytes } from './recent-bytes.js';

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
  /** The person who brings it by hand: then it is taken in even when it was removed before. */
  actor?: Actor;
  /** Runs in the transaction that keeps the message, also when it is a duplicate: a cursor that moves with it. */
  also?: (em: EntityManager) => Promise<void>;
}

/** What became of it. A duplicate names the message that was there first, which a person may have removed since. */
export interface Accepted {
  id: string;
  duplicate: boolean;
}

interface Arrival extends NewRow, Pick<IntakeContext, 'also'> {
  actor: Actor;
}

/** Mails of one transaction. More than arrive within the time that one takes would only make each wait. */
const TOGETHER = { most: 64, strikesAll: (error: unknown) => transient(error) && !blocked(error) };

/**
 * The one door of messages: the raw bytes are kept first, then the row, its event and its parse job commit together. Mails
 * that arrive at the same time share statements and the commit; each is answered after it.
 */
@Injectable()
@Enqueues('deals.parse-message')
export class MessageIntake {
  private readonly taken;
  private readonly known: Batches<Identity, string | undefined>;
  private readonly rows: Batches<Arrival, { duplicateOf?: string } | undefined>;

  constructor(
    reads: Reads,
    private readonly transactions: Transactions,
    private readonly storage: Storage,
    private readonly recent: RecentBytes,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    private readonly room: MessageStorage,
    metrics: Metrics,
  ) {
    this.known = new Batches((asked) => knownMessages(reads, asked), TOGETHER);
    this.rows = new Batches((arrivals) => this.commit(arrivals), TOGETHER);
    this.taken = metrics.counter('signalbox_messages_total', 'Messages by what became of them at the door.', [
      'outcome',
    ]);
  }

  /**
   * Keeps one raw message. When this returns, the message survives any crash.
   *
   * @throws MessageTooLarge over 25 MB; QuotaExceeded when the workspace has no room for it: then it is to be brought again
   */
  async accept(target: IntakeTarget, raw: Buffer, context: IntakeContext = {}): Promise<Accepted> {
    if (raw.length > MAX_MESSAGE_BYTES) throw new MessageTooLarge('A message may have at most 25 MB.');
    const { also, uid, actor, receivedAt = new Date() } = context;
    const identity = { sourceId: target.id, envelope: readEnvelope(raw), uid, byHand: actor !== undefined };
    const known = await this.known.add(identity);
    if (known) {
      if (also) await this.transactions.run((em) => also(em));
      return this.duplicate(known);
    }
    const id = uuidv7();
    const { workspaceId } = target;
    await this.room.foresee(workspaceId, raw.length);
    const storageKey = messageKey(workspaceId, id);
    await this.storage.put(storageKey, raw, { contentType: 'message/rfc822' });
    this.recent.keep(storageKey, raw);
    const row = { ...identity, id, workspaceId, storageKey, size: raw.length, receivedAt };
    const taken = await this.rows
      .add({ ...row, actor: actor ?? systemActor(), also })
      .catch((error: unknown) => this.refused(error, storageKey));
    if (!taken) {
      this.taken.inc({ outcome: 'received' });
      return { id, duplicate: false };
    }
    await this.storage.delete(storageKey);
    return this.duplicate(taken.duplicateOf ?? (await this.known.add(identity)) ?? id);
  }

  /** @returns for each: undefined when its row is new, else what it repeats as far as that is known */
  private commit(arrivals: readonly Arrival[]): Promise<({ duplicateOf?: string } | undefined)[]> {
    return this.transactions.run(async (em) => {
      for (const { also } of arrivals) await also?.(em);
      refuseLate(arrivals);
      await this.room.take(em, arrivals);
      const inserted = await insertMessages(em, arrivals);
      const byHand = new Set(arrivals.filter((arrival) => arrival.byHand).map(({ id }) => id));
      const removed = await sendBack(em, [...inserted], byHand);
      const kept = new Set(arrivals.filter(({ id }) => inserted.has(id) && !removed.has(id)));
      await this.room.give(
        em,
        arrivals.filter((arrival) => !kept.has(arrival)),
      );
      await this.received(em, [...kept]);
      return arrivals.map(({ id }) => {
        if (removed.has(id)) return { duplicateOf: removed.get(id) };
        return inserted.has(id) ? undefined : {};
      });
    });
  }

  private async received(em: EntityManager, arrivals: readonly Arrival[]): Promise<void> {
    for (const { id, workspaceId, sourceId, size, actor, envelope } of arrivals)
      this.events.record(em, 'message.received', {
        workspaceId,
        subjectId: id,
        actor,
        data: { sourceId, size, subject: envelope.subject },
      });
    const jobs = arrivals.map(({ id, workspaceId }) => ({
      queue: 'deals',
      name: 'parse-message',
      key: id,
      workspaceId,
      subject: { type: 'message', id },
      payload: { messageId: id },
    }));
    await this.jobs.enqueueAll(em, jobs);
  }

  /** Of what is refused for good reason no bytes stay. Those of a fault may be named by a row: they are swept later. */
  private async refused(error: unknown, storageKey: string): Promise<never> {
    if (error instanceof QuotaExceeded) {
      this.taken.inc({ outcome: 'refused' });
      await this.storage.delete(storageKey);
    }
    throw error;
  }

  private duplicate(id: string): Accepted {
    this.taken.inc({ outcome: 'duplicate' });
    return { id, duplicate: true };
  }
}

/**
 * A process that slept since it wrote the file must not name it now: it may have been swept. What is begun here ends soon,
 * for the database ends transactions that rest.
 */
function refuseLate(arrivals: readonly Arrival[]): void {
  const late = arrivals.find(({ id }) => Date.now() - madeAt(id) > LONGEST_INTAKE_MS);
  if (late) throw new Error(`The message ${late.id} took too long to be kept; it must be sent again.`);
}
