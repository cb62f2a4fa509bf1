import { Module } from '@nestjs/common';
import { PreviewMailbox } from './preview-mailbox.js';
import { PreviewMailboxController } from './preview-mailbox.controller.js';

/** The preview mailbox over HTTP; apart from `MailModule`, which also serves processes without HTTP. */
@Module({ controllers: [PreviewMailboxController], providers: [PreviewMailbox] })
export class MailApiModule {}
