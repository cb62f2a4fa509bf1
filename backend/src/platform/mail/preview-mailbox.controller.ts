import { Controller, Delete, Get } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, NotFound, Who, type ListQuery } from '#platform/http/index.js';
import { PreviewMailbox } from './preview-mailbox.js';
import {
  previewCleared,
  previewDetail,
  previewPage,
  previewPath,
  previewQuery,
  type PreviewPath,
} from './preview-mailbox.schemas.js';

/** The preview mailbox, for operators. */
@Controller('preview-mailbox')
export class PreviewMailboxController {
  constructor(private readonly mailbox: PreviewMailbox) {}

  @Get()
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Mails that were kept instead of sent',
    description: 'While no mail server is set, outgoing mail is kept here and never sent.',
    query: previewQuery,
    response: previewPage,
  })
  list(@Input.query() query: ListQuery) {
    return this.mailbox.list(query);
  }

  @Get(':mailId')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'One kept mail',
    description: 'It may hold a one-time link: that it was opened is recorded.',
    params: previewPath,
    response: previewDetail,
    getOnly: true,
    errors: [NotFound],
  })
  get(@Who() who: Actor, @Input.params() { mailId }: PreviewPath) {
    return this.mailbox.open(who, mailId);
  }

  @Delete()
  @Endpoint({ permission: 'instance:operate', summary: 'Empty the preview mailbox', response: previewCleared })
  clear(@Who() who: Actor) {
    return this.mailbox.clear(who);
  }
}
