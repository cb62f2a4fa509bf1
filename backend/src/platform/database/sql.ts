import { CompiledQuery, type EntityManager, type Kysely } from './orm.js';

type Row = Record<string, unknown>;

/**
 * Runs one statement with real parameters (`$1`, `$2`, …) on the connection of the entity manager: inside its
 * transaction when it has one. MikroORM's own `execute` writes the values into the text of the statement, which neither
 * lets PostgreSQL reuse the plan nor keeps values out of its log.
 *
 * @returns the rows, as plain objects keyed by column
 */
export async function query<T extends object = Row>(
  em: EntityManager,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<T[]> {
  const result = await executor(em).executeQuery<T>(CompiledQuery.raw(text, [...parameters]));
  return result.rows;
}

/** Like `query`, for statements whose count of affected rows matters: a conditional UPDATE, a DELETE. */
export async function affected(em: EntityManager, text: string, parameters: readonly unknown[] = []): Promise<number> {
  const result = await executor(em).executeQuery(CompiledQuery.raw(text, [...parameters]));
  return Number(result.numAffectedRows ?? 0n);
}

function executor(em: EntityManager): Kysely<Row> {
  return (em.getTransactionContext() ?? em.getConnection().getClient()) as unknown as Kysely<Row>;
}
