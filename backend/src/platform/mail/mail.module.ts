import { Global, Module } from '@nestjs/common';
import { Transactions } from '#platform/database/index.js';
import { MailConfig } from './mail.config.js';
import { IncomingMail } from './incoming-mail.js';
import { MailHealth } from './mail-health.js';
import { SendMailJob } from './mail.jobs.js';
import { MailTransport } from './mail-transport.js';
import { Mailer } from './mailer.js';
import { PreviewTransport } from './preview-transport.js';
import { ReturnPaths } from './return-paths.js';
import { SmtpTransport } from './smtp-transport.js';

/** Outgoing mail for every room. */
@Global()
@Module({
  providers: [
    {
      provide: MailTransport,
      inject: [MailConfig, Transactions],
      useFactory: (config: MailConfig, transactions: Transactions) =>
        config.smtpUrl ? new SmtpTransport(config) : new PreviewTransport(transactions, config.previewMails),
    },
    IncomingMail,
    Mailer,
    ReturnPaths,
    SendMailJob,
    MailHealth,
  ],
  exports: [IncomingMail, Mailer, ReturnPaths],
})
export class MailModule {}
