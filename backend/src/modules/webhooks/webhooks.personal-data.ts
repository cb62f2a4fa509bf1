import { Injectable, type OnModuleInit } from '@nestjs/common';
import { affected, isoTime, Reads, Transactions } from '#platform/database/index.js';
import {
  type DataFile,
  type DataSubject,
  type HoldsPersonalData,
  PersonalData,
  rowsOf,
} from '#platform/personal-data/index.js';

const BATCH = 2_000;
// The host alone: whoever knows an address may often write there, also when they have left.
const ENDPOINTS = `
  select p.id, w.name as workspace, substring(p.url from '^[a-z]+://([^/?#]+)') as host, p.description, p.target, p.filter, p.types, p.state, ${isoTime('p.created_at')} as "createdAt",
         ${isoTime('p.removed_at')} as "removedAt"
    from webhook_endpoint p join workspace w on w.id = p.workspace_id
   where p.owner_id = $1 and exists (select from access_grant g where g.workspace_id = w.id and g.principal_id = $1)
   and ($2::uuid is null or p.id > $2) order by p.id limit $3`;
const DELIVERIES = `delete from webhook_delivery where id in (select id from webhook_delivery where workspace_id = $1 limit ${BATCH})`;

/**
 * What webhooks hold of people: whose rights an endpoint has, and who asked for a replay. Endpoints belong to the workspace and
 * stay, silent until somebody takes them over. Bodies are made of the log's events, so what is erased there is sent to nobody.
 */
@Injectable()
export class WebhooksPersonalData implements HoldsPersonalData, OnModuleInit {
  readonly room = 'webhooks';

  constructor(
    private readonly registry: PersonalData,
    private readonly reads: Reads,
    private readonly transactions: Transactions,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  files({ id }: DataSubject): DataFile[] {
    const endpoints = () => rowsOf(this.reads, 'webhooks.own_data', ENDPOINTS, id);
    return [{ path: 'webhooks/endpoints', about: 'Webhook endpoints that hear what you may see.', rows: endpoints }];
  }

  async erase({ id }: DataSubject): Promise<void> {
    await this.transactions.run(async (em) => {
      await affected(em, 'update webhook_endpoint set owner_id = null, owner_key_id = null where owner_id = $1', [id]);
      await affected(em, 'update webhook_replay set by_user = null where by_user = $1', [id]);
    });
  }

  /** Removes the history, of which there may be much; endpoints and inboxes go with the workspace. */
  async eraseWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    for (let removed = BATCH; removed === BATCH;) {
      signal.throwIfAborted();
      removed = await this.transactions.run((em) => affected(em, DELIVERIES, [workspaceId]));
    }
  }
}
