import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DatabaseConfig } from './database.config.js';

/** Connection parameters for `pg` from a database URL and the timeouts of the configuration. */
export function connectionOptions(config: Pick<DatabaseConfig, 'url' | 'statementTimeoutMs'>): pg.ClientConfig {
  return {
    connectionString: config.url,
    application_name: 'signalbox',
    statement_timeout: config.statementTimeoutMs,
    // A writer that hangs inside a transaction must not hold its locks, nor the sealer's, for longer than this.
    idle_in_transaction_session_timeout: 30_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  };
}

/**
 * Hot reads: prepared statements straight on `pg`, without the ORM (the entity path costs about 200 µs more a read).
 * A statement is prepared once per connection under its name.
 */
@Injectable()
export class Reads implements OnApplicationShutdown {
  private readonly pool: pg.Pool;

  constructor(@Inject(DatabaseConfig) config: DatabaseConfig) {
    this.pool = new pg.Pool({ ...connectionOptions(config), max: Math.max(2, Math.floor(config.poolSize / 2)) });
    // An idle connection that the server drops is replaced by the pool; without a listener the process would end.
    this.pool.on('error', () => undefined);
  }

  /** The rows of a prepared statement. `name` identifies the text: two texts must not share one. */
  async all<T extends object>(name: string, text: string, values: readonly unknown[]): Promise<T[]> {
    const result = await this.pool.query<T>({ name, text, values: [...values] });
    return result.rows;
  }

  /** The first row, or undefined. */
  async one<T extends object>(name: string, text: string, values: readonly unknown[]): Promise<T | undefined> {
    return (await this.all<T>(name, text, values))[0];
  }

  /** The rows of a statement whose text varies (a compiled filter); it is not kept prepared. */
  async adHoc<T extends object>(text: string, values: readonly unknown[]): Promise<T[]> {
    const result = await this.pool.query<T>(text, [...values]);
    return result.rows;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
