import { Injectable } from '@nestjs/common';
import { jobFields } from '#contract/filter/index.js';
import type { Actor } from '#platform/access/index.js';
import {
  afterCommit,
  isoTime,
  query,
  Reads,
  Transactions,
  uniqueViolation,
  type EntityManager,
} from '#platform/database/index.js';
import { Conflict, NotFound } from '#platform/errors/index.js';
import { EventLog, releaseRestored, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type Page, type SortedList } from '#platform/http/index.js';
import { BullQueues } from './bull-queues.js';
import { kindOf } from './job-handler.js';
import { JobRegistry } from './job-registry.js';
import type { JsonObject } from './job.types.js';
import type { JobDetail, JobsQuery, JobSummary } from './jobs.schemas.js';
import { shownPayload } from './shown-payload.js';

const LIST: SortedList = {
  name: 'jobs',
  sorts: { createdAt: { sql: 'created_at', type: 'timestamptz' } },
  id: { sql: 'id', type: 'uuid' },
};

const SUMMARY = `
  id, queue, name, state, held, attempt, failures, case when state = 'queued' then ${isoTime('next_attempt_at')} end as "nextAttemptAt",
  last_error as "lastError", workspace_id as "workspaceId", destination, ${isoTime('created_at')} as "createdAt",
  case when subject_id is not null then jsonb_build_object('type', subject_type, 'id', subject_id) end as subject,
  ${isoTime('finished_at')} as "finishedAt"`;
const DETAIL = `${SUMMARY}, key, payload, result, ${isoTime('started_at')} as "startedAt", ${isoTime('lease_until')} as "leaseUntil", lease_owner as "leaseOwner"`;

const RETRY = `
  update job set state = 'queued', failures = 0, deaths = 0, next_attempt_at = now(), announced_at = null, held = false, finished_at = null
   where id = $1 returning attempt`;
const CANCEL = `update job set state = 'cancelled', held = false, finished_at = now() where id = $1`;
const RELEASE = `
  update job set held = false, announced_at = null
   where held and state = 'queued' and ($1::text is null or queue = $1) returning id`;

interface Locked {
  queue: string;
  name: string;
  state: string;
}

/** What an operator sees of jobs and does to them; each change is recorded. */
@Injectable()
export class JobOperations {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
    private readonly events: EventLog,
    private readonly queues: BullQueues,
    private readonly registry: JobRegistry,
  ) {}

  /** A page of jobs, the newest first unless asked otherwise. @throws FilterRefused; ValidationFailed on a cursor from elsewhere */
  async list(who: Actor, asked: JobsQuery): Promise<Page<JobSummary>> {
    // The filters are part of what a cursor belongs to.
    const listed = { ...asked, filter: JSON.stringify([asked.state, asked.queue, asked.held, asked.filter]) };
    const filter = filterCondition(asked.filter, jobFields, await this.contexts.context(who), 4);
    const seek = this.cursor.seek(LIST, listed, 4 + filter.params.length);
    const text = `
      select ${SUMMARY}, ${seek.key} from job
       where ($1::text is null or state = $1) and ($2::text is null or queue = $2) and ($3::boolean is null or held = $3)
         and ${filter.text} and ${seek.condition}
       order by ${seek.orderBy} limit ${seek.limit}`;
    const values = [asked.state ?? null, asked.queue ?? null, asked.held ?? null, ...filter.params, ...seek.values];
    const rows = await this.reads.adHoc<JobSummary & { _key: (string | null)[] }>(text, values);
    return this.cursor.page(LIST, listed, rows);
  }

  /** One job with its payload, secrets masked. @throws NotFound */
  async get(id: string): Promise<JobDetail> {
    const found = await this.reads.one<JobDetail>('job-detail', `select ${DETAIL} from job where id = $1`, [id]);
    if (!found) throw notFound(id);
    const sealed = this.registry.find(found.queue, found.name)?.sealPayload ?? false;
    return { ...found, payload: shownPayload(found.payload as JsonObject, sealed) };
  }

  /**
   * Runs a parked job again with all its attempts before it, or a queued one at once.
   *
   * @throws NotFound
   * @throws Conflict when it runs, is over, or an unfinished job has its key
   */
  async retry(actor: Actor, id: string): Promise<JobDetail> {
    try {
      await this.change(id, 'retried', async (em, job, was) => {
        const [row] = await query<{ attempt: number }>(em, RETRY, [id]);
        const ticket = { queue: job.queue, name: job.name, id, attempt: row!.attempt + 1 };
        afterCommit(em, this, () => this.queues.announce([ticket]));
        this.record(em, 'job.retried', actor, id, { kind: kindOf(job), was });
      });
    } catch (error) {
      if (uniqueViolation(error) !== 'job_unfinished_key') throw error;
      throw new Conflict('Another job with the same key is under way: wait for it, or cancel it first.', {
        cause: error,
      });
    }
    return this.get(id);
  }

  /** Gives a parked or queued job up. @throws NotFound. @throws Conflict when it runs or is over */
  async cancel(actor: Actor, id: string): Promise<JobDetail> {
    await this.change(id, 'cancelled', async (em, job, was) => {
      await query(em, CANCEL, [id]);
      this.record(em, 'job.cancelled', actor, id, { kind: kindOf(job), was });
    });
    return this.get(id);
  }

  /**
   * Lets held jobs run; without a queue also those that events of a restored backup are still to cause.
   *
   * @returns how many were held
   */
  async release(actor: Actor, queue?: string): Promise<{ count: number }> {
    return this.transactions.run(async (em) => {
      if (!queue) await releaseRestored(em);
      const { length: count } = await query(em, RELEASE, [queue ?? null]);
      const data = { queue: queue ?? null, count };
      this.events.record(em, 'jobs.released', {
        workspaceId: SYSTEM_WORKSPACE,
        subjectId: SYSTEM_WORKSPACE,
        actor,
        data,
      });
      return { count };
    });
  }

  private change(
    id: string,
    verb: string,
    act: (em: EntityManager, job: Locked, was: 'parked' | 'queued') => Promise<void>,
  ): Promise<void> {
    return this.transactions.run(async (em) => {
      const [job] = await query<Locked>(em, 'select queue, name, state from job where id = $1 for update', [id]);
      if (!job) throw notFound(id);
      if (job.state !== 'parked' && job.state !== 'queued')
        throw new Conflict(`The job is ${job.state}: only a parked or queued one can be ${verb}.`);
      await act(em, job, job.state);
    });
  }

  private record(
    em: EntityManager,
    type: 'job.retried' | 'job.cancelled',
    actor: Actor,
    id: string,
    data: { kind: string; was: 'parked' | 'queued' },
  ): void {
    this.events.record(em, type, { workspaceId: SYSTEM_WORKSPACE, subjectId: id, actor, data });
  }
}

function notFound(id: string): NotFound {
  return new NotFound(`There is no job ${id}; finished ones are removed after some days.`);
}
