import { LockMode } from '@mikro-orm/core';
import { Injectable, Logger } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { WebhookEndpoint } from '../endpoints/endpoint.entity.js';
import { EndpointOwners } from './endpoint-owners.js';
import { OWNER_COLUMNS, OWNER_JOIN, type OwnerRow } from './endpoint-rights.js';
import { OwnerSight } from './owner-sight.js';

const OWNER = `select ${OWNER_COLUMNS} from webhook_endpoint p ${OWNER_JOIN} where p.id = $1`;

const REMEDY =
  'Somebody who may see its events takes it over (POST …/ownership) and switches it on again; what waits is sent then.';

/** Why an endpoint is stopped without a person asking for it. */
export type Stop =
  | { readonly state: 'disabled'; readonly reason: string }
  | { readonly state: 'paused'; readonly reason: string; readonly failingSince: Date | null };

/** Stops endpoints: once each, whoever notices it, with its events and a mail in the same transaction. */
@Injectable()
export class EndpointStops {
  private readonly log = new Logger('webhooks');

  constructor(
    private readonly events: EventLog,
    private readonly owners: EndpointOwners,
    private readonly sight: OwnerSight,
  ) {}

  /** Does nothing when the endpoint is off already. */
  async stop(em: EntityManager, id: string, stop: Stop): Promise<void> {
    const endpoint = await served(em, id);
    if (!endpoint) return;
    await this.end(em, endpoint, stop);
    await this.owners.tellOwner(em, endpoint, stop.reason);
  }

  /**
   * Pauses those whose owner may hear nothing for them any more. It looks again under a lock: ownership may have been taken
   * meanwhile, and others may have noticed too.
   */
  async pauseDeaf(em: EntityManager, ids: Iterable<string>): Promise<void> {
    for (const id of [...new Set(ids)].sort()) {
      const endpoint = await served(em, id);
      if (!endpoint || !(await this.deaf(em, id))) continue;
      const reason = `${await this.owners.whyDeaf(em, endpoint)} ${REMEDY}`;
      await this.end(em, endpoint, { state: 'paused', reason, failingSince: null });
      await this.owners.tellWorkspace(em, endpoint, reason);
    }
  }

  /** Whether the owner may hear nothing for an endpoint, though the workspace is open. */
  async deaf(em: EntityManager, id: string): Promise<boolean> {
    const [owner] = await query<OwnerRow>(em, OWNER, [id]);
    return owner !== undefined && !owner.closed && this.sight.deaf(owner);
  }

  private async end(em: EntityManager, endpoint: WebhookEndpoint, stop: Stop): Promise<void> {
    const { state, reason } = stop;
    const before = endpoint.told();
    endpoint.stop(state, reason);
    await em.flush();
    const after = endpoint.told();
    const about = { workspaceId: endpoint.workspaceId, subjectId: endpoint.id, actor: systemActor() };
    const { host, description } = after;
    this.events.record(em, 'webhook_endpoint.updated', { ...about, data: { before, after } });
    if (stop.state === 'disabled')
      this.events.record(em, 'webhook_endpoint.disabled', { ...about, data: { host, description, reason } });
    else {
      const failingSince = stop.failingSince?.toISOString() ?? null;
      this.events.record(em, 'webhook_endpoint.paused', {
        ...about,
        data: { host, description, reason, failingSince },
      });
    }
    this.log.warn(`The webhook endpoint ${endpoint.id} is ${state}: ${reason}`);
  }
}

function served(em: EntityManager, id: string): Promise<WebhookEndpoint | null> {
  const where = { id, removedAt: null, state: 'enabled' as const };
  return em.findOne(WebhookEndpoint, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
}
