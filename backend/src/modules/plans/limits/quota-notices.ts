import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { systemActor } from '#platform/access/index.js';
import { afterCommit, query, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import type { QuotaKind } from '#platform/quotas/index.js';
import type { Plan } from '../catalogue/plan.js';
import { monthOf } from './period.js';
import { DOUBTED_SECONDS, QuotaUses } from './quota-uses.js';

const THRESHOLDS = [
  { percent: 80, type: 'quota.warned' },
  { percent: 100, type: 'quota.reached' },
] as const;

// The workspace is locked against its removal: a notice of what is gone would be nobody's.
const NOTE = `
  insert into quota_notice (workspace_id, quota, period, percent)
  select w.id, $2, $3::date, p from (select id from workspace where id = $1 for key share) w, unnest($4::smallint[]) as p
  on conflict do nothing returning percent`;

/** How far a workspace is with one of its limits. */
export interface QuotaStanding {
  workspaceId: string;
  kind: QuotaKind;
  plan: Plan;
  used: number;
  allowed: number;
}

// A refused request ends in its own transaction and under its own Idempotency-Key; what is noted of it must not.
const outside = new AsyncResource('quota-notices');

/** Tells a workspace that a limit is near or reached: each once a calendar month. */
@Injectable()
export class QuotaNotices {
  private readonly log = new Logger('quotas');
  /** What is known to be told: asked often, and written once a month. */
  private readonly told = new LRUCache<string, true>({ max: 50_000 });
  private readonly refusals = new LRUCache<string, true>({ max: 20_000, ttl: DOUBTED_SECONDS * 1000 });

  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly uses: QuotaUses,
  ) {}

  /** Records what a use amounts to, in the caller's transaction. */
  async look(em: EntityManager, standing: QuotaStanding, now = new Date()): Promise<void> {
    const { used, allowed } = standing;
    const passed = THRESHOLDS.filter(({ percent }) => used > 0 && used * 100 >= allowed * percent);
    await this.note(em, standing, passed, now);
  }

  /**
   * Records that somebody was refused, after the transaction that it happened in: a limit is reached too when what is left
   * is too little. Nobody waits for it.
   */
  refused(standing: QuotaStanding): void {
    const { workspaceId, kind } = standing;
    const key = `${workspaceId}/${kind.name}`;
    if (this.refusals.has(key)) return;
    this.refusals.set(key, true);
    const work = async (em: EntityManager) => {
      if (kind.costly) await this.uses.recount(em, kind, workspaceId);
      await this.note(em, standing, THRESHOLDS, new Date());
    };
    void outside.runInAsyncScope(() =>
      this.transactions.run(work).catch((error: unknown) => {
        this.refusals.delete(key);
        this.log.warn(`A refusal was not noted: ${(error as Error).message}`);
      }),
    );
  }

  private async note(
    em: EntityManager,
    { workspaceId, kind, plan, used, allowed }: QuotaStanding,
    passed: readonly (typeof THRESHOLDS)[number][],
    now: Date,
  ): Promise<void> {
    const month = monthOf(now);
    const keys = passed.map(({ percent }) => `${workspaceId}/${kind.name}/${month}/${percent}`);
    if (keys.every((key) => this.told.has(key))) return;
    afterCommit(em, {}, () => keys.forEach((key) => this.told.set(key, true)));
    const percents = passed.map(({ percent }) => percent);
    const noted = await query<{ percent: number }>(em, NOTE, [workspaceId, kind.name, month, percents]);
    const fresh = new Set(noted.map(({ percent }) => percent));
    const data = { quota: kind.name, used, allowed, plan: plan.name, period: month.slice(0, 7) };
    for (const { percent, type } of passed)
      if (fresh.has(percent))
        this.events.record(em, type, { workspaceId, subjectId: workspaceId, actor: systemActor(), data });
  }
}
