import type { ThreadInput, ThreadPool } from '#platform/threads/index.js';
import type { MailReading, MimeOutcome, MimeTask } from './mail-content.js';
import { ownMemory } from './own-memory.js';
import { Unreadable } from './unreadable.js';

/** A message that waits to be read. */
export interface Unread {
  /** Bytes. */
  size: number;
  /** Dates without a year are read from here. */
  receivedAt: Date;
  /** Gives the bytes, which move away; asked once a thread is free, so that what waits takes no memory. */
  raw(): Promise<Uint8Array>;
}

interface Entry {
  message: Unread;
  resolve(reading: MailReading): void;
  reject(error: unknown): void;
}

/** So many short messages go to a thread at once, since handing one over costs as much as reading it. */
const TOGETHER = 8;
const TOGETHER_BYTES = 512 * 1024;

/** Messages on their way into the threads, several short ones at a time. When a thread gives up on some, each is read alone. */
export class ReadQueue {
  private readonly waiting: Entry[] = [];
  private asked = false;

  /** @param withText whether a reading carries the text that it was made from */
  constructor(
    private readonly pool: ThreadPool<MimeTask, MimeOutcome>,
    private readonly withText: boolean,
  ) {}

  /** @throws ThreadTimeout, Unreadable; what `raw` throws; Error when the threads are stopped */
  read(message: Unread): Promise<MailReading> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ message, resolve, reject });
      this.ask();
    });
  }

  /** Asks for a thread, for as many as may go together by the time that it is free. */
  private ask(): void {
    if (this.asked || this.waiting.length === 0) return;
    this.asked = true;
    let taken: Entry[] | undefined;
    const choose = () => {
      taken = this.next();
      this.asked = false;
      this.ask();
      return taken;
    };
    this.send(choose).catch((error: unknown) => {
      // Never taken: there are no threads any more.
      const failed = taken ?? this.waiting.splice(0);
      if (!taken) this.asked = false;
      if (!taken || failed.length === 1) for (const { reject } of failed) reject(error);
      else for (const entry of failed) this.send(() => [entry]).catch(entry.reject);
    });
  }

  private next(): Entry[] {
    let bytes = 0;
    const fits = this.waiting.slice(0, TOGETHER).findIndex(({ message }, i) => {
      bytes += message.size;
      return i > 0 && bytes > TOGETHER_BYTES;
    });
    return this.waiting.splice(0, fits < 0 ? TOGETHER : fits);
  }

  private async send(choose: () => Entry[]): Promise<void> {
    let sent: Entry[] = [];
    const outcome = await this.pool.run(async () => {
      const loaded = await load(choose());
      sent = loaded.map(({ entry }) => entry);
      return this.input(loaded);
    });
    for (const [i, result] of ('results' in outcome ? outcome.results : []).entries()) {
      if ('reading' in result) sent[i]?.resolve(result.reading);
      else sent[i]?.reject(new Unreadable(result.error));
    }
  }

  private input(loaded: readonly Loaded[]): ThreadInput<MimeTask> {
    const mails = loaded.map(({ entry, raw }) => ({ raw, receivedAt: entry.message.receivedAt.toISOString() }));
    return { input: { kind: 'read', mails, withText: this.withText }, transfer: mails.map(({ raw }) => raw.buffer) };
  }
}

interface Loaded {
  entry: Entry;
  raw: Uint8Array<ArrayBuffer>;
}

/** Those whose bytes are there; the others fail. */
async function load(entries: readonly Entry[]): Promise<Loaded[]> {
  const loaded = await Promise.all(
    entries.map((entry) =>
      entry.message.raw().then(
        (raw) => ({ entry, raw: ownMemory(raw) }),
        (error: unknown) => entry.reject(error),
      ),
    ),
  );
  return loaded.filter((one) => one !== undefined);
}
