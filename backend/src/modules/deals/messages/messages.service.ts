import type { Readable } from 'node:stream';
import { LockMode } from '@mikro-orm/core';
import { Injectable, Logger } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { afterCommit, Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import type { Page } from '#platform/http/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { FileMissing, Storage } from '#platform/storage/index.js';
import { ThreadsBusy, ThreadTimeout } from '#platform/threads/index.js';
import { Message } from './message.entity.js';
import { bury } from './message-tombstones.js';
import { MessageQueries } from './message.queries.js';
import { MessageStorage } from './message-storage.js';
import { MessageReadings } from './message-readings.js';
import { MessageNotFound, MessagesBusy, MessageUnreadable } from './messages.errors.js';
import type { MessageList, MessageSummary, MessageView, ParseAgain } from './messages.schemas.js';
import type { MailContent } from './mime/mail-content.js';
import { MimeThreads } from './mime/mime-threads.js';
import { Unreadable } from './mime/unreadable.js';

const NOTHING: Pick<MailContent, 'recipients' | 'headers' | 'text' | 'html' | 'attachments'> = {
  recipients: '',
  headers: [],
  text: '',
  html: null,
  attachments: [],
};

/** What people do with messages. */
@Injectable()
@Enqueues('deals.parse-message', 'deals.parse-again')
export class MessagesService {
  private readonly log = new Logger('messages');

  constructor(
    private readonly queries: MessageQueries,
    private readonly transactions: Transactions,
    private readonly storage: Storage,
    private readonly threads: MimeThreads,
    private readonly readings: MessageReadings,
    private readonly jobs: Jobs,
    private readonly events: EventLog,
    private readonly room: MessageStorage,
  ) {}

  list(who: Member, list: MessageList): Promise<Page<MessageSummary>> {
    return this.queries.list(who, list);
  }

  /**
   * A message to read, with what it offers and where.
   *
   * @param signal gives the reading up: nobody waits for it any more
   * @throws MessageNotFound; MessagesBusy when too many are being opened
   */
  async one(who: Member, messageId: string, signal: AbortSignal): Promise<MessageView> {
    const { storageKey, ...summary } = await this.queries.one(who, messageId);
    const deals = await this.queries.deals(messageId);
    const { content, unreadable } = await this.content(storageKey, new Date(summary.receivedAt), signal);
    const { recipients, headers, text, html, attachments } = content;
    return { ...summary, recipients, headers, text, html, attachments, unreadable, deals };
  }

  /** The raw bytes, read as they are sent. @throws MessageNotFound, MessageUnreadable when they are missing */
  async raw(who: Member, messageId: string): Promise<{ bytes: Readable; size: number }> {
    const { storageKey, size, sourceId } = await this.queries.one(who, messageId);
    const bytes = await this.storage.stream(storageKey).catch((error: unknown) => {
      if (error instanceof FileMissing)
        throw new MessageUnreadable("The message's stored bytes are missing.", { cause: error });
      throw error;
    });
    try {
      // Before the first byte leaves.
      await this.transactions.run(async (em) => {
        this.events.record(em, 'message.downloaded', { ...about(who, messageId), data: { sourceId, size } });
      });
    } catch (error) {
      bytes.destroy();
      throw error;
    }
    return { bytes, size };
  }

  /** Has one message read again. @throws MessageNotFound */
  async parseAgain(who: Member, messageId: string): Promise<{ jobId: string }> {
    const { sourceId } = await this.queries.one(who, messageId);
    const { workspaceId } = who;
    const subject = { type: 'message', id: messageId };
    const job = { queue: 'deals', name: 'parse-message', key: messageId, workspaceId, subject, payload: { messageId } };
    return this.transactions.run(async (em) => {
      this.events.record(em, 'message.parse_requested', { ...about(who, messageId), data: { sourceId } });
      return { jobId: await this.jobs.enqueue(em, job) };
    });
  }

  /** Has many messages read again, in the background. */
  async parseManyAgain(who: Member, { sourceId, outdated }: ParseAgain): Promise<{ jobId: string }> {
    const { workspaceId } = who;
    const payload = { workspaceId, sourceId: sourceId ?? null, outdated, after: null };
    const job = { queue: 'deals', name: 'parse-again', key: `${workspaceId}/${sourceId ?? ''}`, workspaceId, payload };
    return this.transactions.run(async (em) => {
      const data = { sourceId: sourceId ?? null, outdated };
      this.events.record(em, 'messages.parse_requested', { ...about(who, workspaceId), data });
      return { jobId: await this.jobs.enqueue(em, job) };
    });
  }

  /** Removes a message and its bytes; deals that only it offers are withdrawn. @throws MessageNotFound */
  async remove(who: Member, messageId: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const where = { id: messageId, workspaceId: who.workspaceId };
      const message = await em.findOne(Message, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!message) throw new MessageNotFound('There is no such message in this workspace.');
      await this.readings.withdraw(em, message, who);
      await bury(em, messageId);
      await this.room.give(em, [message]);
      em.remove(message);
      this.events.record(em, 'message.deleted', {
        workspaceId: who.workspaceId,
        subjectId: messageId,
        actor: who,
        data: { sourceId: message.sourceId, subject: message.subject, size: message.size },
      });
      afterCommit(em, message, () => this.discard(message.storageKey));
    });
  }

  private discard(key: string): void {
    this.storage
      .delete(key)
      .catch((error: unknown) => this.log.warn(`A removed message's bytes stayed: ${(error as Error).message}`));
  }

  private async content(
    key: string,
    receivedAt: Date,
    signal: AbortSignal,
  ): Promise<{ content: typeof NOTHING; unreadable: string | null }> {
    try {
      return { content: await this.threads.show(() => this.storage.get(key), receivedAt, signal), unreadable: null };
    } catch (error) {
      if (error instanceof FileMissing)
        return { content: NOTHING, unreadable: "The message's stored bytes are missing." };
      if (error instanceof Unreadable || error instanceof ThreadTimeout)
        return { content: NOTHING, unreadable: error.message };
      if (error instanceof ThreadsBusy || signal.aborted) throw busy(error);
      throw error;
    }
  }
}

function busy(cause: unknown): MessagesBusy {
  const headers = { 'Retry-After': '5' };
  return new MessagesBusy('Too many messages are being opened at once: try again in a few seconds.', {
    headers,
    cause,
  });
}

/** What an event about a message, or about many in the workspace, says beside its data. */
function about(who: Member, subjectId: string) {
  return { workspaceId: who.workspaceId, subjectId, actor: who };
}
