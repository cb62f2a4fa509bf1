import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { systemActor } from '#platform/access/index.js';
import { query, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { clipped } from '../messages/storable.js';
import { DealsConfig } from '../deals.config.js';
import type { HeldSource } from './source-leases.js';

/** So much silence is worth a row write when nothing else changed. */
const NOTED_EVERY_SECONDS = 20;
const LONGEST_PAUSE_SECONDS = 3600;

interface Named {
  workspace_id: string;
  name: string;
}

/** How sources fare: last success, last error, and the events when one stops or works again. */
@Injectable()
export class SourceHealth {
  /** Sources that this process just noted to work: mail that pours in is noted now and then. */
  private readonly noted = new LRUCache<string, true>({ max: 10_000, ttl: (NOTED_EVERY_SECONDS / 4) * 1000 });

  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    @Inject(DealsConfig) private readonly config: DealsConfig,
  ) {}

  /**
   * It works. Cheap to call often: nothing is written while it worked a moment ago.
   *
   * @param next when it is to be looked at again, unless its settings have changed meanwhile
   */
  async succeeded(sourceId: string, next?: { inSeconds: number; generation: number }): Promise<void> {
    if (!next && this.noted.has(sourceId)) return;
    this.noted.set(sourceId, true);
    await this.transactions.run(async (em) => {
      const [was] = await query<{ failing: boolean }>(
        em,
        `update source_state s set last_success_at = now(), failures = 0, failing_since = null, last_error = null,
                last_error_at = null, next_run_at = now() + make_interval(secs => $2)
           from (select source_id, failing_since is not null as failing from source_state where source_id = $1) old
          where s.source_id = old.source_id and ($4::int is null or s.generation = $4)
            and (s.failures > 0 or $3 or s.last_success_at is null
              or s.last_success_at < now() - make_interval(secs => ${NOTED_EVERY_SECONDS}))
        returning old.failing`,
        [sourceId, next?.inSeconds ?? 0, next !== undefined, next?.generation ?? null],
      );
      if (!was?.failing) return;
      const source = await touched(em, sourceId);
      if (source)
        this.events.record(em, 'source.recovered', {
          ...eventOf(source, sourceId),
          data: { name: source.name, state: 'active', before: { state: 'failing' } },
        });
    });
  }

  /**
   * It does not work. The event tells of the first failure in a row only; what failed with settings that have changed
   * meanwhile is no matter.
   *
   * @param error a sentence for people
   */
  async failed(
    { id: sourceId, generation }: Pick<HeldSource, 'id' | 'generation'>,
    error: string,
    minimumSeconds = 0,
  ): Promise<void> {
    const sentence = clipped(error, 500);
    this.noted.delete(sourceId);
    await this.transactions.run(async (em) => {
      const [state] = await query<{ failures: number }>(
        em,
        `update source_state set failures = failures + 1, failing_since = coalesce(failing_since, now()), last_error = $2,
                last_error_at = now() where source_id = $1 and generation = $3 returning failures`,
        [sourceId, sentence, generation],
      );
      if (!state) return;
      const pause = Math.max(minimumSeconds, this.pause(state.failures));
      await query(em, 'update source_state set next_run_at = now() + make_interval(secs => $2) where source_id = $1', [
        sourceId,
        pause,
      ]);
      if (state.failures !== 1) return;
      const source = await touched(em, sourceId);
      if (source)
        this.events.record(em, 'source.failed', {
          ...eventOf(source, sourceId),
          data: { name: source.name, error: sentence, state: 'failing', before: { state: 'active' } },
        });
    });
  }

  /** A message that its sender believes delivered is passed over for good. People see it on the source, and as an event. */
  async refused(em: EntityManager, sourceId: string, message: { subject: string; size: number }): Promise<void> {
    const subject = clipped(message.subject, 500);
    const reason = 'A message may have at most 25 MB.';
    const named = subject === '' ? 'A message without a subject' : `The message "${clipped(subject, 200)}"`;
    const megabytes = (Math.ceil((message.size / (1024 * 1024)) * 10) / 10).toFixed(1);
    await query(
      em,
      `update source_state set refused_count = refused_count + 1, last_refusal = $2, last_refusal_at = now()
        where source_id = $1`,
      [sourceId, `${named} was passed over: it has ${megabytes} MB. ${reason}`],
    );
    const source = await touched(em, sourceId);
    if (source)
      this.events.record(em, 'message.refused', {
        ...eventOf(source, sourceId),
        data: { sourceId, subject, size: message.size, reason },
      });
  }

  /** Doubles from the base to an hour, with up to a fifth of jitter so that sources of one server do not march in step. */
  private pause(failures: number): number {
    const doubled = this.config.retryBaseSeconds * 2 ** Math.min(failures - 1, 12);
    return Math.min(doubled, LONGEST_PAUSE_SECONDS) * (0.8 + Math.random() * 0.2);
  }
}

/** The status that people see is part of the source, so its version grows. Undefined when it was removed. */
async function touched(em: EntityManager, sourceId: string): Promise<Named | undefined> {
  const text = `update source set version = version + 1 where id = $1 and removed_at is null returning workspace_id, name`;
  return (await query<Named>(em, text, [sourceId]))[0];
}

function eventOf(source: Named, subjectId: string) {
  return { workspaceId: source.workspace_id, subjectId, actor: systemActor() };
}
