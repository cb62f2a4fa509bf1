import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Member } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { ValidationFailed } from '#platform/http/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import { MAX_MESSAGE_BYTES } from '../../deals.config.js';
import { composeMail } from '../../messages/compose-mail.js';
import { MessageIntake, type IntakeTarget } from '../../messages/message-intake.js';
import { NotAnUploadSource, UploadInterrupted } from '../../messages/messages.errors.js';
import type { PastedText, UploadResult } from '../../messages/messages.schemas.js';
import { SourceHealth } from '../source-health.js';
import { Source } from '../source.entity.js';
import { SourceNotFound } from '../sources.errors.js';
import type { Spooled } from '../spool.js';
import { splitMbox } from './split-mbox.js';
import { UploadForm } from './upload-form.js';

const LISTED = 1000;
const TOO_LARGE = 'A message may have at most 25 MB.';

/** Messages that people bring themselves: mail files, mailbox files, pasted text. */
@Injectable()
export class UploadsService {
  private readonly log = new Logger('uploads');

  constructor(
    private readonly transactions: Transactions,
    private readonly intake: MessageIntake,
    private readonly health: SourceHealth,
    private readonly form: UploadForm,
  ) {}

  /** Takes in a pasted text. @throws SourceNotFound, NotAnUploadSource, QuotaExceeded */
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
   * Takes in the files of a multipart request: `.eml` one message each, `.mbox` any number. Nothing is kept before all files
   * are there and none is too large.
   *
   * @throws SourceNotFound, NotAnUploadSource; what `UploadForm` throws, with nothing kept; ValidationFailed when there is no
   *   file; QuotaExceeded, which says how many were kept; UploadInterrupted when a part of the messages was kept and the others cannot be just now
   */
  async files(who: Member, sourceId: string, request: FastifyRequest): Promise<UploadResult> {
    const source = await this.source(who, sourceId);
    const tally = new Tally();
    const received = await this.form
      .received(request, async (files) => {
        for (const { name, content } of files) await this.file(source, who, name, content, tally);
        if (files.length > 0) await this.health.succeeded(source.id);
        return files.length;
      })
      .catch((error: unknown) => this.interrupted(error, tally));
    if (received === 0)
      throw new ValidationFailed('There is no file in the request: send .eml or .mbox files as multipart/form-data.');
    return tally.result();
  }

  private async file(source: IntakeTarget, who: Member, name: string, content: Spooled, tally: Tally): Promise<void> {
    if (!(await isMbox(content))) return this.single(source, who, name, content, tally);
    let number = 0;
    for await (const part of splitMbox(content.pieces(), MAX_MESSAGE_BYTES)) {
      number++;
      if ('tooLarge' in part) tally.refuse(`${name} (message ${number})`, TOO_LARGE);
      else tally.add(await this.intake.accept(source, part.raw, { actor: who }));
    }
    if (number === 0) tally.refuse(name, 'The file holds no message.');
  }

  private async single(source: IntakeTarget, who: Member, name: string, content: Spooled, tally: Tally): Promise<void> {
    if (content.size > MAX_MESSAGE_BYTES) return tally.refuse(name, TOO_LARGE);
    await content.whole(async (raw) => {
      if (!/^[!-9;-~]+[ \t]*:/m.test(raw.subarray(0, 4096).toString('latin1')))
        return tally.refuse(name, 'The file is neither a mail (.eml) nor a mailbox (.mbox).');
      tally.add(await this.intake.accept(source, raw, { actor: who }));
    });
  }

  /** Who is refused must know what was kept. */
  private interrupted(error: unknown, tally: Tally): never {
    const { received, duplicates } = tally.result();
    if (received === 0) throw error;
    const kept = received === 1 ? '1 message was kept' : `${received} messages were kept`;
    if (error instanceof QuotaExceeded)
      throw new QuotaExceeded(`${kept}, the others were not. ${error.detail}`, error.about, { received, duplicates });
    this.log.error({ err: error });
    throw new UploadInterrupted(`${kept}, then the upload broke off. Send it again: nothing is kept twice.`, {
      members: { received, duplicates },
      headers: { 'Retry-After': '5' },
      cause: error,
    });
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

async function isMbox(content: Spooled): Promise<boolean> {
  for await (const piece of content.pieces()) return /^From \S/.test(piece.subarray(0, 200).toString('latin1'));
  return false;
}
