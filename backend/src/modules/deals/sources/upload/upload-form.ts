import type { MultipartFile } from '@fastify/multipart';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { fileBytes, formParts, HttpConfig, PayloadTooLarge } from '#platform/http/index.js';
import { Spool, type Spooled } from '../spool.js';

const MEGABYTE = 1024 * 1024;
/** What a file may hold of memory while the others arrive. Bytes. */
const MEMORY = 256 * 1024;
/** All files of a form together, unless the instance accepts a larger single one. Bytes. */
const MOST_IN_ALL = 512 * MEGABYTE;

/** A file of a form, all of it. */
export interface UploadedFile {
  name: string;
  content: Spooled;
}

/** Receives forms with files. */
@Injectable()
export class UploadForm {
  constructor(
    private readonly spool: Spool,
    @Inject(HttpConfig) private readonly http: HttpConfig,
  ) {}

  /**
   * Receives all files of a form, then works with them. A form that breaks off or is too large is thus refused before anything
   * came of it; at once, when its Content-Length says so.
   *
   * @throws PayloadTooLarge when a file, or all together, is larger than the instance accepts; SpoolFailed; what `formParts` and
   *   `fileBytes` throw
   */
  async received<T>(request: FastifyRequest, work: (files: readonly UploadedFile[]) => Promise<T>): Promise<T> {
    if (Number(request.headers['content-length']) > this.mostInAll + MEGABYTE) throw this.formTooLarge();
    const files: UploadedFile[] = [];
    try {
      let left = this.mostInAll;
      for await (const part of formParts(request)) {
        if (part.type !== 'file') continue;
        // A part of type application/octet-stream is a file also when it has no name.
        const file = { name: part.filename || 'unnamed', content: await this.content(part, left) };
        files.push(file);
        if (file.content.tooLarge) throw this.formTooLarge();
        left -= file.content.size;
      }
      return await work(files);
    } finally {
      await Promise.all(files.map(({ content }) => content.discard()));
    }
  }

  private content(part: MultipartFile, limit: number): Promise<Spooled> {
    return this.spool.take(fileBytes(part), { memory: MEMORY, limit }).catch((error: unknown) => {
      if (!(error instanceof PayloadTooLarge)) throw error;
      const most = `${this.http.uploadMegabytes} MB`;
      const sentence = `The file "${part.filename.slice(0, 300)}" is larger than ${most}, the most that this instance accepts.`;
      throw new PayloadTooLarge(`${sentence} Nothing of this upload was kept.`, { cause: error });
    });
  }

  private get mostInAll(): number {
    return Math.max(MOST_IN_ALL, this.http.uploadLimit);
  }

  private formTooLarge(): PayloadTooLarge {
    const most = `${this.mostInAll / MEGABYTE} MB`;
    return new PayloadTooLarge(
      `The files are larger than ${most} together, the most that this instance accepts. Nothing of this upload was kept.`,
    );
  }
}
