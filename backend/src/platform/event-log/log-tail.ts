import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Client } from 'pg';
import type { EventType } from '#contract/events/index.js';
import { connectionOptions, DatabaseConfig, Reads } from '#platform/database/index.js';
import { DirectConnection } from './direct-connection.js';
import { EventLogConfig } from './event-log.config.js';
import { CHANNEL } from './sealing.js';
import { EVENT_COLUMNS, toLogEvent, type EventRow, type LogEvent } from './types.js';
import { Backoff, Bell } from './waiting.js';

/** Which events `since` gives. */
export interface TailFilter {
  workspaceId?: string;
  types?: readonly EventType[];
}

/** A stretch of the log. */
export interface Stretch {
  events: LogEvent[];
  /** Everything that matches is in `events` up to here: ask on from this position. */
  position: number;
  /** The last position sealed when this was read. */
  head: number;
}

/** Where the log stands. Positions of another epoch mean other events. */
export interface LogHead {
  position: number;
  epoch: string;
}

/** What this process has just sealed itself: nobody needs to read it. */
export interface Sealed {
  /** Positions behind this one, */
  readonly after: number;
  /** up to this one. */
  readonly head: number;
  /** All events of them. */
  events(): LogEvent[];
}

/** Hears that the log has grown; of what this process sealed, the events as well. */
export type TailHandler = (head: number, sealed?: Sealed) => void;

const CHECK_MS = 2000;

/**
 * The growing end of the log, for every process that has something to do with new events. It listens on a connection of
 * its own and also looks by itself, so that a lost notification costs at most the poll's interval.
 */
@Injectable()
export class LogTail implements OnModuleDestroy {
  private readonly log = new Logger('event-log');
  private readonly handlers = new Set<TailHandler>();
  private readonly bell = new Bell();
  private readonly outage = new Backoff(50, 5000);
  private readonly connection: DirectConnection;
  private seen = -1;
  /** The head of which the sealer of this process tells. */
  private awaited = -1;
  private checked = false;
  private stopped = false;
  private running?: Promise<void>;

  constructor(
    @Inject(DatabaseConfig) database: DatabaseConfig,
    @Inject(EventLogConfig) private readonly config: EventLogConfig,
    private readonly reads: Reads,
  ) {
    const options = connectionOptions({ ...database, url: config.directUrl ?? database.url });
    this.connection = new DirectConnection(
      { ...options, application_name: 'signalbox tail', query_timeout: 10_000 },
      (client) => this.listen(client),
      () => this.bell.wake(),
    );
  }

  /** Where the log stands now. */
  async head(): Promise<LogHead> {
    const row = await this.reads.one<{ position: string; epoch: string }>(
      'log head',
      'select position, epoch from log_state',
      [],
    );
    if (!row) throw new Error('The table log_state is empty: the database is not migrated, or was changed by hand.');
    return { position: Number(row.position), epoch: row.epoch };
  }

  /** The events after a position, oldest first, at most `limit`; erased ones are left out. */
  async since(position: number, limit: number, filter: TailFilter = {}): Promise<Stretch> {
    const where = filter.workspaceId ? 'and x.workspace_id = $4' : '';
    const rows = await this.reads.all<EventRow & { head: string }>(
      filter.workspaceId ? 'log since of workspace' : 'log since',
      `select s.position as head, e.*
       from log_state s
       left join lateral (
         select ${EVENT_COLUMNS.replaceAll('e.', 'x.')} from event x
         where x.position > $1 and ($2::text[] is null or x.type = any($2)) ${where}
         order by x.position limit $3
       ) e on true
       order by e.position`,
      [position, filter.types ?? null, limit, ...(filter.workspaceId ? [filter.workspaceId] : [])],
    );
    return stretch(rows, position, limit);
  }

  /** The events at these positions, oldest first; erased and pruned ones are left out. */
  async at(positions: readonly number[]): Promise<LogEvent[]> {
    const rows = await this.reads.all<EventRow>(
      'log at',
      `select ${EVENT_COLUMNS} from event e where e.position = any($1::bigint[]) order by e.position`,
      [positions],
    );
    return rows.filter((row) => row.data !== null).map(toLogEvent);
  }

  /** Calls `handler` with the head whenever it has grown, soon after. @returns what stops it */
  subscribe(handler: TailHandler): () => void {
    this.handlers.add(handler);
    if (!this.stopped) this.running ??= this.loop();
    return () => this.handlers.delete(handler);
  }

  /** The sealer of this process is about to commit: its word comes with the events, the notification of it without. */
  sealing(head: number): void {
    this.awaited = head;
  }

  /** It has committed. */
  sealed(sealed: Sealed): void {
    this.advance(sealed.head, sealed);
  }

  /** Whether it has committed is not known: looks for itself. */
  interrupted(): void {
    this.awaited = -1;
    this.bell.wake();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.bell.wake();
    await this.running;
    await this.connection.drop();
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      try {
        const client = await this.connection.client();
        const { rows } = await client.query<{ position: string }>('select position from log_state');
        this.advance(Number(rows[0]?.position ?? 0));
        this.outage.reset();
        await this.bell.wait(this.config.pollMs);
      } catch (error) {
        if (this.outage.fresh) this.log.warn(`The log's tail is interrupted: ${(error as Error).message}`);
        await this.connection.drop();
        await this.bell.wait(this.outage.next());
      }
    }
  }

  private advance(head: number, sealed?: Sealed): void {
    if (head === this.seen) return;
    this.seen = head;
    for (const handler of this.handlers) {
      try {
        handler(head, sealed);
      } catch (error) {
        this.log.error(error, 'A handler of the log tail failed');
      }
    }
  }

  private async listen(client: Client): Promise<void> {
    client.on('notification', ({ channel, payload }) => {
      if (channel === CHANNEL && Number(payload) !== this.awaited) this.advance(Number(payload));
    });
    await client.query(`listen ${CHANNEL}`);
    if (!this.checked) await this.check(client);
    this.checked = true;
  }

  /** Sends itself a notification: behind a pooler that shares connections none arrives, and nothing else would tell. */
  private async check(client: Client): Promise<void> {
    const channel = `${CHANNEL}_check`;
    let timer: NodeJS.Timeout | undefined;
    const arrived = new Promise<boolean>((resolve) => {
      client.on('notification', (message) => message.channel === channel && resolve(true));
      timer = setTimeout(resolve, CHECK_MS, false);
    });
    await client.query(`listen ${channel}`);
    await client.query(`notify ${channel}`);
    if (!(await arrived))
      this.log.warn(
        'Notifications of PostgreSQL do not arrive, as behind a connection pooler: new events show with a delay. ' +
          'Set SIGNALBOX_DATABASE_DIRECT_URL to the server itself.',
      );
    clearTimeout(timer);
    await client.query(`unlisten ${channel}`);
  }
}

function stretch(rows: (EventRow & { head: string })[], from: number, limit: number): Stretch {
  const head = Number(rows[0]?.head ?? from);
  const found = rows.filter((row) => row.id !== null);
  const last = found.length === limit ? Number(found.at(-1)?.position) : Math.max(head, from);
  return { events: found.filter((row) => row.data !== null).map(toLogEvent), position: last, head };
}
