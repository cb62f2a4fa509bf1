import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { affected, isoTime, Reads, Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import type { PreviewDetail, PreviewSummary } from './preview-mailbox.schemas.js';
import { sanitisedHtml } from './sanitised-html.js';

const LIST: SortedList = {
  name: 'preview-mailbox',
  sorts: { createdAt: { sql: 'created_at', type: 'timestamptz' } },
  id: { sql: 'id', type: 'uuid' },
};

const SUMMARY = `
  id, message_id as "messageId", sender as "from", recipients as "to", subject, octet_length(raw) as size,
  ${isoTime('created_at')} as "createdAt"`;

/** The mails that were kept instead of sent. They hold one-time links: operators only. */
@Injectable()
export class PreviewMailbox {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly cursor: Cursor,
    private readonly events: EventLog,
  ) {}

  /** A page of mails, the newest first unless asked otherwise. */
  async list(asked: ListQuery): Promise<Page<PreviewSummary>> {
    const seek = this.cursor.seek(LIST, asked, 1);
    const text = `select ${SUMMARY}, ${seek.key} from preview_mail where ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`;
    const rows = await this.reads.adHoc<PreviewSummary & { _key: (string | null)[] }>(text, seek.values);
    return this.cursor.page(LIST, asked, rows);
  }

  /** One mail with its contents, the HTML sanitised; that it was seen is recorded first. @throws NotFound */
  async open(actor: Actor, id: string): Promise<PreviewDetail> {
    const text = `select ${SUMMARY}, coalesce(html, '') as html, coalesce(body_text, '') as text, raw from preview_mail where id = $1`;
    const mail = await this.reads.one<Omit<PreviewDetail, 'raw'> & { raw: Buffer }>('preview-mail', text, [id]);
    if (!mail) throw new NotFound(`There is no mail ${id} in the preview mailbox.`);
    await this.transactions.run(async (em) => {
      const event = { workspaceId: SYSTEM_WORKSPACE, subjectId: id, actor, data: { messageId: mail.messageId } };
      this.events.record(em, 'preview_mail.opened', event);
    });
    return { ...mail, html: sanitisedHtml(mail.html), raw: mail.raw.toString('utf8') };
  }

  /** Removes all mails. @returns how many */
  async clear(actor: Actor): Promise<{ count: number }> {
    return this.transactions.run(async (em) => {
      const count = await affected(em, 'delete from preview_mail');
      const event = { workspaceId: SYSTEM_WORKSPACE, subjectId: SYSTEM_WORKSPACE, actor, data: { count } };
      this.events.record(em, 'preview_mailbox.cleared', event);
      return { count };
    });
  }
}
