import { LockMode } from '@mikro-orm/core';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { query, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Enqueues, JobHandler, Jobs, type JobOutcome, type JobRunner, type RunningJob } from '#platform/jobs/index.js';
import { Deal } from './deal.entity.js';

/** Which slot of the schedule a run belongs to: whole 10 minutes since 1970, and the part of it. */
export type ExpireDealsPayload = { slot: number; part: number };

const SLOT_MS = 10 * 60_000;
const BATCH = 200;

/** Ends what ran out: a batch a run; a full batch is followed at once, a short one in the next slot. */
@JobHandler<ExpireDealsPayload>('deals', 'expire-deals')
@Enqueues('deals.expire-deals')
export class ExpireDealsJob implements JobRunner<ExpireDealsPayload> {
  constructor(
    private readonly events: EventLog,
    private readonly jobs: Jobs,
  ) {}

  async run({ payload }: RunningJob<ExpireDealsPayload>): Promise<JobOutcome> {
    return { apply: (em) => this.batch(em, payload) };
  }

  private async batch(em: EntityManager, { slot, part }: ExpireDealsPayload): Promise<void> {
    const expired = await expireDue(em, this.events, BATCH);
    const now = Math.floor(Date.now() / SLOT_MS);
    const next = expired === BATCH ? { slot, part: part + 1 } : { slot: Math.max(slot, now) + 1, part: 0 };
    await schedule(this.jobs, em, next);
  }
}

/** Sees to it that a run is scheduled whenever a process starts. */
@Injectable()
export class ExpirySchedule implements OnApplicationBootstrap {
  constructor(
    private readonly transactions: Transactions,
    private readonly jobs: Jobs,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const slot = Math.floor(Date.now() / SLOT_MS) + 1;
    await this.transactions.run((em) => schedule(this.jobs, em, { slot, part: 0 }));
  }
}

/** Ends at most so many deals that are due. @returns how many */
export async function expireDue(em: EntityManager, events: EventLog, limit: number): Promise<number> {
  const due = await query<{ id: string }>(
    em,
    `select id from deal where status = 'active' and expires_at <= now() order by expires_at limit $1 for update skip locked`,
    [limit],
  );
  const deals = await em.find(Deal, { id: { $in: due.map((d) => d.id) } }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  for (const deal of deals) {
    deal.expire();
    events.record(em, 'deal.expired', {
      workspaceId: deal.workspaceId,
      subjectId: deal.id,
      actor: systemActor(),
      data: { title: deal.title, status: 'expired', before: { status: 'active' } },
    });
  }
  return deals.length;
}

async function schedule(jobs: Jobs, em: EntityManager, payload: ExpireDealsPayload): Promise<void> {
  const runAt = payload.part > 0 ? undefined : new Date(payload.slot * SLOT_MS);
  await jobs.enqueue(em, {
    queue: 'deals',
    name: 'expire-deals',
    key: `${payload.slot}/${payload.part}`,
    payload,
    runAt,
  });
}
