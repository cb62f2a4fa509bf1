import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from '#platform/access/index.js';
import { CacheModule } from '#platform/cache/index.js';
import { ConfigModule } from '#platform/config/index.js';
import { CryptoModule } from '#platform/crypto/index.js';
import { DatabaseModule } from '#platform/database/index.js';
import { HealthModule } from '#platform/health/index.js';
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
  HealthModule,
];

/** The map of the house: the platform's rooms, then the product's. */
@Module({})
export class AppModule {
  /** @param env the environment that the configuration is read from */
  static forRoot(env?: Record<string, string | undefined>): DynamicModule {
    return { module: AppModule, imports: [ConfigModule.forRoot(env), ...platform] };
  }
}
