import { MikroOrmModule } from '@mikro-orm/nestjs';
import { PostgreSqlDriver, type Options } from '@mikro-orm/postgresql';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Global, Logger, Module } from '@nestjs/common';
import { DatabaseConfig } from './database.config.js';
import { ormDialect } from './dialect.js';
import { connectionOptions, Reads } from './pool.js';
import { slowQueryLogger } from './slow-queries.js';
import { MikroORM } from './orm.js';
import { Transactions } from './transactions.js';

function ormOptions(config: DatabaseConfig): Options {
  const logger = new Logger('database');
  return {
    driver: PostgreSqlDriver,
    dbName: 'from the URL',
    driverOptions: ormDialect({ ...connectionOptions(config), max: config.poolSize }, (error) =>
      logger.warn(`A database connection was lost: ${error.message}`),
    ),
    autoLoadEntities: true,
    metadataProvider: ReflectMetadataProvider,
    discovery: { warnWhenNoEntities: false },
    forceUtcTimezone: true,
    logger: (message: string) => logger.debug(message),
    slowQueryThreshold: config.slowQueryMs,
    slowQueryLoggerFactory: slowQueryLogger,
    // Every transaction and reader forks its own entity manager: one more for each request would be for nobody.
    registerRequestContext: false,
    // The URL names the database; the ORM would look for one named as above, and create it.
    ensureDatabase: false,
  } as Options;
}

/** The connection, its entity managers, and the two ways to use it: `Transactions` for writes, `Reads` for hot reads. */
@Global()
@Module({
  imports: [
    MikroOrmModule.forRootAsync({
      driver: PostgreSqlDriver,
      inject: [DatabaseConfig],
      useFactory: ormOptions,
    }),
  ],
  providers: [
    {
      provide: Transactions,
      inject: [MikroORM],
      // Connected before anybody can ask: the ORM's own lazy connection fails when several first statements race.
      useFactory: async (orm: MikroORM) => {
        await orm.connect();
        return new Transactions(orm);
      },
    },
    Reads,
  ],
  exports: [Transactions, Reads],
})
export class DatabaseModule {}
