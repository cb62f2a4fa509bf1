import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { DealAlerts } from './alerts/deal-alert.js';
import { DealsPersonalData } from './deals.personal-data.js';
import { DealBook } from './deals/deal-book.js';
import { DealTarget } from './deals/deal-target.js';
import { Deal } from './deals/deal.entity.js';
import { DealQueries } from './deals/deal.queries.js';
import { DealsController } from './deals/deals.controller.js';
import { DealsService } from './deals/deals.service.js';
import { ExpireDealsJob, ExpirySchedule } from './deals/expire-deals.job.js';
import { Message } from './messages/message.entity.js';
import { MessageIntake } from './messages/message-intake.js';
import { MessageQueries } from './messages/message.queries.js';
import { MessageReadings } from './messages/message-readings.js';
import { MessageStorage } from './messages/message-storage.js';
import { MessagesController } from './messages/messages.controller.js';
import { MessagesService } from './messages/messages.service.js';
import { MimeThreads } from './messages/mime/mime-threads.js';
import { ModelFallback } from './messages/model-fallback.js';
import { ParseAgainJob } from './messages/parse-again.job.js';
import { ParseMessageJob } from './messages/parse-message.job.js';
import { RecentBytes } from './messages/recent-bytes.js';
import { SweepFilesJob, SweepSchedule } from './messages/sweep-files.job.js';
import { RoutePrices } from './routes/route-prices.js';
import { StatisticsController } from './routes/statistics.controller.js';
import { StatisticsQueries } from './routes/statistics.queries.js';
import { IncomingMailHealth } from './sources/incoming-mail-health.js';
import { FailingSources } from './sources/failing-sources.js';
import { FeedReader } from './sources/feed/feed-reader.js';
import { MailboxConnections } from './sources/imap/mailbox-connections.js';
import { MailboxCursor } from './sources/imap/mailbox-cursor.js';
import { MailboxWatch } from './sources/imap/mailbox-watch.js';
import { OauthTokens } from './sources/imap/oauth-tokens.js';
import { RenewalTurns } from './sources/imap/renewal-turns.js';
import { ClientConnections } from './sources/smtp/client-connections.js';
import { Recipients } from './sources/smtp/recipients.js';
import { SessionDeadlines } from './sources/smtp/session-deadlines.js';
import { SmtpReceiver } from './sources/smtp/smtp-receiver.js';
import { SourceCredentials } from './sources/source-credentials.js';
import { SourceHealth } from './sources/source-health.js';
import { SourceLeases } from './sources/source-leases.js';
import { SourceQueries } from './sources/source.queries.js';
import { SourceRunner } from './sources/source-runner.js';
import { SourceTester } from './sources/source-tester.js';
import { Source } from './sources/source.entity.js';
import { Spool } from './sources/spool.js';
import { SourcesController } from './sources/sources.controller.js';
import { SourcesService } from './sources/sources.service.js';
import { UploadForm } from './sources/upload/upload-form.js';
import { UploadsController } from './sources/upload/uploads.controller.js';
import { UploadsService } from './sources/upload/uploads.service.js';

const sources = [
  ClientConnections,
  Recipients,
  SessionDeadlines,
  SmtpReceiver,
  SourceCredentials,
  SourceHealth,
  SourceLeases,
  SourceQueries,
  SourceRunner,
  SourceTester,
  SourcesService,
  Spool,
  UploadForm,
  UploadsService,
  FeedReader,
  IncomingMailHealth,
  MailboxConnections,
  MailboxCursor,
  MailboxWatch,
  OauthTokens,
  RenewalTurns,
];
const messages = [
  MessageIntake,
  MessageQueries,
  MessageReadings,
  MessageStorage,
  MessagesService,
  MimeThreads,
  ModelFallback,
  ParseAgainJob,
  ParseMessageJob,
  RecentBytes,
  SweepFilesJob,
  SweepSchedule,
];
const deals = [DealAlerts, DealBook, DealQueries, DealsService, DealTarget, ExpireDealsJob, ExpirySchedule];
const routes = [RoutePrices, StatisticsQueries];

/** Catches deals: sources bring messages, messages are read, deals are kept and scored. */
@Module({
  imports: [MikroOrmModule.forFeature([Source, Message, Deal])],
  controllers: [SourcesController, UploadsController, MessagesController, DealsController, StatisticsController],
  providers: [FailingSources, ...sources, ...messages, ...deals, ...routes, DealsPersonalData],
})
export class DealsModule {}
