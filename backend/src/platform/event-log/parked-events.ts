import { Injectable, Logger } from '@nestjs/common';
import { query, Transactions, type EntityManager } from '#platform/database/index.js';
import { lockCursor } from './cursors.js';
import { LogOperationRefused } from './event-log.errors.js';
import { holdJobsOf } from './holding.js';
import { describe, reviveEvent, type ParkedState } from './parking.js';
import type { ActNote } from './reader-operations.js';
import { ReaderRegistry } from './reader-registry.js';
import type { LogEvent } from './types.js';

/** A parked event, as an operator sees it. */
export interface ParkedEvent {
  reader: string;
  position: number;
  state: ParkedState;
  event: LogEvent;
  error: string | null;
  attempts: number;
  parkedAt: Date;
}

interface ParkedRow {
  reader: string;
  position: string;
  state: ParkedState;
  event: unknown;
  error: string | null;
  attempts: number;
  parked_at: Date;
}

const PARKED_COLUMNS = 'reader, position, state, event, error, attempts, parked_at';

/** The events that readers could not read, and what an operator does about them. */
@Injectable()
export class ParkedEvents {
  private readonly log = new Logger('event-log');

  constructor(
    private readonly registry: ReaderRegistry,
    private readonly transactions: Transactions,
  ) {}

  /** What is parked, held or was discarded, in the log's order; at most 1000. */
  async list(reader?: string): Promise<ParkedEvent[]> {
    const rows = await query<ParkedRow>(
      this.transactions.reader(),
      `select ${PARKED_COLUMNS} from parked_event where $1::text is null or reader = $1 order by reader, position limit 1000`,
      [reader ?? null],
    );
    return rows.map((row) => ({
      reader: row.reader,
      position: Number(row.position),
      state: row.state,
      event: reviveEvent(row.event),
      error: row.error,
      attempts: row.attempts,
      parkedAt: new Date(row.parked_at),
    }));
  }

  /**
   * Reads a parked event again and, when that works, the ones held behind it, in order, each in its own transaction. The
   * first that fails is parked in its turn.
   *
   * @returns how many were read
   * @throws LogOperationRefused when it is not parked
   * @throws the reader's error when the event itself fails again
   */
  async retry(reader: string, position: number, note?: ActNote<[LogEvent, 'read' | 'failed']>): Promise<number> {
    return 1 + (await this.release(reader, await this.readParked(reader, position, note)));
  }

  /** Gives a parked event up and reads the ones held behind it. It stays listed as discarded. @returns how many were read */
  async discard(reader: string, position: number, note?: ActNote<[LogEvent]>): Promise<number> {
    this.registry.get(reader);
    const next = await this.transactions.run((em) =>
      this.settle(
        em,
        reader,
        position,
        async () => undefined,
        'discard',
        (event) => note?.(em, event),
      ),
    );
    return this.release(reader, next);
  }

  /** Settles the parked event and, in the same transaction, makes the next one held behind it the parked one, whose position it returns. */
  private async settle(
    em: EntityManager,
    reader: string,
    position: number,
    apply: (event: LogEvent) => Promise<void>,
    outcome: 'delete' | 'discard',
    note: (event: LogEvent) => void,
  ): Promise<number | undefined> {
    // The reader waits meanwhile, so that no later event of the subject slips in between.
    await lockCursor(em, reader, true);
    const [row] = await query<ParkedRow & { subject_type: string; subject_id: string }>(
      em,
      `select ${PARKED_COLUMNS}, subject_type, subject_id from parked_event
       where reader = $1 and position = $2 and state = 'parked' for update`,
      [reader, position],
    );
    if (!row) throw new LogOperationRefused(`Event ${position} is not parked for "${reader}".`);
    const event = reviveEvent(row.event);
    // Erased since it was parked: there is nothing left to read.
    if (event.data !== null) await apply(event);
    note(event);
    const settled =
      outcome === 'delete'
        ? 'delete from parked_event where reader = $1 and position = $2'
        : `update parked_event set state = 'discarded', updated_at = now() where reader = $1 and position = $2`;
    await query(em, settled, [reader, position]);
    const [next] = await query<{ position: string }>(
      em,
      `update parked_event set state = 'parked', updated_at = now()
       where reader = $1 and state = 'held' and position = (
         select min(position) from parked_event
         where reader = $1 and subject_type = $2 and subject_id = $3 and state = 'held')
       returning position`,
      [reader, row.subject_type, row.subject_id],
    );
    return next && Number(next.position);
  }

  /** Reads on through what was held behind a settled event, until one fails. @returns how many were read */
  private async release(reader: string, first: number | undefined): Promise<number> {
    let read = 0;
    for (let next = first; next !== undefined; read++) {
      try {
        next = await this.readParked(reader, next);
      } catch {
        return read; // It is parked in its turn, with its error, for the operator to see.
      }
    }
    return read;
  }

  /** @returns the position of the event that is parked in its place */
  private async readParked(
    reader: string,
    position: number,
    note?: ActNote<[LogEvent, 'read' | 'failed']>,
  ): Promise<number | undefined> {
    const { instance } = this.registry.get(reader);
    try {
      return await this.transactions.run((em) =>
        this.settle(
          em,
          reader,
          position,
          async (event) => {
            await holdJobsOf(em, position);
            // In parts, for the sake of memory, but in one transaction: whether it works is known once.
            let stopped = await instance.read([event], em);
            while (stopped) stopped = await instance.read([event], em, stopped.next);
          },
          'delete',
          (event) => note?.(em, event, 'read'),
        ),
      );
    } catch (error) {
      if (!(error instanceof LogOperationRefused)) await this.noteFailure(reader, position, error, note);
      throw error;
    }
  }

  private async noteFailure(
    reader: string,
    position: number,
    error: unknown,
    note?: ActNote<[LogEvent, 'read' | 'failed']>,
  ): Promise<void> {
    this.log.warn(`Event ${position} failed again for "${reader}": ${describe(error)}`);
    await this.transactions.run(async (em) => {
      const [row] = await query<{ event: unknown }>(
        em,
        `update parked_event set attempts = attempts + 1, error = $3, updated_at = now()
          where reader = $1 and position = $2 returning event`,
        [reader, position, describe(error)],
      );
      if (row) note?.(em, reviveEvent(row.event), 'failed');
    });
  }
}
