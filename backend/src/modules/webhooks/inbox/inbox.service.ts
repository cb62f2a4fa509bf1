import { Inject, Injectable } from '@nestjs/common';
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { v7 as uuidv7 } from 'uuid';
import { grantJoin, type Member } from '#platform/access/index.js';
import { isoTime, query, Reads, Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { CapabilityUrls } from '../capability-urls.js';
import { WebhooksConfig } from '../webhooks.config.js';
import { NoSuchInbox, TooManyInboxes } from './inbox.errors.js';
import type { InboxRequest, InboxShown, NewInbox } from './inbox.schemas.js';

const PATH = 'webhook-inboxes';
const MOST = 100;
/** Requests of one inbox that are kept. */
const KEPT = 100;
const HEADERS = 50;
const HEADER_LENGTH = 1_000;
/** What would let a reader of the inbox act as the sender. */
const MASKED = ['authorization', 'proxy-authorization', 'cookie'];

const LIST: SortedList = {
  name: 'webhook-inbox-requests',
  sorts: { receivedAt: { sql: 'r.received_at', type: 'timestamptz' } },
  id: { sql: 'r.id', type: 'uuid' },
};

const SHOWN = `
  select i.id, i.name, (select count(*)::int from webhook_inbox_request r where r.inbox_id = i.id) as requests,
         ${isoTime('i.created_at')} as "createdAt", ${isoTime('i.expires_at')} as "expiresAt"
    from webhook_inbox i ${grantJoin('i.workspace_id', '$1')} where i.workspace_id = $2 and i.expires_at > now()`;

type Row = Omit<InboxShown, 'url'>;

/** Addresses that show what they receive: bounded in number, size, rate and time. */
@Injectable()
export class InboxService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly urls: CapabilityUrls,
    private readonly events: EventLog,
    @Inject(WebhooksConfig) private readonly config: WebhooksConfig,
  ) {}

  async list(who: Member): Promise<{ items: InboxShown[] }> {
    const text = `${SHOWN} order by i.created_at desc limit ${MOST}`;
    const rows = await this.reads.all<Row>('webhook_inboxes.list', text, [who.id, who.workspaceId]);
    return { items: rows.map((row) => this.shown(row)) };
  }

  /** @throws NoSuchInbox */
  async one(who: Member, id: string): Promise<InboxShown> {
    const row = await this.reads.one<Row>('webhook_inboxes.one', `${SHOWN} and i.id = $3`, [
      who.id,
      who.workspaceId,
      id,
    ]);
    if (!row) throw new NoSuchInbox();
    return this.shown(row);
  }

  /** @throws TooManyInboxes */
  async open(who: Member, { name, hours }: NewInbox): Promise<InboxShown> {
    const [id, now] = [uuidv7(), new Date()];
    const expires = new Date(now.getTime() + hours * 3_600_000);
    const { workspaceId } = who;
    await this.transactions.run(async (em) => {
      await query(em, 'select pg_advisory_xact_lock(hashtextextended($1, 51))', [workspaceId]);
      await query(em, 'delete from webhook_inbox where workspace_id = $1 and expires_at <= now()', [workspaceId]);
      const [counted] = await query<{ n: number }>(
        em,
        'select count(*)::int as n from webhook_inbox where workspace_id = $1',
        [workspaceId],
      );
      if (Number(counted?.n) >= MOST) throw new TooManyInboxes(MOST);
      const text = `insert into webhook_inbox (id, workspace_id, name, created_at, expires_at) values ($1, $2, $3, $4, $5)`;
      await query(em, text, [id, workspaceId, name, now, expires]);
      const data = { name, expiresAt: expires.toISOString() };
      this.events.record(em, 'webhook_inbox.created', { workspaceId, subjectId: id, actor: who, data });
    });
    return this.one(who, id);
  }

  /** @throws NoSuchInbox */
  async close(who: Member, id: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const text =
        'delete from webhook_inbox where id = $1 and workspace_id = $2 and expires_at > now() returning name';
      const [gone] = await query<{ name: string }>(em, text, [id, who.workspaceId]);
      if (!gone) throw new NoSuchInbox();
      const about = { workspaceId: who.workspaceId, subjectId: id, actor: who };
      this.events.record(em, 'webhook_inbox.deleted', { ...about, data: gone });
    });
  }

  /** What came in, the newest first. @throws NoSuchInbox */
  async requests(who: Member, id: string, listed: ListQuery): Promise<Page<InboxRequest>> {
    await this.one(who, id);
    const seek = this.cursor.seek(LIST, listed, 2);
    const rows = await this.reads.adHoc<InboxRequest & { _key: string[] }>(
      `select r.id, ${isoTime('r.received_at')} as "receivedAt", r.method, r.headers,
              r.content_type as "contentType", r.encoding, r.body, r.size, ${seek.key}
         from webhook_inbox_request r where r.inbox_id = $1 and ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      [id, ...seek.values],
    );
    return this.cursor.page(LIST, listed, rows);
  }

  /** Keeps what somebody sent, and forgets the oldest. @throws NoSuchInbox, TooManyRequests */
  async take(
    { token, ip, method }: { token: string; ip: string; method: string },
    headers: IncomingHttpHeaders,
    body: Buffer,
  ): Promise<{ received: true }> {
    const id = this.urls.admit(PATH, token, { ip, perMinute: this.config.inboxPerMinute });
    if (id === undefined) throw new NoSuchInbox();
    const encoding = isUtf8(body) && !body.includes(0) ? 'text' : 'base64';
    const given = Object.entries(headers)
      .slice(0, HEADERS)
      .map(([name, value]) => [name, MASKED.includes(name) ? '•••' : String(value).slice(0, HEADER_LENGTH)] as const);
    await this.transactions.run(async (em) => {
      const text = `
        insert into webhook_inbox_request (id, inbox_id, received_at, headers, body, size, method, content_type, encoding)
        select $1, id, now(), $3::jsonb, $4, $5, $6, $7, $8 from webhook_inbox where id = $2 and expires_at > now() returning id`;
      const made = await query(em, text, [
        uuidv7(),
        id,
        JSON.stringify(Object.fromEntries(given)),
        body.toString(encoding === 'text' ? 'utf8' : 'base64'),
        body.length,
        method,
        headers['content-type']?.slice(0, HEADER_LENGTH) ?? null,
        encoding,
      ]);
      if (made.length === 0) throw new NoSuchInbox();
      await query(
        em,
        `delete from webhook_inbox_request where inbox_id = $1
            and id in (select id from webhook_inbox_request where inbox_id = $1 order by id desc offset ${KEPT})`,
        [id],
      );
    });
    return { received: true };
  }

  private shown(row: Row): InboxShown {
    return { ...row, url: this.urls.url(PATH, row.id) };
  }
}
