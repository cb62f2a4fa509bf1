import { JobHandler, RetryLater, type JobOutcome, type JobRunner, type RunningJob } from '#platform/jobs/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Reads } from '#platform/database/index.js';
import { FileMissing, Storage } from '#platform/storage/index.js';
import { ThreadTimeout } from '#platform/threads/index.js';
import { MessageReadings } from './message-readings.js';
import { MimeThreads, Unreadable } from './mime/mime-threads.js';
import { ModelFallback } from './model-fallback.js';

/** Which message to read. */
export type ParseMessagePayload = { messageId: string };

/** A busy machine may stop a harmless mail; a hostile one is slow every time. */
const TRIES_WHEN_SLOW = 2;

interface Row {
  storage_key: string;
  received_at: Date;
  sent_at: Date | null;
}

/** Reads one message in a thread and writes down what it offers. */
@JobHandler<ParseMessagePayload>('deals', 'parse-message', { concurrency: 4 })
export class ParseMessageJob implements JobRunner<ParseMessagePayload> {
  constructor(
    private readonly reads: Reads,
    private readonly storage: Storage,
    private readonly threads: MimeThreads,
    private readonly model: ModelFallback,
    private readonly readings: MessageReadings,
  ) {}

  async run({ payload: { messageId }, attempt }: RunningJob<ParseMessagePayload>): Promise<void | JobOutcome> {
    const text = 'select storage_key, received_at, sent_at from message where id = $1';
    const row = await this.reads.one<Row>('messages.to-parse', text, [messageId]);
    if (!row) return;
    try {
      const raw = await this.storage.get(row.storage_key);
      const reading = await this.threads.read(raw, reference(row));
      const checked = await this.model.improve(reading, reference(row));
      return { apply: (em) => this.readings.read(em, messageId, checked), result: { deals: checked.deals.length } };
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
