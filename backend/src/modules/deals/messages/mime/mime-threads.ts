import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { TaskFailed, ThreadPool } from '#platform/threads/index.js';
import { DealsConfig } from '../../deals.config.js';
import type { MailContent, MailReading, MimeOutcome, MimeTask } from './mail-content.js';
import { ownMemory } from './own-memory.js';
import { ReadQueue, type Unread } from './read-queue.js';
import { Unreadable } from './unreadable.js';

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
  private readonly unread: ReadQueue;

  constructor(@Inject(DealsConfig) config: DealsConfig) {
    // Unbounded: what waits here are jobs, of which only so many run at once; the others wait as rows.
    this.incoming = pool(config, config.parseThreads, Number.POSITIVE_INFINITY);
    this.shown = pool(config, 1, MAX_READERS_WAITING);
    this.unread = new ReadQueue(this.incoming, config.ollamaUrl !== undefined);
  }

  /**
   * Reads the deals out of a raw message.
   *
   * @throws ThreadTimeout when it takes too long; Unreadable when its structure is broken; what `message.raw` throws
   */
  read(message: Unread): Promise<MailReading> {
    return this.unread.read(message);
  }

  /**
   * Reads a raw message for a person.
   *
   * @param raw gives the bytes, which move away; asked once a thread is free, so that who waits takes no memory
   * @param signal gives the reading up
   * @throws ThreadsBusy when too many wait; ThreadTimeout, Unreadable as `read` does; what `raw` throws; the signal's reason
   */
  async show(raw: () => Promise<Buffer>, receivedAt: Date, signal?: AbortSignal): Promise<MailContent> {
    const prepare = async () => {
      const bytes = ownMemory(await raw());
      const input: MimeTask = { kind: 'show', raw: bytes, receivedAt: receivedAt.toISOString() };
      return { input, transfer: [bytes.buffer] };
    };
    const outcome = await this.shown.run(prepare, signal).catch((error: unknown) => {
      throw error instanceof TaskFailed ? new Unreadable(error.message, { cause: error }) : error;
    });
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
