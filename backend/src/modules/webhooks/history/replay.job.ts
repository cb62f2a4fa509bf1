import { affected, query, Transactions, type EntityManager } from '#platform/database/index.js';
import { JobHandler, type JobOutcome, type JobRunner, type RunningJob } from '#platform/jobs/index.js';
import { HistoryQueries } from './history.queries.js';
import { HistoryService, type ReplayJob } from './history.service.js';

interface Replay {
  id: string;
  workspaceId: string;
  endpointId: string | null;
  byUser: string | null;
  filter: string;
  from: string | null;
  to: string;
  total: number | null;
  lastAt: string | null;
  lastId: string | null;
}

const STEP = 500;
/** Counting on would take long; the total is then one more than 100,000. */
const MOST_COUNTED = 100_001;
const LONGEST_ERROR = 500;

const REPLAY = `
  select id, workspace_id as "workspaceId", endpoint_id as "endpointId", by_user as "byUser", filter, from_at::text as from,
         to_at::text as to, total, last_at::text as "lastAt", last_id as "lastId"
    from webhook_replay where id = $1 and state = 'running'`;

/** Parameters 1 to 4; those of the filter come after. What waits is not sent again, nor what goes to an endpoint that is off. */
const FOUND = `
  from webhook_delivery d join webhook_endpoint p on p.id = d.endpoint_id and p.removed_at is null and p.state = 'enabled'
 where d.workspace_id = $1 and ($2::uuid is null or d.endpoint_id = $2) and ($3::timestamptz is null or d.created_at >= $3)
   and d.created_at <= $4 and d.state <> 'queued' and not d.test`;

/** Sends many deliveries again, some at a time. Where it is, is part of each step's transaction: a repeat goes on there. */
@JobHandler<ReplayJob>('webhooks', 'replay', { retry: { attempts: 5 }, concurrency: 2 })
export class ReplayWebhooksJob implements JobRunner<ReplayJob> {
  constructor(
    private readonly transactions: Transactions,
    private readonly queries: HistoryQueries,
    private readonly history: HistoryService,
  ) {}

  async run({ payload, signal }: RunningJob<ReplayJob>): Promise<JobOutcome> {
    for (let more = true; more;) {
      signal.throwIfAborted();
      more = await this.transactions.run((em) => this.step(em, payload.replayId));
    }
    return {};
  }

  async parked({ payload }: Pick<RunningJob<ReplayJob>, 'payload'>, error: Error, em: EntityManager): Promise<void> {
    const text = `update webhook_replay set state = 'failed', error = $2, finished_at = now() where id = $1 and state = 'running'`;
    await affected(em, text, [payload.replayId, error.message.slice(0, LONGEST_ERROR)]);
  }

  /** @returns false when it was the last */
  private async step(em: EntityManager, id: string): Promise<boolean> {
    const [replay] = await query<Replay>(em, `${REPLAY} for update`, [id]);
    if (!replay) return false;
    const { workspaceId, endpointId, from, to, filter, lastAt, lastId } = replay;
    const about = [workspaceId, endpointId, from, to];
    if (replay.total === null) {
      const all = await this.queries.condition({ userId: replay.byUser }, filter, 5);
      const [counted] = await query<{ n: number }>(
        em,
        `select count(*)::int as n from (select 1 ${FOUND} and ${all.text} limit ${MOST_COUNTED}) as found`,
        [...about, ...all.params],
      );
      await query(em, 'update webhook_replay set total = $2 where id = $1', [id, Number(counted?.n)]);
    }
    const condition = await this.queries.condition({ userId: replay.byUser }, filter, 7);
    const rows = await query<{ id: string; at: string; endpointId: string }>(
      em,
      `select d.id, d.created_at::text as at, d.endpoint_id as "endpointId" ${FOUND}
          and ($5::timestamptz is null or (d.created_at, d.id) > ($5::timestamptz, $6::uuid)) and ${condition.text}
        order by d.created_at, d.id limit ${STEP}`,
      [...about, lastAt, lastId, ...condition.params],
    );
    await query(
      em,
      `update webhook_delivery set state = 'queued', failures = 0, held = false, next_attempt_at = now(), finished_at = null
        where id = any($1::uuid[]) and state <> 'queued'`,
      [rows.map((row) => row.id)],
    );
    await this.history.wake(em, [...new Set(rows.map((row) => row.endpointId))]);
    const last = rows.at(-1);
    const over = rows.length < STEP;
    await query(
      em,
      `update webhook_replay set done = done + $2, last_at = coalesce($3::timestamptz, last_at), last_id = coalesce($4::uuid, last_id),
              state = case when $5 then 'done' else state end, finished_at = case when $5 then now() end where id = $1`,
      [id, rows.length, last?.at ?? null, last?.id ?? null, over],
    );
    return !over;
  }
}
