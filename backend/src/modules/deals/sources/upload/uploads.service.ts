import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Member } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { fileBytes, formParts, ValidationFailed } from '#platform/http/index.js';
import { MAX_MESSAGE_BYTES } from '../../deals.config.js';
import { composeMail } from '../../messages/compose-mail.js';
import { MessageIntake, type IntakeTarget } from '../../messages/message-intake.js';
import { NotAnUploadSource } from '../../messages/messages.errors.js';
import type { PastedText, UploadResult } from '../../messages/messages.schemas.js';
import { SourceHealth } from '../source-health.js';
import { Source } from '../source.entity.js';
import { SourceNotFound } from '../sources.errors.js';
import { splitMbox } from './split-mbox.js';

const LISTED = 1000;
const TOO_LARGE = 'A message may have at most 25 MB.';

/** Messages that people bring themselves: mail files, mailbox files, pasted text. */
@Injectable()
export class UploadsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly intake: MessageIntake,
    private readonly health: SourceHealth,
  ) {}

  /** Takes in a pasted text. @throws SourceNotFound, NotAnUploadSource */
  async paste(who: Member, sourceId: string, { subject, text, html }: PastedText): Promise<UploadResult> {
    const source = await this.source(who, sourceId);
    const kind = html ? 'html' : 'plain';
    const raw = composeMail({
      subject,
      from: 'Pasted',
      date: new Date(),
      identity: JSON.stringify([subject, kind, text]),
      body: text,
      kind,
    });
    const tally = new Tally();
    tally.add(await this.intake.accept(source, raw, { actor: who }));
    await this.health.succeeded(source.id);
    return tally.result();
  }

  /**
   * Takes in the files of a multipart request: `.eml` one message each, `.mbox` any number. Each message is kept by itself:
   * what came before a fault stays.
   *
   * @throws SourceNotFound, NotAnUploadSource, PayloadTooLarge for a file beyond the instance's limit, ValidationFailed when there is no file
   */
  async files(who: Member, sourceId: string, request: FastifyRequest): Promise<UploadResult> {
    const source = await this.source(who, sourceId);
    const tally = new Tally();
    let files = 0;
    for await (const part of formParts(request)) {
      if (part.type !== 'file') continue;
      files++;
      await this.file(source, who, part.filename, fileBytes(part), tally);
    }
    if (files === 0)
      throw new ValidationFailed('There is no file in the request: send .eml or .mbox files as multipart/form-data.');
    await this.health.succeeded(source.id);
    return tally.result();
  }

  private async file(
    source: IntakeTarget,
    who: Member,
    name: string,
    bytes: AsyncIterable<Buffer>,
    tally: Tally,
  ): Promise<void> {
    const [first, whole] = await peek(bytes);
    if (!/^From \S/.test(first.subarray(0, 200).toString('latin1')))
      return this.single(source, who, name, whole, tally);
    let number = 0;
    for await (const part of splitMbox(whole, MAX_MESSAGE_BYTES)) {
      number++;
      if ('tooLarge' in part) tally.refuse(`${name} (message ${number})`, TOO_LARGE);
      else tally.add(await this.intake.accept(source, part.raw, { actor: who }));
    }
    if (number === 0) tally.refuse(name, 'The file holds no message.');
  }

  private async single(
    source: IntakeTarget,
    who: Member,
    name: string,
    bytes: AsyncIterable<Buffer>,
    tally: Tally,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size <= MAX_MESSAGE_BYTES) chunks.push(chunk);
      else chunks.length = 0;
    }
    if (size > MAX_MESSAGE_BYTES) return tally.refuse(name, TOO_LARGE);
    const raw = Buffer.concat(chunks);
    if (!/^[!-9;-~]+[ \t]*:/m.test(raw.subarray(0, 4096).toString('latin1')))
      return tally.refuse(name, 'The file is neither a mail (.eml) nor a mailbox (.mbox).');
    tally.add(await this.intake.accept(source, raw, { actor: who }));
  }

  private async source(who: Member, id: string): Promise<Source> {
    const source = await this.transactions
      .reader()
      .findOne(Source, { id, workspaceId: who.workspaceId, removedAt: null });
    if (!source) throw new SourceNotFound('There is no such source in this workspace.');
    if (source.kind !== 'upload')
      throw new NotAnUploadSource('This source takes no uploads: add one of kind "upload".');
    if (source.paused) throw new NotAnUploadSource('This source is paused: resume it first.');
    return source;
  }
}

/** What became of the messages of one upload. */
class Tally {
  private received = 0;
  private duplicates = 0;
  private readonly refused: UploadResult['refused'] = [];
  private readonly messages: UploadResult['messages'] = [];

  add(accepted: { id: string; duplicate: boolean }): void {
    if (accepted.duplicate) this.duplicates++;
    else this.received++;
    if (this.messages.length < LISTED) this.messages.push(accepted);
  }

  refuse(name: string, message: string): void {
    if (this.refused.length < LISTED) this.refused.push({ name: name.slice(0, 300), message });
  }

  result(): UploadResult {
    const { received, duplicates, refused, messages } = this;
    return { received, duplicates, refused, messages };
  }
}

/** The first chunk, and all of them once more. */
async function peek(bytes: AsyncIterable<Buffer>): Promise<[Buffer, AsyncIterable<Buffer>]> {
  const iterator = bytes[Symbol.asyncIterator]();
  const head = await iterator.next();
  const first = head.done ? Buffer.alloc(0) : head.value;
  async function* all(): AsyncGenerator<Buffer> {
    if (!head.done) yield head.value;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return [first, all()];
}
