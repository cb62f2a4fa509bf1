import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { systemActor, type Actor } from '#platform/access/index.js';
import { beforeCommit, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { DealBook } from '../deals/deal-book.js';
import { draftOf, type DealDraft } from '../deals/deal-draft.js';
import type { MailReading } from './mime/mail-content.js';
import { Message } from './message.entity.js';
import { PARSER_VERSION } from './parser-version.js';

/** How reading a message ended: with what it offers, or with why it cannot be read. */
type Ending = { offers: DealDraft[] } | { reason: string };

/**
 * Writes down how reading messages ended: their states, their deals and the events. What one transaction is told of, it writes
 * at its end, all messages together.
 */
@Injectable()
export class MessageReadings {
  private readonly told = new WeakMap<EntityManager, Map<string, Ending>>();

  constructor(
    private readonly book: DealBook,
    private readonly events: EventLog,
  ) {}

  /** It was read. A message that was removed meanwhile is left alone. */
  async read(em: EntityManager, messageId: string, reading: Pick<MailReading, 'subject' | 'deals'>): Promise<void> {
    const drafts = reading.deals.map((deal) => draftOf(deal, reading.subject));
    this.endingsOf(em).set(messageId, { offers: drafts.filter((draft) => draft !== undefined) });
  }

  /** It cannot be read. What an earlier reading found stays. */
  async failed(em: EntityManager, messageId: string, reason: string): Promise<void> {
    this.endingsOf(em).set(messageId, { reason });
  }

  /** The message is about to be removed: what only it offered is withdrawn. */
  async withdraw(em: EntityManager, message: Message, actor: Actor): Promise<void> {
    await this.book.settle(em, message, [], new Date(), actor);
  }

  private endingsOf(em: EntityManager): Map<string, Ending> {
    const known = this.told.get(em);
    if (known) return known;
    const endings = new Map<string, Ending>();
    beforeCommit(em, this, () => this.write(em, endings));
    this.told.set(em, endings);
    return endings;
  }

  private async write(em: EntityManager, endings: ReadonlyMap<string, Ending>): Promise<void> {
    // In one order, so that two transactions which write the same messages do not wait for each other.
    const options = { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } } as const;
    const messages = await em.find(Message, { id: { $in: [...endings.keys()] } }, options);
    const settled: (() => void)[] = [];
    for (const message of messages) settled.push(await this.settle(em, message, endings.get(message.id)!));
    for (const end of settled) end();
    await em.flush();
  }

  /** @returns what is left to be written, of all messages together */
  private async settle(em: EntityManager, message: Message, ending: Ending): Promise<() => void> {
    const now = new Date();
    if ('reason' in ending) return () => this.end(em, message, () => message.fail(ending.reason, PARSER_VERSION, now));
    const deals = await this.book.settle(em, message, ending.offers, now);
    // What this message changed of a deal the next one must find.
    if (deals > 0 || message.wasRead) await em.flush();
    return () => this.end(em, message, () => message.read(deals, PARSER_VERSION, now));
  }

  private end(em: EntityManager, message: Message, change: () => void): void {
    change();
    const { id, workspaceId, sourceId, state, dealCount } = message;
    if (state === 'received') return;
    const data = { sourceId, state, deals: dealCount };
    this.events.record(em, 'message.parsed', { workspaceId, subjectId: id, actor: systemActor(), data });
  }
}
