export { DatabaseConfig } from './database.config.js';
export { DatabaseModule } from './database.module.js';
export { retryable, transient, uniqueViolation } from './faults.js';
export { migrateDown, migrateUp, pendingMigrations } from './migrate.js';
export { EntityManager, MikroORM } from './orm.js';
export { connectionOptions, Reads } from './pool.js';
export { affected, query } from './sql.js';
export { afterCommit, beforeCommit, Transactions } from './transactions.js';
export type { TransactionOptions } from './transactions.js';
