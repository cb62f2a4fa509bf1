import { Injectable } from '@nestjs/common';
import { messageFields } from '#contract/filter/index.js';
import type { Member } from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type Page, type SortedList } from '#platform/http/index.js';
import { MessageNotFound } from './messages.errors.js';
import type { MessageList, MessageSummary, MessageView } from './messages.schemas.js';

const LIST: SortedList = {
  name: 'messages',
  sorts: { receivedAt: { sql: 'm.received_at', type: 'timestamptz' } },
  id: { sql: 'm.id', type: 'uuid' },
};

const COLUMNS = `
  m.id, m.source_id as "sourceId", m.state, m.subject, m.sender, m.sent_at as "sentAt", m.received_at as "receivedAt", m.size,
  m.deal_count as "dealCount", m.parsed_at as "parsedAt", m.error, m.version`;

const FROM = `
  from message m
  join access_grant g on g.workspace_id = m.workspace_id and g.principal_id = $1
 where m.workspace_id = $2`;

const DEALS = `
  select d.id, d.title, s.confidence::float8 as confidence, s.evidence
    from deal_sighting s join deal d on d.id = s.deal_id where s.message_id = $1 order by d.title, d.id limit 200`;

/** A message's row with where its bytes are. */
export type StoredMessage = MessageSummary & { storageKey: string; receivedAt: string | Date };

/** Messages as people see them, limited to workspaces that the caller belongs to. */
@Injectable()
export class MessageQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
  ) {}

  /** @throws FilterRefused */
  async list(who: Member, query: MessageList): Promise<Page<MessageSummary>> {
    const filter = filterCondition(query.filter, messageFields, await this.contexts.context(who), 5);
    // The cursor belongs to all that was asked.
    const listed = { ...query, filter: JSON.stringify([query.state, query.sourceId, query.filter]) };
    const seek = this.cursor.seek(LIST, listed, 5 + filter.params.length);
    const rows = await this.reads.adHoc<MessageSummary & { _key: (string | null)[] }>(
      `select ${COLUMNS}, ${seek.key} ${FROM} and ($3::text is null or m.state = $3) and ($4::uuid is null or m.source_id = $4)
          and ${filter.text} and ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, query.state ?? null, query.sourceId ?? null, ...filter.params, ...seek.values],
    );
    return this.cursor.page(LIST, listed, rows);
  }

  /** @throws MessageNotFound */
  async one(who: Member, messageId: string): Promise<StoredMessage> {
    const text = `select ${COLUMNS}, m.storage_key as "storageKey" ${FROM} and m.id = $3`;
    const row = await this.reads.one<StoredMessage>('messages.one', text, [who.id, who.workspaceId, messageId]);
    if (!row) throw new MessageNotFound('There is no such message in this workspace.');
    return row;
  }

  /** The deals that a message shows, each with where it was read. */
  async deals(messageId: string): Promise<MessageView['deals']> {
    return this.reads.all('messages.deals', DEALS, [messageId]);
  }
}
