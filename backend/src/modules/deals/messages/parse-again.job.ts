import { query, type EntityManager } from '#platform/database/index.js';
import { Enqueues, JobHandler, Jobs, type JobOutcome, type JobRunner, type RunningJob } from '#platform/jobs/index.js';
import { PARSER_VERSION } from './parser-version.js';

/** Which messages to read again, and how far that went. */
export type ParseAgainPayload = {
  workspaceId: string;
  sourceId: string | null;
  /** Only those that an older parser read. */
  outdated: boolean;
  after: string | null;
};

const BATCH = 500;

/** Walks the messages of a workspace and has each read again, a batch a run. */
@JobHandler<ParseAgainPayload>('deals', 'parse-again')
@Enqueues('deals.parse-message', 'deals.parse-again')
export class ParseAgainJob implements JobRunner<ParseAgainPayload> {
  constructor(private readonly jobs: Jobs) {}

  async run({ id, payload }: RunningJob<ParseAgainPayload>): Promise<JobOutcome> {
    return { apply: (em) => this.batch(em, id, payload) };
  }

  private async batch(em: EntityManager, jobId: string, payload: ParseAgainPayload): Promise<void> {
    const { workspaceId, sourceId, outdated, after } = payload;
    const rows = await query<{ id: string }>(
      em,
      `select id from message
        where workspace_id = $1 and ($2::uuid is null or source_id = $2) and ($3::uuid is null or id > $3)
          and (not $4 or parser_version is distinct from $5)
        order by id limit ${BATCH}`,
      [workspaceId, sourceId, after, outdated, PARSER_VERSION],
    );
    const jobs = rows.map(({ id }) => ({
      queue: 'deals',
      name: 'parse-message',
      key: id,
      workspaceId,
      subject: { type: 'message', id },
      payload: { messageId: id },
    }));
    await this.jobs.enqueueAll(em, jobs);
    const last = rows.at(-1);
    if (rows.length < BATCH || !last) return;
    const next: ParseAgainPayload = { ...payload, after: last.id };
    await this.jobs.enqueue(em, {
      queue: 'deals',
      name: 'parse-again',
      key: `${jobId}/${last.id}`,
      workspaceId,
      payload: next,
    });
  }
}
