import { createPostgreSqlTypeParsers } from '@mikro-orm/sql';
import { PostgresDialect, type DatabaseConnection, type Driver } from 'kysely';
import pg from 'pg';

/** Parses the text form of an array of texts (OID 1009). */
const textArray = pg.types.getTypeParser(1009 as Parameters<typeof pg.types.getTypeParser>[0]) as unknown as (
  text: string,
) => string[];

/** Dates and times reach the ORM as text, which it parses by the type of the property. */
function ormTypes(): pg.CustomTypesConfig {
  const parsers = createPostgreSqlTypeParsers((text) => textArray(text));
  return {
    getTypeParser: ((oid: number, format?: 'text') =>
      parsers[oid] ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
  };
}

/**
 * Kysely's PostgreSQL dialect, whose transactions give their connection back even when the server has dropped it: the
 * stock one keeps it when the rollback fails, so that a few killed connections would use up the pool for good.
 */
class GivingBackDialect extends PostgresDialect {
  constructor(
    pool: () => pg.Pool,
    private readonly onFault: (error: Error) => void,
  ) {
    // Made when the driver starts: the ORM may close and reopen its connection.
    super({ pool: async () => pool() });
  }

  override createDriver(): Driver {
    const driver = super.createDriver();
    const begin = driver.beginTransaction.bind(driver);
    const rollback = driver.rollbackTransaction.bind(driver);
    driver.beginTransaction = async (connection: DatabaseConnection, settings) => {
      try {
        await begin(connection, settings);
      } catch (error) {
        // A transaction that never began is never rolled back, so nobody else gives this connection back.
        await driver.releaseConnection(connection);
        throw error;
      }
    };
    driver.rollbackTransaction = async (connection: DatabaseConnection) => {
      try {
        await rollback(connection);
      } catch (error) {
        // Nothing is left to roll back: the server did when it lost the connection, and the pool discards a broken one.
        this.onFault(error as Error);
      }
    };
    return driver;
  }
}

/** The ORM's own pool of connections. @param onFault told of connections that the server drops */
export function ormDialect(options: pg.PoolConfig, onFault: (error: Error) => void): PostgresDialect {
  const open = () => {
    const pool = new pg.Pool({ ...options, types: ormTypes() });
    pool.on('connect', (client) => client.on('error', onFault));
    pool.on('error', onFault);
    return pool;
  };
  return new GivingBackDialect(open, onFault);
}
