import { Injectable, type OnModuleInit } from '@nestjs/common';
import { affected, Transactions } from '#platform/database/index.js';
import { type DataSubject, type HoldsPersonalData, PersonalData } from '#platform/personal-data/index.js';

const BATCH = 2_000;
const OF_PERSON = `delete from delivery where id in (select id from delivery where user_id = $1 limit ${BATCH})`;
const OF_WORKSPACE = `
  delete from delivery where id in (
    select d.id from delivery d join subscription s on s.id = d.subscription_id where s.workspace_id = $1 limit ${BATCH})`;

/** What subscriptions hold of people: what they want to hear of, and what was sent to them. */
@Injectable()
export class SubscriptionsPersonalData implements HoldsPersonalData, OnModuleInit {
  readonly room = 'subscriptions';

  constructor(
    private readonly registry: PersonalData,
    private readonly transactions: Transactions,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** Removes the deliveries, of which there may be many; the subscriptions go with the account. */
  erase({ id }: DataSubject, signal: AbortSignal): Promise<void> {
    return this.remove(OF_PERSON, id, signal);
  }

  /** Likewise for those who belonged to the workspace once. */
  eraseWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    return this.remove(OF_WORKSPACE, workspaceId, signal);
  }

  private async remove(statement: string, id: string, signal: AbortSignal): Promise<void> {
    for (let removed = BATCH; removed === BATCH;) {
      signal.throwIfAborted();
      removed = await this.transactions.run((em) => affected(em, statement, [id]));
    }
  }
}
