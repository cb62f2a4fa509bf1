import { randomUUID } from 'node:crypto';
import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';

/** How a stream is taken in. Bytes. */
export interface SpoolLimits {
  /** So much stays in memory; what is longer goes to a file. */
  memory: number;
  /** More than that is read to its end and dropped. */
  limit?: number;
}

/** The bytes cannot be put aside, such as on a full disk. */
export class SpoolFailed extends Error {
  override readonly name = 'SpoolFailed';
}

/** So many messages out of files are in memory at once, however many have come in. */
const WHOLE_AT_ONCE = 2;
const FIRST_BLOCK = 16 * 1024;
const PIECE = 64 * 1024;

/**
 * Where bytes from outside wait until all of them are there: in memory while they are few, else in a file of the data folder
 * that has no name any more, so that nothing is left of it when the process dies. Memory thus depends neither on how many
 * senders there are nor on how slowly they send.
 */
@Injectable()
export class Spool {
  private readonly folder: string;
  private readonly turns = new Turns(WHOLE_AT_ONCE);

  constructor(instance: InstanceConfig) {
    this.folder = join(instance.dataDir, 'spool');
  }

  /**
   * Takes a stream in, to its end whatever happens: senders hear an answer only then.
   *
   * @throws SpoolFailed; what the stream throws
   */
  async take(
    stream: AsyncIterable<Buffer>,
    { memory, limit = Number.POSITIVE_INFINITY }: SpoolLimits,
  ): Promise<Spooled> {
    const aside = new Aside(() => this.file(), memory);
    let size = 0;
    let fault: unknown;
    try {
      for await (const chunk of stream) {
        size += chunk.length;
        if (size > limit) await aside.discard();
        else if (!fault) await aside.add(chunk).catch((error: unknown) => (fault = error));
      }
      if (!fault && size <= limit) await aside.end().catch((error: unknown) => (fault = error));
      if (fault) throw new SpoolFailed('What came in could not be put aside.', { cause: fault });
    } catch (error) {
      await aside.discard();
      throw error;
    }
    return new Spooled(aside, size, size > limit, this.turns);
  }

  private async file(): Promise<FileHandle> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = join(this.folder, randomUUID());
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    return file;
  }
}

/** Bytes that came in whole. Discard them when done. */
export class Spooled {
  constructor(
    private readonly aside: Aside,
    /** Bytes; also those that were dropped. */
    readonly size: number,
    /** True when there was more than the limit: nothing of it is here. */
    readonly tooLarge: boolean,
    private readonly turns: Turns,
  ) {}

  /** Works with all bytes in memory; who has them in a file waits for a turn. */
  async whole<T>(work: (bytes: Buffer) => Promise<T>): Promise<T> {
    const { bytes } = this.aside;
    if (bytes) return work(bytes);
    return this.turns.take(async () => work(await this.aside.read(0, this.size)));
  }

  /** The bytes, a piece at a time. */
  async *pieces(): AsyncGenerator<Buffer> {
    const { bytes } = this.aside;
    if (bytes) yield bytes;
    else for (let at = 0; at < this.size; at += PIECE) yield await this.aside.read(at, Math.min(PIECE, this.size - at));
  }

  async discard(): Promise<void> {
    await this.aside.discard();
  }
}

/** A block of memory, then a file. Chunks are copied: a list of very small ones would take many times their bytes. */
class Aside {
  private block = Buffer.alloc(0);
  private filled = 0;
  private file: FileHandle | undefined;

  constructor(
    private readonly open: () => Promise<FileHandle>,
    private readonly memory: number,
  ) {}

  /** All bytes, when they are in memory. */
  get bytes(): Buffer | undefined {
    return this.file ? undefined : this.block.subarray(0, this.filled);
  }

  async add(chunk: Buffer): Promise<void> {
    for (let rest = chunk; rest.length > 0;) {
      if (this.filled === this.block.length) await this.makeRoom();
      const copied = rest.copy(this.block, this.filled);
      this.filled += copied;
      rest = rest.subarray(copied);
    }
  }

  async end(): Promise<void> {
    if (!this.file) return;
    await this.file.appendFile(this.block.subarray(0, this.filled));
    this.block = Buffer.alloc(0);
  }

  async read(from: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let got = 0; got < length;) {
      const { bytesRead } = await this.file!.read(bytes, got, length - got, from + got);
      if (bytesRead === 0) throw new SpoolFailed('What was put aside is not there any more.');
      got += bytesRead;
    }
    return bytes;
  }

  async discard(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    this.block = Buffer.alloc(0);
    this.filled = 0;
    await file?.close();
  }

  private async makeRoom(): Promise<void> {
    if (this.block.length < this.memory) {
      const larger = Math.min(this.memory, Math.max(FIRST_BLOCK, this.block.length * 2));
      const block = Buffer.allocUnsafeSlow(larger);
      this.block.copy(block, 0, 0, this.filled);
      this.block = block;
      return;
    }
    this.file ??= await this.open();
    await this.file.appendFile(this.block.subarray(0, this.filled));
    this.filled = 0;
  }
}

/** Lets so many work at once, the others in the order they came. */
class Turns {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((turn) => this.waiting.push(turn));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
