import { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import type { SqlCondition } from '#contract/filter/index.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { TrailQueries, trailOf, type TrailReader } from '../trail/trail.queries.js';
import type { ExportFormat, ExportQuery } from '../trail/trail.schemas.js';
import { formats } from './export-lines.js';

/** Events that are looked up at once. */
const BATCH = 500;

type Outcome = 'complete' | 'cancelled' | 'failed';

/** A file that is written while it is sent. */
export interface TrailExport {
  bytes: Readable;
  type: string;
  filename: string;
}

/** Copies of the trail. What is sent waits for the receiver, so that an export of any size holds one batch in memory. */
@Injectable()
export class ExportsService {
  private readonly log = new Logger('audit');

  constructor(
    private readonly trail: TrailQueries,
    private readonly transactions: Transactions,
    private readonly events: EventLog,
  ) {}

  /**
   * Begins an export of what a filter finds, up to the event that is the last now. That it began is recorded before anything
   * leaves, so that nobody takes a copy unseen by going away.
   *
   * @throws FilterRefused
   */
  async begin(who: TrailReader, { format, filter }: ExportQuery): Promise<TrailExport> {
    const condition = await this.trail.filter(who, filter);
    const position = await this.trail.head();
    const data = { format, filter: filter?.trim() ? filter : null, position };
    await this.transactions.run(async (em) => {
      this.events.record(em, 'audit.export_started', { ...subjectOf(who), data });
    });
    return {
      bytes: Readable.from(this.lines(who, format, condition, position), { objectMode: false }),
      type: formats[format].type,
      filename: `audit-${new Date().toISOString().slice(0, 10)}.${format}`,
    };
  }

  private async *lines(
    who: TrailReader,
    format: ExportFormat,
    filter: SqlCondition,
    from: number,
  ): AsyncGenerator<string> {
    const { head, line } = formats[format];
    let [outcome, events]: [Outcome, number] = ['cancelled', 0];
    try {
      if (head) yield head;
      for await (const batch of this.trail.walk(who, filter, from, BATCH)) {
        yield batch.map(line).join('');
        events += batch.length;
      }
      outcome = 'complete';
    } catch (error) {
      // The answer breaks off: a file that ends as if it were whole would be a lie.
      outcome = 'failed';
      throw error;
    } finally {
      // Also when the receiver went away: then the generator is ended where it waits.
      await this.ended(who, { format, events, outcome });
    }
  }

  private async ended(
    who: TrailReader,
    data: { format: ExportFormat; events: number; outcome: Outcome },
  ): Promise<void> {
    try {
      await this.transactions.run(async (em) => {
        this.events.record(em, 'audit.exported', { ...subjectOf(who), data });
      });
    } catch (error) {
      this.log.error(`The end of an export was not recorded: ${(error as Error).message}`);
    }
  }
}

function subjectOf(who: TrailReader) {
  const workspaceId = trailOf(who);
  return { workspaceId, subjectId: workspaceId, actor: who };
}
