import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Secrets } from '#platform/crypto/index.js';
import { query, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { expectVersion } from '#platform/http/index.js';
import { Quotas } from '#platform/quotas/index.js';
import { EndpointStops } from '../deliveries/endpoint-stops.js';
import { EndpointSecrets, type NewSecret } from '../secrets/endpoint-secrets.js';
import { checkedHeaders } from './endpoint-headers.js';
import { ENDPOINTS } from './endpoint-quota.js';
import { EndpointRules, ownerOf } from './endpoint-rules.js';
import { WebhookEndpoint } from './endpoint.entity.js';
import { EndpointUnheard, NoSuchEndpoint, TooManyEndpoints } from './endpoints.errors.js';
import { EndpointQueries } from './endpoints.queries.js';
import type { EndpointChange, EndpointShown, NewEndpoint, NewRotation } from './endpoints.schemas.js';

/** How many endpoints one workspace may have. */
const MOST = 1000;

/** The context that an endpoint's own headers are sealed under. */
export const headersContext = (id: string): string => `webhook_endpoint:${id}:headers`;

/** Webhook endpoints: they belong to the workspace, and hear what their owner may. */
@Injectable()
export class EndpointsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly queries: EndpointQueries,
    private readonly rules: EndpointRules,
    private readonly secrets: EndpointSecrets,
    private readonly sealing: Secrets,
    private readonly events: EventLog,
    private readonly quotas: Quotas,
    private readonly stops: EndpointStops,
  ) {}

  /** @throws NoSuchEndpoint */
  async one(who: Member, id: string): Promise<EndpointShown> {
    const found = await this.queries.one(who, id);
    if (!found) throw new NoSuchEndpoint();
    return found;
  }

  /** @throws AddressNotUsable, NothingToHear, EventsHidden, FilterRefused, HeaderRefused, TooManyEndpoints, QuotaExceeded */
  async create(
    who: Member,
    wanted: NewEndpoint,
    hook = false,
  ): Promise<EndpointShown & Pick<NewSecret, 'secret' | 'publicKey'>> {
    const { headers, target: name, secretKind, ...choice } = wanted;
    const own = checkedHeaders(headers);
    const target = this.rules.target(who, name);
    this.rules.checkTypes(who, target, choice.types);
    await this.rules.checkFilter(target, choice.filter);
    await this.rules.checkUrl(choice.url);
    const { made, secret } = await this.transactions.run(async (em) => {
      await requireRoom(em, who.workspaceId);
      await this.quotas.take(em, who.workspaceId, ENDPOINTS);
      const made = WebhookEndpoint.open(ownerOf(who), target.name, choice);
      made.hook = hook;
      this.carry(made, own);
      made.version = 1;
      em.persist(made);
      await em.flush();
      await query(em, 'insert into webhook_lane (endpoint_id) values ($1)', [made.id]);
      await remember(em, made);
      const secret = await this.secrets.add(em, made.id, secretKind, made.createdAt);
      this.events.record(em, 'webhook_endpoint.created', { ...about(made, who), data: made.told() });
      return { made, secret };
    });
    return { ...shown(made), secret: secret.secret, publicKey: secret.publicKey };
  }

  /**
   * Whoever says where an endpoint sends, or what, answers for it: it hears what they may from then on. Headers that were given
   * for one origin are not sent to another.
   *
   * @throws NoSuchEndpoint, PreconditionFailed, EndpointUnheard, and what `create` throws
   */
  async change(who: Member, id: string, change: EndpointChange, ifMatch: string | undefined): Promise<EndpointShown> {
    const { headers, enabled, ...choice } = change;
    const own = headers && checkedHeaders(headers);
    const known = await this.one(who, id);
    const target = this.rules.target(who, known.target);
    const aims = [choice.url, choice.filter, choice.types].some((value) => value !== undefined);
    if (choice.filter !== undefined) await this.rules.checkFilter(target, choice.filter);
    if (choice.url !== undefined) await this.rules.checkUrl(choice.url);
    await this.changing(who, id, ifMatch, async (em, endpoint) => {
      if (aims) {
        this.rules.checkTypes(who, target, choice.types === undefined ? endpoint.types : choice.types);
        endpoint.belongTo(ownerOf(who));
      }
      const elsewhere = choice.url !== undefined && new URL(choice.url).origin !== new URL(endpoint.url).origin;
      endpoint.change(choice);
      if (elsewhere && !own) this.carry(endpoint, {});
      if (own) this.carry(endpoint, own);
      if (choice.url !== undefined || own) await remember(em, endpoint);
      if (enabled !== undefined && enabled !== (endpoint.state === 'enabled')) {
        endpoint.switch(enabled);
        if (enabled) await this.wake(em, id);
      }
    });
    return this.one(who, id);
  }

  /** From now on the caller's rights decide what it is told of. @throws NoSuchEndpoint, EventsHidden */
  async takeOver(who: Member, id: string): Promise<EndpointShown> {
    const { target, types } = await this.one(who, id);
    this.rules.target(who, target);
    this.rules.checkSome(who, types);
    await this.changing(who, id, undefined, async (_em, endpoint) => endpoint.belongTo(ownerOf(who)));
    return this.one(who, id);
  }

  /** What waited for it is ended by the retention, some at a time. @throws NoSuchEndpoint, PreconditionFailed */
  async remove(who: Member, id: string, ifMatch: string | undefined): Promise<void> {
    await this.transactions.run(async (em) => {
      const endpoint = await found(em, who, id);
      expectVersion(ifMatch, endpoint.version);
      endpoint.remove();
      for (const table of ['webhook_secret', 'webhook_address'])
        await query(em, `delete from ${table} where endpoint_id = $1`, [id]);
      this.events.record(em, 'webhook_endpoint.deleted', { ...about(endpoint, who), data: endpoint.told() });
    });
  }

  /** Gives an endpoint a new secret. @throws NoSuchEndpoint */
  async rotate(who: Member, id: string, { kind, overlapSeconds }: NewRotation): Promise<NewSecret> {
    return this.transactions.run(async (em) => {
      const endpoint = await found(em, who, id);
      const now = new Date();
      const previousUntil = new Date(now.getTime() + overlapSeconds * 1000);
      const made = await this.secrets.rotate(em, id, kind, { now, previousUntil });
      const data = { kind, previousUntil: overlapSeconds > 0 ? previousUntil.toISOString() : null };
      this.events.record(em, 'webhook_endpoint.secret_rotated', { ...about(endpoint, who), data });
      return made;
    });
  }

  private async changing(
    who: Member,
    id: string,
    ifMatch: string | undefined,
    act: (em: EntityManager, endpoint: WebhookEndpoint) => Promise<void>,
  ): Promise<void> {
    await this.transactions.run(async (em) => {
      const endpoint = await found(em, who, id);
      expectVersion(ifMatch, endpoint.version);
      const before = endpoint.told();
      await act(em, endpoint);
      const data = { before, after: endpoint.told() };
      this.events.record(em, 'webhook_endpoint.updated', { ...about(endpoint, who), data });
    });
  }

  /** What waited is due again, and the count of bad days begins anew. @throws EndpointUnheard */
  private async wake(em: EntityManager, id: string): Promise<void> {
    await em.flush();
    if (await this.stops.deaf(em, id)) throw new EndpointUnheard();
    const text =
      'update webhook_lane set failing_since = null, quiet_until = null, due_at = now(), wakes = wakes + 1 where endpoint_id = $1';
    await query(em, text, [id]);
  }

  private carry(endpoint: WebhookEndpoint, headers: Record<string, string>): void {
    const names = Object.keys(headers).sort();
    const sealed = names.length > 0 ? this.sealing.seal(JSON.stringify(headers), headersContext(endpoint.id)) : null;
    endpoint.carry(sealed, names, endpoint.updatedAt);
  }
}

