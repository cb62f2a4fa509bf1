import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { TaskFailed, ThreadPool, type ThreadInput } from '#platform/threads/index.js';
import { DealsConfig } from '../../deals.config.js';
import type { MailContent, MailReading, MimeOutcome, MimeTask } from './mail-content.js';

/** The mail cannot be read, today or tomorrow; the message is a sentence for people. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** So many people may wait for a mail to be shown: a second or two of usual mail. What hostile mail holds up ends with its request. */
const MAX_READERS_WAITING = 32;

/**
 * Reads mail in threads that a hostile one can neither stall nor exhaust. What is shown to people has a thread of its own:
 * neither do they wait for the mail that comes in, nor does that wait for them.
 */
@Injectable()
export class MimeThreads implements OnApplicationShutdown {
  private readonly incoming: Pool;
  private readonly shown: Pool;

  constructor(@Inject(DealsConfig) config: DealsConfig) {
    // Unbounded: what waits here are jobs, of which only so many run at once; the others wait as rows.
    this.incoming = pool(config, config.parseThreads, Number.POSITIVE_INFINITY);
    this.shown = pool(config, 1, MAX_READERS_WAITING);
  }

  /**
   * Reads the deals out of a raw message.
   *
   * @throws ThreadTimeout when it takes too long; Unreadable when its structure is broken
   */
  async read(raw: Buffer, receivedAt: Date): Promise<MailReading> {
    // A copy of its own memory, since the bytes are the caller's.
    const outcome = await readable(this.incoming.run(() => task('read', new Uint8Array(raw), receivedAt)));
    return (outcome as { reading: MailReading }).reading;
  }

  /**
   * Reads a raw message for a person.
   *
   * @param raw gives the bytes, which move away; asked once a thread is free, so that who waits takes no memory
   * @param signal gives the reading up
   * @throws ThreadsBusy when too many wait; ThreadTimeout, Unreadable as `read` does; what `raw` throws; the signal's reason
   */
  async show(raw: () => Promise<Buffer>, receivedAt: Date, signal?: AbortSignal): Promise<MailContent> {
    const prepare = async () => task('show', alone(await raw()), receivedAt);
    const outcome = await readable(this.shown.run(prepare, signal));
    return (outcome as { content: MailContent }).content;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.incoming.close(), this.shown.close()]);
  }
}

type Pool = ThreadPool<MimeTask, MimeOutcome>;

function pool(config: DealsConfig, size: number, maxWaiting: number): Pool {
  return new ThreadPool(new URL('./mime.thread.js', import.meta.url), {
    size,
    maxWaiting,
    timeoutMs: config.parseTimeoutMs,
    worker: { resourceLimits: { maxOldGenerationSizeMb: 512 } },
  });
}

function task(kind: MimeTask['kind'], raw: Uint8Array<ArrayBuffer>, receivedAt: Date): ThreadInput<MimeTask> {
  return { input: { kind, raw, receivedAt: receivedAt.toISOString() }, transfer: [raw.buffer] };
}

/** Bytes that share their memory with no others, so that they can move: small buffers of Node lie in a common pool. */
function alone({ buffer, byteOffset, byteLength }: Buffer): Uint8Array<ArrayBuffer> {
  const shared = byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer);
  const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return shared ? new Uint8Array(bytes) : bytes;
}

async function readable(outcome: Promise<MimeOutcome>): Promise<MimeOutcome> {
  try {
    return await outcome;
  } catch (error) {
    if (error instanceof TaskFailed)
      throw new Unreadable(`The message cannot be read: ${error.message}`, { cause: error });
    throw error;
  }
}
