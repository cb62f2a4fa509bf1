import { Logger } from '@nestjs/common';
import { retryable, transient, type EntityManager, type Transactions } from '#platform/database/index.js';
import { traced } from '#platform/telemetry/index.js';
import { lockCursor, moveCursor, readAhead, type Ahead } from './cursors.js';
import { holdJobsOf } from './holding.js';
import { describe, hold, park, sort } from './parking.js';
import type { ReadTo } from './log-reader.js';
import type { RegisteredReader } from './reader-registry.js';
import type { LogEvent } from './types.js';

const BATCH = 500;

/** What one step did: `idle` at the head, `held` by another process, `failed` by no fault of an event. */
export type Step = 'more' | 'idle' | 'held' | 'stopped' | 'failed';

/** Moves one reader through the log, a batch a transaction. */
export class ReaderRun {
  private readonly log: Logger;
  private readonly batch: number;
  /** So many events ahead hold one that cannot be read; 0 when none is known. They are halved until one is left. */
  private suspects = 0;

  constructor(
    private readonly reader: RegisteredReader,
    private readonly transactions: Transactions,
  ) {
    this.log = new Logger(`log-reader ${reader.name}`);
    this.batch = reader.batch ?? BATCH;
  }

  /** Lets the reader make itself ready. Never throws: what failed is done at the first event. */
  async prepare(): Promise<void> {
    const { instance } = this.reader;
    if (!instance.prepare) return;
    try {
      await this.transactions.run(async (em) => instance.prepare?.(em));
    } catch (error) {
      this.log.warn(`Not ready yet, and will be at the first event: ${describe(error)}`);
    }
  }

  /** Reads one batch; effects and cursor commit together. Never throws. */
  async step(): Promise<Step> {
    // What the reader was given in the attempt that failed; undefined while the log itself was at work.
    let given: LogEvent[] | undefined;
    const limit = this.suspects > 0 ? Math.max(1, Math.floor(this.suspects / 2)) : this.batch;
    try {
      const { step, read } = await this.transactions.run(async (em) => {
        given = undefined;
        return this.once(em, limit, (events) => (given = events));
      });
      this.suspects = Math.max(0, this.suspects - read);
      return step;
    } catch (error) {
      if (given === undefined || transient(error) || retryable(error)) {
        this.log.warn(`Interrupted, will be tried again: ${describe(error)}`);
        return 'failed';
      }
      return this.blame(given, error);
    }
  }

  private async once(
    em: EntityManager,
    limit: number,
    giving: (events: LogEvent[]) => void,
  ): Promise<{ step: Step; read: number }> {
    const { name, types, instance } = this.reader;
    const cursor = await lockCursor(em, name, false);
    if (!cursor) return { step: 'held', read: 0 };
    if (cursor.state === 'stopped') return { step: 'stopped', read: 0 };
    const ahead = await readAhead(em, name, cursor.position, types, limit);
    const next = landing(ahead, limit);
    if (next <= cursor.position) return { step: 'idle', read: 0 };
    const { fresh, held } = await sort(em, name, ahead.rows, ahead.blocked);
    let stopped: ReadTo | undefined;
    if (fresh.length > 0) {
      if (ahead.restored) await holdJobsOf(em, fresh[0]!.position);
      giving(fresh);
      // Written with the position just before its event; anything else was left by who knows nothing of parts.
      const known = cursor.part?.position === fresh[0]!.position && cursor.position === cursor.part.position - 1;
      const part = known ? cursor.part?.next : undefined;
      const reading = () => instance.read(fresh, em, part);
      stopped = (await traced(`read ${name}`, { 'signalbox.events': fresh.length }, reading)) ?? undefined;
    }
    const end = stopped ? stopped.event.position - 1 : next;
    await hold(
      em,
      name,
      held.filter(({ position }) => position <= end),
    );
    const part = stopped?.next === undefined ? null : { position: stopped.event.position, next: stopped.next };
    await moveCursor(em, name, end, part, fresh.length > 0);
    const more = stopped !== undefined || ahead.rows.length === limit || ahead.more;
    return { step: more ? 'more' : 'idle', read: ahead.rows.filter((row) => Number(row.position) <= end).length };
  }

  private async blame(given: readonly LogEvent[], error: unknown): Promise<Step> {
    const [event] = given;
    if (given.length > 1 || !event) {
      this.suspects = given.length;
      this.log.warn(`A batch of ${given.length} events failed and is split: ${describe(error)}`);
      return 'more';
    }
    this.suspects = 0;
    try {
      const stops = await this.transactions.run((em) => this.parkEvent(em, event, describe(error)));
      this.log.error(`Event ${event.position} (${event.type}) is parked: ${describe(error)}`);
      if (stops)
        this.log.error('ALARM: three events in a row could not be read; the reader is stopped until it is restarted');
      return stops ? 'stopped' : 'more';
    } catch (failure) {
      this.log.warn(`Event ${event.position} could not be parked yet: ${describe(failure)}`);
      return 'failed';
    }
  }

  private async parkEvent(em: EntityManager, event: LogEvent, error: string): Promise<boolean> {
    const { name, types } = this.reader;
    const cursor = await lockCursor(em, name, true);
    // Another process was faster, or an operator moved the reader.
    if (!cursor || cursor.state === 'stopped' || cursor.position >= event.position) return false;
    const ahead = await readAhead(em, name, cursor.position, types, this.batch);
    const { fresh, held } = await sort(
      em,
      name,
      ahead.rows.filter((row) => Number(row.position) <= event.position),
      ahead.blocked,
    );
    // What stands before the event waits for its subject; anything else has to be read first.
    if (fresh.length !== 1 || fresh[0]?.position !== event.position) return false;
    await hold(em, name, held);
    return park(em, name, cursor, event, error);
  }
}

/** Where the cursor stands after the rows: at the last of a full batch, else where the look ended. */
function landing({ end, rows }: Ahead, limit: number): number {
  return rows.length === limit ? Number(rows.at(-1)?.position) : end;
}
