import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Secrets } from '#platform/crypto/index.js';
import { afterCommit, query, type EntityManager } from '#platform/database/index.js';
import { holdsJobs } from '#platform/event-log/index.js';
import { BullQueues, type Ticket } from './bull-queues.js';
import { JobRegistry, type JobKind } from './job-registry.js';
import type { JsonObject, NewJob } from './job.types.js';

/** One statement for any number of jobs; a job whose key is taken is left out and found by the second statement. */
const INSERT = `
  insert into job (id, queue, name, key, workspace_id, subject_type, subject_id, payload, destination, next_attempt_at, held)
  select id, queue, name, key, workspace_id, subject_type, subject_id, payload, destination, coalesce(run_at, now()), $2
    from jsonb_to_recordset($1::jsonb) as j(id uuid, queue text, name text, key text, workspace_id uuid, subject_type text,
         subject_id text, payload jsonb, destination text, run_at timestamptz)
  on conflict (queue, name, key) where state in ('queued', 'running') do nothing
  returning id`;

const HOLDER = `select id, held from job where queue = $1 and name = $2 and key = $3 and state in ('queued', 'running')`;

/** What somebody asks for now is no repeat: it need not wait for an operator any longer. */
const ASKED_ANEW = `update job set held = false, announced_at = null where id = $1 and state = 'queued'`;

/** The context a payload is sealed under: it opens only on its own row. */
export function payloadContext(jobId: string): string {
  return `job:${jobId}:payload`;
}

/** Enqueues side effects: a row in the caller's transaction, then, after the commit, a Bull job that only wakes a worker. */
@Injectable()
export class Jobs {
  private readonly committed = new WeakMap<EntityManager, Ticket[]>();

  constructor(
    private readonly registry: JobRegistry,
    private readonly queues: BullQueues,
    private readonly secrets: Secrets,
  ) {}

  /**
   * Enqueues one job in the caller's transaction; held, when that reads events of a backup that was restored.
   *
   * @returns the row's id; that of the unfinished job when the key is taken
   * @throws UnknownJob when no handler runs that queue and name
   * @throws Error outside `Transactions.run`
   */
  async enqueue<P extends JsonObject>(em: EntityManager, job: NewJob<P>): Promise<string> {
    return (await this.enqueueAll(em, [job]))[0]!;
  }

  /** Like `enqueue` for many jobs, in one statement. @returns the ids in the order of the jobs */
  async enqueueAll<P extends JsonObject>(em: EntityManager, jobs: readonly NewJob<P>[]): Promise<string[]> {
    if (jobs.length === 0) return [];
    const tickets = this.ticketsOf(em);
    const held = holdsJobs(em);
    const rows = jobs.map((job) => this.row(job, this.registry.get(job.queue, job.name)));
    const ids = new Map<Row, string>();
    while (ids.size < rows.length) {
      const missing = rows.filter((row) => !ids.has(row));
      const made = await query<{ id: string }>(em, INSERT, [JSON.stringify(missing), held]);
      const inserted = new Set(made.map((r) => r.id));
      for (const row of missing) {
        if (inserted.has(row.id) && !held) tickets.push(...dueNow(row));
        // A holder that finished in between frees the key: then the next round inserts the row.
        const id = inserted.has(row.id) ? row.id : await this.holder(em, row, held);
        if (id) ids.set(row, id);
      }
    }
    return rows.map((row) => ids.get(row)!);
  }

  /** The unfinished job that holds the row's key. */
  private async holder(em: EntityManager, row: Row, held: boolean): Promise<string | undefined> {
    const [found] = await query<{ id: string; held: boolean }>(em, HOLDER, [row.queue, row.name, row.key]);
    if (found?.held && !held) await query(em, ASKED_ANEW, [found.id]);
    return found?.id;
  }

  private row(job: NewJob, kind: JobKind): Row {
    const id = job.id ?? uuidv7();
    const { payload } = job;
    return {
      id,
      queue: job.queue,
      name: job.name,
      key: job.key ?? null,
      workspace_id: job.workspaceId ?? null,
      subject_type: job.subject?.type ?? null,
      subject_id: job.subject?.id ?? null,
      payload: kind.sealPayload ? { sealed: this.secrets.seal(JSON.stringify(payload), payloadContext(id)) } : payload,
      destination: kind.destination?.(payload) ?? null,
      run_at: job.runAt ?? null,
    };
  }

  private ticketsOf(em: EntityManager): Ticket[] {
    const known = this.committed.get(em);
    if (known) return known;
    const tickets: Ticket[] = [];
    afterCommit(em, this, () => this.queues.announce(tickets));
    this.committed.set(em, tickets);
    return tickets;
  }
}

interface Row {
  id: string;
  queue: string;
  name: string;
  key: string | null;
  workspace_id: string | null;
  subject_type: string | null;
  subject_id: string | null;
  payload: JsonObject;
  destination: string | null;
  run_at: Date | null;
}

function dueNow(row: Row): Ticket[] {
  const due = !row.run_at || row.run_at.getTime() <= Date.now();
  return due ? [{ queue: row.queue, name: row.name, id: row.id, attempt: 1 }] : [];
}
