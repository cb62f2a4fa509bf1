import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { BackupRefused } from './backup.errors.js';

/** What the uncompressed file begins with. */
export const MAGIC = 'SIGNALBOX BACKUP 1\n';

/** Header; start of a table, of a file; data of either; its end; trailer. */
export type FrameKind = 'H' | 'T' | 'F' | 'D' | 'E' | 'Z';

export interface Frame {
  kind: FrameKind;
  payload: Buffer;
  /** SHA-256 in hex of everything before this frame. */
  before: string;
}

const HEAD = 5;
// A row of PostgreSQL takes less than this.
const MOST = 1024 ** 3;
const KINDS = new Set<string>(['H', 'T', 'F', 'D', 'E', 'Z']);

const damaged = (why: string) => new BackupRefused(`The backup file is damaged (${why}): use another copy of it.`);

/** Writes frames: one letter, the length as four bytes (big-endian), the payload. */
export class FrameWriter {
  private readonly sum = createHash('sha256');

  private constructor(private readonly out: Writable) {}

  static async open(out: Writable): Promise<FrameWriter> {
    const writer = new FrameWriter(out);
    await writer.push(Buffer.from(MAGIC));
    return writer;
  }

  async write(kind: FrameKind, payload: Buffer): Promise<void> {
    const head = Buffer.alloc(HEAD);
    head.write(kind, 0, 'latin1');
    head.writeUInt32BE(payload.length, 1);
    await this.push(head);
    await this.push(payload);
  }

  async json(kind: FrameKind, value: object): Promise<void> {
    await this.write(kind, Buffer.from(JSON.stringify(value)));
  }

  /** SHA-256 in hex of everything written so far. */
  digest(): string {
    return this.sum.copy().digest('hex');
  }

  private async push(bytes: Buffer): Promise<void> {
    this.sum.update(bytes);
    // A destroyed stream takes bytes in silence and never asks for more.
    if (this.out.destroyed) throw new Error('the file cannot be written any more');
    if (!this.out.write(bytes)) await once(this.out, 'drain');
  }
}

/**
 * Reads frames from uncompressed bytes.
 *
 * @throws BackupRefused when the bytes are not a backup, or end in the middle of a frame
 */
export async function* readFrames(bytes: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  const sum = createHash('sha256');
  const source = new Pull(bytes);
  const magic = await source.take(MAGIC.length);
  if (magic?.toString('latin1') !== MAGIC)
    throw new BackupRefused('This is not a Signalbox backup, or one of another format.');
  sum.update(magic);
  for (;;) {
    const head = await source.take(HEAD);
    if (!head) return;
    const [kind, length] = [head.toString('latin1', 0, 1), head.readUInt32BE(1)];
    if (!KINDS.has(kind) || length > MOST) throw damaged('a part of it is no frame');
    const payload = await source.take(length);
    if (!payload) throw damaged('it is cut off');
    yield { kind: kind as FrameKind, payload, before: sum.copy().digest('hex') };
    sum.update(head).update(payload);
  }
}

/** Bytes on demand from an iterable of chunks. */
class Pull {
  private readonly source: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Buffer>) {
    this.source = bytes[Symbol.asyncIterator]();
  }

  /** Exactly `length` bytes, or undefined at the end. @throws BackupRefused when the end comes in between */
  async take(length: number): Promise<Buffer | undefined> {
    const parts = [this.rest];
    let have = this.rest.length;
    while (have < length) {
      const next = await this.next();
      if (!next) {
        if (have === 0) return undefined;
        throw damaged('it is cut off');
      }
      parts.push(next);
      have += next.length;
    }
    const all = parts.length === 1 ? this.rest : Buffer.concat(parts);
    this.rest = all.subarray(length);
    return all.subarray(0, length);
  }

  private async next(): Promise<Buffer | undefined> {
    try {
      const { value, done } = await this.source.next();
      return done ? undefined : (value as Buffer);
    } catch (error) {
      throw damaged((error as Error).message);
    }
  }
}
