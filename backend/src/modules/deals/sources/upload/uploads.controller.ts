import { Controller, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Input, PayloadTooLarge, Who } from '#platform/http/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import { MessageTooLarge, NotAnUploadSource, UploadInterrupted } from '../../messages/messages.errors.js';
import { pastedText, sourceParams, uploadSchema, type PastedText } from '../../messages/messages.schemas.js';
import { SourceNotFound } from '../sources.errors.js';
import type { SourceParams } from '../sources.schemas.js';
import { UploadsService } from './uploads.service.js';

const MEGABYTE = 1024 * 1024;
const errors = [SourceNotFound, NotAnUploadSource, MessageTooLarge, QuotaExceeded];
const files = z.object({
  files: z.array(z.string()).describe('Files of kind .eml (one message) or .mbox (any number).'),
});

@Controller('workspaces/:workspaceId/sources/:sourceId')
export class UploadsController {
  constructor(private readonly uploads: UploadsService) {}

  @Post('messages')
  @Endpoint({
    permission: 'messages:write',
    summary: 'Bring in a pasted text',
    status: 201,
    params: sourceParams,
    body: pastedText,
    response: uploadSchema,
    rateClass: 'upload',
    bodyLimit: 5 * MEGABYTE,
    errors,
  })
  paste(@Who() who: Member, @Input.params() { sourceId }: SourceParams, @Input.body() body: PastedText) {
    return this.uploads.paste(who, sourceId, body);
  }

  @Post('uploads')
  @Endpoint({
    permission: 'messages:write',
    summary: 'Bring in mail files',
    description:
      'All files are received first: a form that breaks off, or with a file over the limit of the instance, is refused and nothing of it is kept. A message over 25 MB, and a file that is no mail, is listed in `refused`.',
    status: 201,
    params: sourceParams,
    body: files,
    response: uploadSchema,
    rateClass: 'upload',
    multipart: true,
    bodyLimit: 512 * MEGABYTE,
    errors: [...errors, PayloadTooLarge, UploadInterrupted],
  })
  upload(@Who() who: Member, @Input.params() { sourceId }: SourceParams, @Req() request: FastifyRequest) {
    return this.uploads.files(who, sourceId, request);
  }
}
