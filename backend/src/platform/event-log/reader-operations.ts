import { Injectable } from '@nestjs/common';
import { affected, query, Transactions, type EntityManager } from '#platform/database/index.js';
import { lockCursor } from './cursors.js';
import { LogOperationRefused } from './event-log.errors.js';
import { ReaderRegistry } from './reader-registry.js';
import { Readers } from './readers.js';

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

/** What an operator sees of the log's readers and does to them. */
@Injectable()
export class ReaderOperations {
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

  /** Lets a stopped reader go on behind the events that it parked. */
  async restart(reader: string, note?: ActNote): Promise<void> {
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
        `update reader_cursor set position = $2, part = null, state = 'running', parks_in_row = 0, last_error = null, stopped_at = null,
           updated_at = now() where reader = $1`,
        [reader, start],
      );
      note?.(em);
    });
    this.readers.wake();
  }

  /** Removes the cursor of a reader that the program no longer has; until then pruning waits for it. */
  async forget(reader: string): Promise<void> {
    if (this.registry.all().some(({ name }) => name === reader))
      throw new LogOperationRefused(`The log reader "${reader}" is in use.`);
    const gone = await this.transactions.run((em) =>
      affected(em, 'delete from reader_cursor where reader = $1', [reader]),
    );
    if (gone === 0) throw new LogOperationRefused(`The log reader "${reader}" has no cursor.`);
  }
}
