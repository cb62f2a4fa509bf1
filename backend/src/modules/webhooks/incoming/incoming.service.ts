import type { IncomingHttpHeaders } from 'node:http';
import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { EventData } from '#contract/events/index.js';
import { grantJoin, type Member, systemActor } from '#platform/access/index.js';
import { Secrets } from '#platform/crypto/index.js';
import { affected, isoTime, query, Reads, Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { FilterContexts, readFilter } from '#platform/filters/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { makeHmacSecret } from '#platform/webhook-signature/index.js';
import { CapabilityUrls } from '../capability-urls.js';
import { WebhooksConfig } from '../webhooks.config.js';
import { incomingWebhookFields, toSql } from '#contract/filter/index.js';
import { IncomingRefused, NoSuchIncomingWebhook, TooManyIncomingWebhooks } from './incoming.errors.js';
import type {
  Heard,
  IncomingChange,
  IncomingRotation,
  IncomingShown,
  MadeIncoming,
  NewIncoming,
} from './incoming.schemas.js';
import { verify, type Proven, type Scheme } from './verify.js';

const PATH = 'incoming-webhooks';
const MOST = 100;
const context = (id: string): string => `incoming_webhook:${id}`;

const LIST: SortedList = {
  name: 'incoming-webhooks',
  sorts: { createdAt: { sql: 'i.created_at', type: 'timestamptz' } },
  id: { sql: 'i.id', type: 'uuid' },
};

const SHOWN = `i.id, i.name, i.scheme, i.enabled, i.received::float8, i.refused::float8, ${isoTime('i.last_received_at')} as "lastReceivedAt",
         ${isoTime('i.last_refused_at')} as "lastRefusedAt", i.last_refusal as "lastRefusal", ${isoTime('i.created_at')} as "createdAt",
         ${isoTime('case when i.previous_until > now() then i.previous_until end')} as "previousUntil"`;
const FROM = `
  from incoming_webhook i ${grantJoin('i.workspace_id', '$1')} where i.workspace_id = $2 and i.removed_at is null`;

interface Kept {
  id: string;
  workspaceId: string;
  name: string;
  scheme: Scheme;
  secret: string;
  previous: string | null;
}

type Row = Omit<IncomingShown, 'url'>;

/** Addresses that turn a signed POST from outside into an event of the workspace, once each. */
@Injectable()
export class IncomingService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly urls: CapabilityUrls,
    private readonly secrets: Secrets,
    private readonly events: EventLog,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
    @Inject(WebhooksConfig) private readonly config: WebhooksConfig,
  ) {}

  /** A page of a workspace's. @throws FilterRefused */
  async list(who: Member, listed: ListQuery): Promise<Page<IncomingShown>> {
    const context = await this.contexts.context(who);
    const filter = toSql(readFilter(listed.filter ?? '', incomingWebhookFields, context), context, { start: 3 });
    const seek = this.cursor.seek(LIST, listed, 3 + filter.params.length);
    const rows = await this.reads.adHoc<Row & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key} ${FROM} and ${filter.text} and ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, ...filter.params, ...seek.values],
    );
    return this.cursor.page(
      LIST,
      listed,
      rows.map((row) => ({ ...this.shown(row), _key: row._key })),
    );
  }

  /** @throws NoSuchIncomingWebhook */
  async one(who: Member, id: string): Promise<IncomingShown> {
    const text = `select ${SHOWN} ${FROM} and i.id = $3`;
    const row = await this.reads.one<Row>('incoming_webhooks.one', text, [who.id, who.workspaceId, id]);
    if (!row) throw new NoSuchIncomingWebhook();
    return this.shown(row);
  }

  /** @throws TooManyIncomingWebhooks */
  async create(who: Member, { name, scheme }: NewIncoming): Promise<MadeIncoming> {
    const id = uuidv7();
    const { workspaceId } = who;
    const secret = makeSecret(scheme);
    await this.transactions.run(async (em) => {
      await query(em, 'select pg_advisory_xact_lock(hashtextextended($1, 52))', [workspaceId]);
      const counting = 'select count(*)::int as n from incoming_webhook where workspace_id = $1 and removed_at is null';
      const [counted] = await query<{ n: number }>(em, counting, [workspaceId]);
      if (Number(counted?.n) >= MOST) throw new TooManyIncomingWebhooks(MOST);
      await query(
        em,
        `insert into incoming_webhook (id, workspace_id, name, scheme, secret, created_at, updated_at) values ($1, $2, $3, $4, $5, now(), now())`,
        [id, workspaceId, name, scheme, this.secrets.seal(secret, context(id))],
      );
      this.events.record(em, 'incoming_webhook.created', {
        workspaceId,
        subjectId: id,
        actor: who,
        data: { name, scheme },
      });
    });
    return { ...(await this.one(who, id)), secret };
  }

  /** @throws NoSuchIncomingWebhook */
  async change(who: Member, id: string, change: IncomingChange): Promise<IncomingShown> {
    await this.transactions.run(async (em) => {
      const text = `
        update incoming_webhook set name = coalesce($3, name), enabled = coalesce($4, enabled), updated_at = now()
         where id = $1 and workspace_id = $2 and removed_at is null returning name, enabled`;
      const values = [id, who.workspaceId, change.name ?? null, change.enabled ?? null];
      const [data] = await query<EventData<'incoming_webhook.updated'>>(em, text, values);
      if (!data) throw new NoSuchIncomingWebhook();
      const about = { workspaceId: who.workspaceId, subjectId: id, actor: who };
      this.events.record(em, 'incoming_webhook.updated', { ...about, data });
    });
    return this.one(who, id);
  }

  /** Gives it a new secret; the earlier one is taken too for the overlap. @throws NoSuchIncomingWebhook */
  async rotate(who: Member, id: string, { overlapSeconds }: IncomingRotation): Promise<MadeIncoming> {
    const { scheme } = await this.one(who, id);
    const secret = makeSecret(scheme);
    await this.transactions.run(async (em) => {
      const text = `
        update incoming_webhook
           set previous_secret = case when $4 > 0 then secret end,
               previous_until = case when $4 > 0 then now() + make_interval(secs => $4) end, secret = $3, updated_at = now()
         where id = $1 and workspace_id = $2 and removed_at is null returning ${isoTime('previous_until')} as "previousUntil"`;
      const values = [id, who.workspaceId, this.secrets.seal(secret, context(id)), overlapSeconds];
      const [data] = await query<EventData<'incoming_webhook.secret_rotated'>>(em, text, values);
      if (!data) throw new NoSuchIncomingWebhook();
      const about = { workspaceId: who.workspaceId, subjectId: id, actor: who };
      this.events.record(em, 'incoming_webhook.secret_rotated', { ...about, data });
    });
    return { ...(await this.one(who, id)), secret };
  }

  /** @throws NoSuchIncomingWebhook */
  async remove(who: Member, id: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const text = `
        update incoming_webhook set removed_at = now(), secret = '', previous_secret = null, previous_until = null
         where id = $1 and workspace_id = $2 and removed_at is null returning name`;
      const [data] = await query<{ name: string }>(em, text, [id, who.workspaceId]);
      if (!data) throw new NoSuchIncomingWebhook();
      const about = { workspaceId: who.workspaceId, subjectId: id, actor: who };
      this.events.record(em, 'incoming_webhook.deleted', { ...about, data });
    });
  }

  /**
   * Takes what somebody posted, once.
   *
   * @throws NoSuchIncomingWebhook, IncomingRefused, TooManyRequests, ValidationFailed from `parse`
   */
  async hear(
    { token, ip }: { token: string; ip: string },
    headers: IncomingHttpHeaders,
    raw: Buffer,
    parse: (raw: Buffer) => unknown,
  ): Promise<Heard> {
    const kept = await this.kept(this.urls.admit(PATH, token, { ip, perMinute: this.config.incomingPerMinute }));
    const { seal, ...proven } = await this.proven(kept, headers, raw);
    const body = parse(raw) as EventData<'incoming.received'>['body'];
    const fresh = await this.transactions.run(async (em) => {
      const text = `
        insert into incoming_receipt (webhook_id, delivery_id) select $1::uuid, unnest($2::text[]) on conflict do nothing`;
      const receipts = seal === null ? [proven.deliveryId] : [proven.deliveryId, seal];
      if ((await affected(em, text, [kept.id, receipts])) < receipts.length) return false;
      const counting = `update incoming_webhook set received = received + 1, last_received_at = now() where id = $1 and removed_at is null`;
      if ((await affected(em, counting, [kept.id])) === 0) throw new NoSuchIncomingWebhook();
      const { workspaceId, id: subjectId, name, scheme } = kept;
      const data = { name, scheme, ...proven, body: body ?? null };
      this.events.record(em, 'incoming.received', { workspaceId, subjectId, actor: systemActor(), data });
      return true;
    });
    return { received: true, repeated: !fresh };
  }

  private async kept(id: string | undefined): Promise<Kept> {
    const text = `
      select id, workspace_id as "workspaceId", name, scheme, secret,
             case when previous_until > now() then previous_secret end as previous from incoming_webhook
       where id = $1 and enabled and removed_at is null`;
    const kept = id === undefined ? undefined : await this.reads.one<Kept>('incoming_webhooks.kept', text, [id]);
    if (!kept) throw new NoSuchIncomingWebhook();
    return kept;
  }

  /** What is refused is counted, for whoever looks why nothing comes. */
  private async proven(
    { id, scheme, secret, previous }: Kept,
    headers: IncomingHttpHeaders,
    raw: Buffer,
  ): Promise<Proven> {
    try {
      if (headers['user-agent']?.startsWith('Signalbox-Webhooks/'))
        throw new IncomingRefused('Webhooks of Signalbox are not taken: they could go round in circles.');
      const secrets = [secret, previous].filter((sealed) => sealed !== null);
      return verify(
        scheme,
        secrets.map((sealed) => this.secrets.open(sealed, context(id))),
        headers,
        raw,
      );
    } catch (error) {
      if (!(error instanceof IncomingRefused)) throw error;
      const text = `update incoming_webhook set refused = refused + 1, last_refused_at = now(), last_refusal = $2 where id = $1`;
      await this.transactions.run((em) => affected(em, text, [id, error.reason]));
      throw error;
    }
  }

  private shown(row: Row): IncomingShown {
    return { ...row, url: this.urls.url(PATH, row.id) };
  }
}

function makeSecret(scheme: Scheme): string {
  return scheme === 'standard' ? makeHmacSecret() : randomBytes(32).toString('base64url');
}
