import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { systemActor, type Actor } from '#platform/access/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { DealBook } from '../deals/deal-book.js';
import { draftOf, type DealDraft } from '../deals/deal-draft.js';
import type { MailReading } from './mime/mail-content.js';
import { Message } from './message.entity.js';
import { PARSER_VERSION } from './parser-version.js';

/** Writes down how reading a message ended: the message's state, its deals and the event, in the caller's transaction. */
@Injectable()
export class MessageReadings {
  constructor(
    private readonly book: DealBook,
    private readonly events: EventLog,
  ) {}

  /** It was read. A message that was removed meanwhile is left alone. */
  async read(em: EntityManager, messageId: string, reading: MailReading, now = new Date()): Promise<void> {
    const message = await this.locked(em, messageId);
    if (!message) return;
    const drafts = reading.deals
      .map((deal) => draftOf(deal, reading.subject))
      .filter((d): d is DealDraft => d !== undefined);
    const deals = await this.book.settle(em, message, drafts, now);
    message.read(deals, PARSER_VERSION, now);
    this.record(em, message);
  }

  /** It cannot be read. What an earlier reading found stays. */
  async failed(em: EntityManager, messageId: string, reason: string, now = new Date()): Promise<void> {
    const message = await this.locked(em, messageId);
    if (!message) return;
    message.fail(reason, PARSER_VERSION, now);
    this.record(em, message);
  }

  /** The message is about to be removed: what only it offered is withdrawn. */
  async withdraw(em: EntityManager, message: Message, actor: Actor): Promise<void> {
    await this.book.settle(em, message, [], new Date(), actor);
  }

  private record(em: EntityManager, { id, workspaceId, sourceId, state, dealCount }: Message): void {
    if (state === 'received') return;
    const data = { sourceId, state, deals: dealCount };
    this.events.record(em, 'message.parsed', { workspaceId, subjectId: id, actor: systemActor(), data });
  }

  private locked(em: EntityManager, id: string): Promise<Message | null> {
    return em.findOne(Message, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }
}
