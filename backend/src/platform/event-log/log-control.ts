import { Injectable } from '@nestjs/common';
import type { EventData } from '#contract/events/index.js';
import { parkedEventFields } from '#contract/filter/index.js';
import type { Actor } from '#platform/access/index.js';
import { isoTime, Reads, retryable, transient, type EntityManager } from '#platform/database/index.js';
import { Conflict, NotFound } from '#platform/errors/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type Page, type SortedList } from '#platform/http/index.js';
import { EventLog } from './event-log.js';
import { LogOperationRefused } from './event-log.errors.js';
import { ParkedEvents } from './parked-events.js';
import { ReaderOperations } from './reader-operations.js';
import type { LogReaderView, ParkedEventView, ParkedPath, ParkedQuery, RebuildQuery, Settled } from './log.schemas.js';
import { ReaderRegistry } from './reader-registry.js';
import { SYSTEM_WORKSPACE, type LogEvent } from './types.js';

const LIST: SortedList = {
  name: 'parked-events',
  sorts: { position: { sql: 'position', type: 'bigint' }, parkedAt: { sql: 'parked_at', type: 'timestamptz' } },
  id: { sql: `(reader || '/' || position)`, type: 'text' },
};

const COLUMNS = `
  reader, position::float8 as position, state, event_id as "eventId", type,
  jsonb_build_object('type', subject_type, 'id', subject_id) as subject, workspace_id as "workspaceId", error, attempts,
  ${isoTime('parked_at')} as "parkedAt"`;

const ONE = `select ${COLUMNS} from parked_event where reader = $1 and position = $2`;
const PARKED_OF_SUBJECT = `
  select ${COLUMNS} from parked_event
   where reader = $1 and subject_type = $2 and subject_id = $3 and state = 'parked' order by position limit 1`;

type Act = 'log_reader.restarted' | 'log_reader.rebuilt' | 'parked_event.retried' | 'parked_event.discarded';

/** What an operator sees of the log's readers and does to them; each act is recorded with what it changes. */
@Injectable()
export class LogControl {
  constructor(
    private readonly operations: ReaderOperations,
    private readonly parkedEvents: ParkedEvents,
    private readonly registry: ReaderRegistry,
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
    private readonly events: EventLog,
  ) {}

  /** Every reader that has a cursor. */
  async readers(): Promise<Page<LogReaderView>> {
    const rebuildable = new Set(
      this.registry
        .all()
        .filter(({ instance }) => instance.reset)
        .map(({ name }) => name),
    );
    const lags = await this.operations.lag();
    return { items: lags.map((lag) => ({ ...lag, rebuildable: rebuildable.has(lag.reader) })), nextCursor: null };
  }

  /** Lets a stopped reader go on. @throws NotFound */
  async restart(actor: Actor, reader: string): Promise<LogReaderView> {
    await this.reader(reader);
    await refusable(
      this.operations.restart(reader, (em) => this.record(em, 'log_reader.restarted', actor, { reader })),
    );
    return this.reader(reader);
  }

  /**
   * Empties what a reader has built and lets it read the log from its oldest event.
   *
   * @throws NotFound
   * @throws Conflict when it cannot be rebuilt, or the log was pruned and `partial` is not set
   */
  async rebuild(actor: Actor, reader: string, { partial }: RebuildQuery): Promise<LogReaderView> {
    await this.reader(reader);
    await refusable(
      this.operations.rebuild(reader, { partial }, (em) =>
        this.record(em, 'log_reader.rebuilt', actor, { reader, partial }),
      ),
    );
    return this.reader(reader);
  }

  /** A page of events that are parked, held or discarded. @throws ValidationFailed on a cursor from elsewhere */
  async parked(who: Actor, asked: ParkedQuery): Promise<Page<ParkedEventView>> {
    // The filters are part of what a cursor belongs to.
    const listed = { ...asked, filter: JSON.stringify([asked.reader, asked.state, asked.filter]) };
    const filter = filterCondition(asked.filter, parkedEventFields, await this.contexts.context(who), 3);
    const seek = this.cursor.seek(LIST, listed, 3 + filter.params.length);
    const text = `
      select ${COLUMNS}, ${seek.key} from parked_event
       where ($1::text is null or reader = $1) and ($2::text is null or state = $2) and ${filter.text} and ${seek.condition}
       order by ${seek.orderBy} limit ${seek.limit}`;
    const values = [asked.reader ?? null, asked.state ?? null, ...filter.params, ...seek.values];
    const rows = await this.reads.adHoc<ParkedEventView & { _key: (string | null)[] }>(text, values);
    return this.cursor.page(LIST, listed, rows);
  }

  /**
   * Has a parked event read again and, when that works, those held behind it. An event that fails again stays parked.
   *
   * @throws NotFound
   * @throws Conflict when it is held or was discarded
   */
  async retry(actor: Actor, { reader, position }: ParkedPath): Promise<Settled> {
    const event = await this.settleable(reader, position);
    const note = (em: EntityManager, { id, type }: LogEvent, outcome: 'read' | 'failed') =>
      this.record(em, 'parked_event.retried', actor, { reader, position, type, outcome }, id);
    const read = await refusable(this.parkedEvents.retry(reader, position, note)).catch((error: unknown) => {
      // What failed for the database's sake, or was refused, says nothing of the event.
      if (error instanceof Conflict || transient(error) || retryable(error)) throw error;
      return 0;
    });
    return { read, parked: await this.parkedOf(event) };
  }

  /** Gives a parked event up and has those held behind it read. @throws NotFound. @throws Conflict when it is held or was discarded */
  async discard(actor: Actor, { reader, position }: ParkedPath): Promise<Settled> {
    const event = await this.settleable(reader, position);
    const read = await refusable(
      this.parkedEvents.discard(reader, position, (em, { id, type }) =>
        this.record(em, 'parked_event.discarded', actor, { reader, position, type }, id),
      ),
    );
    return { read, parked: await this.parkedOf(event) };
  }

  private async reader(name: string): Promise<LogReaderView> {
    const found = (await this.readers()).items.find(({ reader }) => reader === name);
    if (!found) throw new NotFound(`There is no log reader named "${name}".`);
    return found;
  }

  private async settleable(reader: string, position: number): Promise<ParkedEventView> {
    const event = await this.reads.one<ParkedEventView>('parked-event', ONE, [reader, position]);
    if (!event) throw new NotFound(`No event is parked at position ${position} for "${reader}".`);
    if (event.state === 'held')
      throw new Conflict('The event waits behind an earlier one about the same subject: settle that one first.');
    if (event.state === 'discarded') throw new Conflict('The event was given up already.');
    return event;
  }

  private async parkedOf({ reader, subject }: ParkedEventView): Promise<ParkedEventView | null> {
    const values = [reader, subject.type, subject.id];
    return (await this.reads.one<ParkedEventView>('parked-of-subject', PARKED_OF_SUBJECT, values)) ?? null;
  }

  private record<T extends Act>(
    em: EntityManager,
    type: T,
    actor: Actor,
    data: EventData<T>,
    subjectId: string = SYSTEM_WORKSPACE,
  ): void {
    this.events.record(em, type, { workspaceId: SYSTEM_WORKSPACE, subjectId, actor, data });
  }
}

/** Turns the log's refusal into the caller's, with its sentence. */
async function refusable<T>(act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    if (error instanceof LogOperationRefused) throw new Conflict(error.message, { cause: error });
    throw error;
  }
}
