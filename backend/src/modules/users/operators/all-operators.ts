import { type EntityManager, query } from '#platform/database/index.js';

const LOCK = `select id from user_account where operator order by id for update`;
const OTHERS = `select exists (select from user_account where operator and id <> $1 and erase_at is null) as any`;

/** Locks the rows of all operators until the transaction ends: of two who go at once, the second sees the first gone. @returns their ids */
export async function lockOperators(em: EntityManager): Promise<string[]> {
  return (await query<{ id: string }>(em, LOCK)).map(({ id }) => id);
}

/** Whether somebody else runs the instance, whose account is not about to be erased. */
export async function othersOperate(em: EntityManager, userId: string): Promise<boolean> {
  const [others] = await query<{ any: boolean }>(em, OTHERS, [userId]);
  return others?.any === true;
}
