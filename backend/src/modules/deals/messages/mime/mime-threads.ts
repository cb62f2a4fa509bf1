import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { TaskFailed, ThreadPool } from '#platform/threads/index.js';
import { DealsConfig } from '../../deals.config.js';
import type { MailContent, MailReading, MimeOutcome, MimeTask } from './mail-content.js';

/** The mail cannot be read, today or tomorrow; the message is a sentence for people. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Reads mail in threads that a hostile one can neither stall nor exhaust. */
@Injectable()
export class MimeThreads implements OnApplicationShutdown {
  private readonly pool: ThreadPool<MimeTask, MimeOutcome>;

  constructor(@Inject(DealsConfig) config: DealsConfig) {
    this.pool = new ThreadPool(new URL('./mime.thread.js', import.meta.url), {
      size: config.parseThreads,
      timeoutMs: config.parseTimeoutMs,
      worker: { resourceLimits: { maxOldGenerationSizeMb: 512 } },
    });
  }

  /**
   * Reads the deals out of a raw message.
   *
   * @throws ThreadTimeout when it takes too long; Unreadable when its structure is broken
   */
  async read(raw: Buffer, receivedAt: Date): Promise<MailReading> {
    const outcome = await this.ask('read', raw, receivedAt);
    return (outcome as { reading: MailReading }).reading;
  }

  /** Reads a raw message for a person. @throws Unreadable */
  async show(raw: Buffer, receivedAt: Date): Promise<MailContent> {
    const outcome = await this.ask('show', raw, receivedAt);
    return (outcome as { content: MailContent }).content;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.close();
  }

  private async ask(kind: MimeTask['kind'], raw: Buffer, receivedAt: Date): Promise<MimeOutcome> {
    // A copy of its own memory, so that it can move to the thread whatever pool the buffer came from.
    const bytes = new Uint8Array(raw);
    try {
      return await this.pool.run({ kind, raw: bytes, receivedAt: receivedAt.toISOString() }, [bytes.buffer]);
    } catch (error) {
      if (error instanceof TaskFailed)
        throw new Unreadable(`The message cannot be read: ${error.message}`, { cause: error });
      throw error;
    }
  }
}