function about({ workspaceId, id: subjectId }: WebhookEndpoint, actor: Member) {
  return { workspaceId, subjectId, actor };
}

async function found(em: EntityManager, { workspaceId }: Member, id: string): Promise<WebhookEndpoint> {
  const where = { id, workspaceId, removedAt: null };
  const endpoint = await em.findOne(WebhookEndpoint, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!endpoint) throw new NoSuchEndpoint();
  return endpoint;
}

/** Where it sends from this version on, for the history. */
async function remember(em: EntityManager, { id, version, url, headerNames }: WebhookEndpoint): Promise<void> {
  await query(em, 'insert into webhook_address (endpoint_id, version, url, header_names) values ($1, $2, $3, $4)', [
    id,
    version,
    url,
    headerNames,
  ]);
}

/** Counts under a lock on the workspace, so that two requests at once cannot both take the last place. */
async function requireRoom(em: EntityManager, workspaceId: string): Promise<void> {
  await query(em, 'select pg_advisory_xact_lock(hashtextextended($1, 50))', [workspaceId]);
  const text = 'select count(*)::int as n from webhook_endpoint where workspace_id = $1 and removed_at is null';
  const [counted] = await query<{ n: number }>(em, text, [workspaceId]);
  if (Number(counted?.n) >= MOST) throw new TooManyEndpoints(MOST);
}

function shown(made: WebhookEndpoint): EndpointShown {
  const { id, url, description, target, filter, types, headerNames, payloadVersion, ratePerSecond, ordered, hook } =
    made;
  const { state, stateReason, ownerId, version } = made;
  const [createdAt, updatedAt] = [made.createdAt.toISOString(), made.updatedAt.toISOString()];
  const choice = { url, description, target, filter, types, headerNames, payloadVersion, ratePerSecond, ordered, hook };
  return { id, ...choice, state, stateReason, failingSince: null, ownerId, version, createdAt, updatedAt };
}
