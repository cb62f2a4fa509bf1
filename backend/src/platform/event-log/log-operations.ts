import { Injectable, Logger } from '@nestjs/common';
import { affected, query, Transactions, type EntityManager } from '#platform/database/index.js';
import { lockCursor } from './cursors.js';
import { LogOperationRefused } from './event-log.errors.js';
import { describe, reviveEvent, type ParkedState } from './parking.js';
import { ReaderRegistry } from './reader-registry.js';
import { Readers } from './readers.js';
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

/** How far one reader is. */
export interface ReaderLag {
  reader: string;
  position: number;
  head: number;
  /** Positions between the reader and the head. */
  behind: number;
  /** Age of the oldest event before it, in seconds; 0 at the head. */
  seconds: number;
  state: 'running' | 'stopped';
  lastError: string | null;
  /** Events parked or held. */
  parked: number;
}

/** Records an operator's act, in the transaction that carries it out. */
export type ActNote<A extends unknown[] = []> = (em: EntityManager, ...about: A) => void;

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

/** What an operator may do about readers and the events they could not read. */
@Injectable()
export class LogOperations {
  private readonly log = new Logger('event-log');

  constructor(
    private readonly registry: ReaderRegistry,
    private readonly transactions: Transactions,
    private readonly readers: Readers,
  ) {}

  /** Every reader's distance from the head. */
  async lag(): Promise<ReaderLag[]> {
    const rows = await query<Omit<ReaderLag, 'position' | 'head' | 'behind'> & { position: string; head: string }>(
      this.transactions.reader(),
      `select c.reader, c.position, s.position as head, c.state, c.last_error as "lastError",
         coalesce(extract(epoch from now() - (
           select e.occurred_at from event e where e.position > c.position order by e.position limit 1
         )), 0)::float8 as seconds,
         (select count(*)::int from parked_event p where p.reader = c.reader and p.state in ('parked', 'held')) as parked
       from reader_cursor c cross join log_state s
       order by c.reader`,
    );
    return rows.map((row) => {
      const [position, head] = [Number(row.position), Number(row.head)];
      return { ...row, position, head, behind: Math.max(0, head - position), seconds: Math.max(0, row.seconds) };
    });
  }

  /** What is parked, held or was discarded, in the log's order; at most 1000. */
  async listParked(reader?: string): Promise<ParkedEvent[]> {
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
  async retryParked(reader: string, position: number, note?: ActNote<[LogEvent, 'read' | 'failed']>): Promise<number> {
    return 1 + (await this.release(reader, await this.readParked(reader, position, note)));
  }

  /** Gives a parked event up and reads the ones held behind it. It stays listed as discarded. @returns how many were read */
  async discardParked(reader: string, position: number, note?: ActNote<[LogEvent]>): Promise<number> {
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

  /** Lets a stopped reader go on behind the events that it parked. */
  async restartReader(reader: string, note?: ActNote): Promise<void> {
    await this.transactions.run(async (em) => {
      const changed = await affected(
        em,
        `update reader_cursor set state = 'running', parks_in_row = 0, stopped_at = null, updated_at = now() where reader = $1`,
        [reader],
      );
      if (changed === 0) throw new LogOperationRefused(`The log reader "${reader}" has no cursor.`);
      note?.(em);
    });
    this.readers.wake();
  }

  /**
   * Empties what a reader has built and lets it read the log from its oldest event.
   *
   * @throws LogOperationRefused when the reader has no `reset`, or when the log was pruned and `partial` is not set
   */
  async rebuild(reader: string, options: { partial?: boolean } = {}, note?: ActNote): Promise<void> {
    const { instance } = this.registry.get(reader);
    if (!instance.reset)
      throw new LogOperationRefused(`The log reader "${reader}" cannot be rebuilt: it has no reset().`);
    await this.transactions.run(async (em) => {
      const [checkpoint] = await query<{ position: string }>(em, 'select position from log_checkpoint for share');
      const start = Number(checkpoint?.position ?? 0);
      if (start > 0 && !options.partial)
        throw new LogOperationRefused(
          `The log begins after position ${start}; a rebuilt "${reader}" would lack what was pruned.`,
        );
      if (!(await lockCursor(em, reader, true)))
        throw new LogOperationRefused(`The log reader "${reader}" has no cursor yet: it has never run.`);
      await query(em, 'delete from parked_event where reader = $1', [reader]);
      await instance.reset?.(em);
      await query(
        em,
        `update reader_cursor set position = $2, state = 'running', parks_in_row = 0, last_error = null, stopped_at = null,
           updated_at = now() where reader = $1`,
        [reader, start],
      );
      note?.(em);
    });
    this.readers.wake();
  }

  /** Removes the cursor of a reader that the program no longer has; until then pruning waits for it. */
  async forgetReader(reader: string): Promise<void> {
    if (this.registry.all().some(({ name }) => name === reader))
      throw new LogOperationRefused(`The log reader "${reader}" is in use.`);
    const gone = await this.transactions.run((em) =>
      affected(em, 'delete from reader_cursor where reader = $1', [reader]),
    );
    if (gone === 0) throw new LogOperationRefused(`The log reader "${reader}" has no cursor.`);
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
          (event) => instance.read([event], em),
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
