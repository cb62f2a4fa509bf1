import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import type { Page } from '#platform/http/index.js';
import { DealQueries } from './deal.queries.js';
import { Deal } from './deal.entity.js';
import { DealNotFound } from './deals.errors.js';
import type { DealList, DealSummary, DealView } from './deals.schemas.js';

/** What people do with deals. */
@Injectable()
export class DealsService {
  constructor(
    private readonly queries: DealQueries,
    private readonly transactions: Transactions,
    private readonly events: EventLog,
  ) {}

  list(who: Member, list: DealList): Promise<Page<DealSummary>> {
    return this.queries.list(who, list);
  }

  one(who: Member, dealId: string): Promise<DealView> {
    return this.queries.one(who, dealId);
  }

  /** Ends a deal by hand: it is gone, or was none. Ending it twice changes nothing. @throws DealNotFound */
  async expire(who: Member, dealId: string): Promise<DealView> {
    await this.transactions.run(async (em) => {
      const where = { id: dealId, workspaceId: who.workspaceId };
      const deal = await em.findOne(Deal, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!deal) throw new DealNotFound('There is no such deal in this workspace.');
      if (deal.status === 'expired') return;
      deal.expire();
      this.events.record(em, 'deal.expired', {
        workspaceId: who.workspaceId,
        subjectId: dealId,
        actor: who,
        data: { title: deal.title, status: 'expired', before: { status: 'active' } },
      });
    });
    return this.queries.one(who, dealId);
  }
}
