import { Module, type DynamicModule } from '@nestjs/common';
import { AuditModule } from '#modules/audit/index.js';
import { DealsModule } from '#modules/deals/index.js';
import { NotificationsModule } from '#modules/notifications/index.js';
import { PlansModule } from '#modules/plans/index.js';
import { RealtimeModule } from '#modules/realtime/index.js';
import { SubscriptionsModule } from '#modules/subscriptions/index.js';
import { UsersModule } from '#modules/users/index.js';
import { WebhooksModule } from '#modules/webhooks/index.js';
import { AccessModule } from '#platform/access/index.js';
import { CacheModule } from '#platform/cache/index.js';
import { ConfigModule } from '#platform/config/index.js';
import { ConsoleModule } from '#platform/console/index.js';
import { CryptoModule } from '#platform/crypto/index.js';
import { DatabaseModule } from '#platform/database/index.js';
import { EventLogModule, LogApiModule, LogRetentionModule } from '#platform/event-log/index.js';
import { FiltersModule } from '#platform/filters/index.js';
import { HealthModule } from '#platform/health/index.js';
import { HttpModule } from '#platform/http/index.js';
import { HttpClientModule } from '#platform/http-client/index.js';
import { JobsApiModule, JobsModule } from '#platform/jobs/index.js';
import { MailApiModule, MailModule } from '#platform/mail/index.js';
import { NotificationKindsModule } from '#platform/notifications/index.js';
import { QuotasModule } from '#platform/quotas/index.js';
import { WorkspaceSignsModule } from '#platform/workspace-signs/index.js';
import { PersonalDataModule } from '#platform/personal-data/index.js';
import { RedisModule } from '#platform/redis/index.js';
import { StorageModule } from '#platform/storage/index.js';
import { TelemetryModule } from '#platform/telemetry/index.js';

/** What knows no domain: every module below stands on these. */
const platform = [
  TelemetryModule,
  DatabaseModule,
  RedisModule,
  CryptoModule,
  StorageModule,
  CacheModule,
  AccessModule,
  EventLogModule,
  LogApiModule,
  LogRetentionModule,
  JobsModule,
  JobsApiModule,
  MailModule,
  MailApiModule,
  QuotasModule,
  WorkspaceSignsModule,
  HttpModule,
  HttpClientModule,
  FiltersModule,
  NotificationKindsModule,
  PersonalDataModule,
  HealthModule,
];

/** The map of the house: the platform's rooms, then the product's. */
@Module({})
export class AppModule {
  /** @param env the environment that the configuration is read from */
  static forRoot(env?: Record<string, string | undefined>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(env),
        ...platform,
        ConsoleModule,
        UsersModule,
        AuditModule,
        PlansModule,
        DealsModule,
        NotificationsModule,
        SubscriptionsModule,
        WebhooksModule,
        RealtimeModule,
      ],
    };
  }

  /**
   * The same without a server and without the rooms of the product, for a command that acts in the room of people.
   *
   * @param env likewise; settings of every room are checked
   */
  static forCommand(env?: Record<string, string | undefined>): DynamicModule {
    return { module: AppModule, imports: [ConfigModule.forRoot(env), ...platform, UsersModule] };
  }
}
