import type { IncomingHttpHeaders } from 'node:http';
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { EventData } from '#contract/events/index.js';
import { grantJoin, type Member, systemActor } from '#platform/access/index.js';
import { Secrets } from '#platform/crypto/index.js';
import { affected, isoTime, query, Reads, Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { makeHmacSecret } from '#platform/webhook-signature/index.js';
import { CapabilityUrls } from '../capability-urls.js';
import { IncomingRefused, NoSuchIncomingWebhook, TooManyIncomingWebhooks } from './incoming.errors.js';
import type { Heard, IncomingChange, IncomingShown, MadeIncoming, NewIncoming } from './incoming.schemas.js';
import { verify, type Proven, type Scheme } from './verify.js';

const PATH = 'incoming-webhooks';
const MOST = 100;
const context = (id: string): string => `incoming_webhook:${id}`;

const SHOWN = `
  select i.id, i.name, i.scheme, i.enabled, i.received::float8, i.refused::float8, ${isoTime('i.last_received_at')} as "lastReceivedAt",
         ${isoTime('i.last_refused_at')} as "lastRefusedAt", i.last_refusal as "lastRefusal", ${isoTime('i.created_at')} as "createdAt"
    from incoming_webhook i ${grantJoin('i.workspace_id', '$1')} where i.workspace_id = $2 and i.removed_at is null`;

interface Kept {
  id: string;
  workspaceId: string;
  name: string;
  scheme: Scheme;
  secret: string;
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
  ) {}

  async list(who: Member): Promise<{ items: IncomingShown[] }> {
    const text = `${SHOWN} order by i.created_at desc, i.id desc limit ${MOST}`;
    const rows = await this.reads.all<Row>('incoming_webhooks.list', text, [who.id, who.workspaceId]);
    return { items: rows.map((row) => this.shown(row)) };
  }

  /** @throws NoSuchIncomingWebhook */
  async one(who: Member, id: string): Promise<IncomingShown> {
    const text = `${SHOWN} and i.id = $3`;
    const row = await this.reads.one<Row>('incoming_webhooks.one', text, [who.id, who.workspaceId, id]);
    if (!row) throw new NoSuchIncomingWebhook();
    return this.shown(row);
  }

  /** @throws TooManyIncomingWebhooks */
  async create(who: Member, { name, scheme }: NewIncoming): Promise<MadeIncoming> {
    const id = uuidv7();
    const { workspaceId } = who;
    const secret = scheme === 'standard' ? makeHmacSecret() : randomBytes(32).toString('base64url');
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

  /** @throws NoSuchIncomingWebhook */
  async remove(who: Member, id: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const text = `
        update incoming_webhook set removed_at = now(), secret = '' where id = $1 and workspace_id = $2 and removed_at is null returning name`;
      const [data] = await query<{ name: string }>(em, text, [id, who.workspaceId]);
      if (!data) throw new NoSuchIncomingWebhook();
      const about = { workspaceId: who.workspaceId, subjectId: id, actor: who };
      this.events.record(em, 'incoming_webhook.deleted', { ...about, data });
    });
  }

  /** Takes what somebody posted, once. @throws NoSuchIncomingWebhook, IncomingRefused, ValidationFailed from `parse` */
  async hear(
    token: string,
    headers: IncomingHttpHeaders,
    raw: Buffer,
    parse: (raw: Buffer) => unknown,
  ): Promise<Heard> {
    const kept = await this.kept(token);
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

  private async kept(token: string): Promise<Kept> {
    const id = this.urls.read(PATH, token);
    const text = `
      select id, workspace_id as "workspaceId", name, scheme, secret from incoming_webhook
       where id = $1 and enabled and removed_at is null`;
    const kept = id === undefined ? undefined : await this.reads.one<Kept>('incoming_webhooks.kept', text, [id]);
    if (!kept) throw new NoSuchIncomingWebhook();
    return kept;
  }

  /** What is refused is counted, for whoever looks why nothing comes. */
  private async proven({ id, scheme, secret }: Kept, headers: IncomingHttpHeaders, raw: Buffer): Promise<Proven> {
    try {
      if (headers['user-agent']?.startsWith('Signalbox-Webhooks/'))
        throw new IncomingRefused('Webhooks of Signalbox are not taken: they could go round in circles.');
      return verify(scheme, this.secrets.open(secret, context(id)), headers, raw);
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
