import { JobHandler, RetryLater, type JobOutcome, type JobRunner, type RunningJob } from '#platform/jobs/index.js';
import { Batches } from '#platform/batches/index.js';
import { Reads, transient, type EntityManager } from '#platform/database/index.js';
import { FileMissing, Storage } from '#platform/storage/index.js';
import { ThreadTimeout } from '#platform/threads/index.js';
import { MessageReadings } from './message-readings.js';
import { MimeThreads } from './mime/mime-threads.js';
import { Unreadable } from './mime/unreadable.js';
import { ModelFallback } from './model-fallback.js';
import { RecentBytes } from './recent-bytes.js';

/** Which message to read. */
export type ParseMessagePayload = { messageId: string };

/** A busy machine may stop a harmless mail; a hostile one is slow every time. */
const TRIES_WHEN_SLOW = 2;

/** Messages of one statement; more than run at once never wait. */
const LOOKED_UP_TOGETHER = 64;
const TO_PARSE = `select id, storage_key, size, received_at, sent_at from message where id = any($1::uuid[])`;

interface Row {
  id: string;
  storage_key: string;
  size: number;
  received_at: Date;
  sent_at: Date | null;
}

/** Reads one message in a thread and writes down what it offers. Two batches: one is written down while the other is read. */
@JobHandler<ParseMessagePayload>('deals', 'parse-message', { concurrency: 2, batch: 24 })
export class ParseMessageJob implements JobRunner<ParseMessagePayload> {
  private readonly rows: Batches<string, Row | undefined>;

  constructor(
    reads: Reads,
    private readonly storage: Storage,
    private readonly recent: RecentBytes,
    private readonly threads: MimeThreads,
    private readonly model: ModelFallback,
    private readonly readings: MessageReadings,
  ) {
    this.rows = new Batches((ids) => rowsOf(reads, ids), { most: LOOKED_UP_TOGETHER, strikesAll: transient });
  }

  async run({ payload: { messageId }, attempt }: RunningJob<ParseMessagePayload>): Promise<void | JobOutcome> {
    const row = await this.rows.add(messageId);
    if (!row) return;
    try {
      const receivedAt = reference(row);
      const raw = async () => this.recent.take(row.storage_key) ?? this.storage.get(row.storage_key);
      const reading = await this.threads.read({ size: row.size, receivedAt, raw });
      const { deals, milliseconds } = await this.model.improve(reading, receivedAt);
      const { subject } = reading;
      return {
        apply: (em) => this.readings.read(em, messageId, { subject, deals }),
        result: { deals: deals.length, milliseconds },
      };
    } catch (error) {
      const reason = reasonOf(error);
      if (!reason) throw error;
      if (error instanceof ThreadTimeout && attempt < TRIES_WHEN_SLOW)
        throw new RetryLater(reason, 1, false, { cause: error });
      return { apply: (em) => this.readings.failed(em, messageId, reason) };
    }
  }

  /** A fault of ours, over and over: people see the message as failed and may have it read again. */
  async parked(
    { payload: { messageId } }: { payload: ParseMessagePayload },
    _error: Error,
    em: EntityManager,
  ): Promise<void> {
    await this.readings.failed(em, messageId, 'The message could not be read because of a fault in this instance.');
  }
}

async function rowsOf(reads: Reads, ids: readonly string[]): Promise<(Row | undefined)[]> {
  const rows = await reads.all<Row>('messages.to-parse', TO_PARSE, [ids]);
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => found.get(id));
}

/** Why a message itself, not the instance, is at fault; for people. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof ThreadTimeout) return `Reading the message was given up. ${error.message}`;
  if (error instanceof Unreadable) return error.message.slice(0, 500);
  if (error instanceof FileMissing) return "The message's stored bytes are missing.";
  return undefined;
}

/** Dates without a year count from when it was written, as far as that is known. */
function reference(row: Row): Date {
  return row.sent_at && row.sent_at < row.received_at ? row.sent_at : row.received_at;
}
