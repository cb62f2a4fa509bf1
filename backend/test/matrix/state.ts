// All rows of a database, so that a spec sees whether anything at all was changed.
import type { Factory } from '../factories.js';

/** What moves although nothing was done, and why. */
const MOVES: Record<string, string> = {
  log_state: 'how far the log was read',
  log_checkpoint: 'the sealer writes one every while',
  checkpoint_head: 'the sealer writes one every while',
  chain_head: 'refusals are recorded, and their events chained',
  reader_cursor: 'readers go on with the events of refusals',
  api_call_use: 'calls of keys are counted, also those that a route refuses',
  usage_level: 'follows what is counted',
  source_state: 'sources are looked at by themselves',
};
/** Columns that say when something was last used. */
const LAST_USES: Record<string, string[]> = {
  session: ['last_used_at', 'idle_expires_at', 'last_address'],
  api_key: ['last_used_at'],
};
/** Events of refusals; everything else that is recorded tells of a change. */
const REFUSALS = `type = 'access.refused'`;

/** One line for each table: how many rows, and the digest of all that they hold. */
export async function stateOf(make: Factory): Promise<Record<string, string>> {
  const tables = await make.sql<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind = 'r' order by 1`,
    [],
  );
  const state: Record<string, string> = {};
  for (const { name } of tables) {
    if (MOVES[name]) continue;
    const row = (LAST_USES[name] ?? []).reduce((json, column) => `${json} - '${column}'`, 'to_jsonb(t)');
    const where = name === 'outbox' || name.startsWith('event') ? `where not (${REFUSALS})` : '';
    const text = `select concat(count(*), ' rows, ', md5(string_agg(r, '' order by r))) as digest
      from (select md5((${row})::text) as r from "${name}" t ${where}) rows`;
    const [found] = await make.sql<{ digest: string }>(text, []);
    state[name] = found?.digest ?? '';
  }
  return state;
}

/** The same, once it stands still: work that was begun before is done. */
export async function settledState(make: Factory): Promise<Record<string, string>> {
  for (let before = await stateOf(make); ;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const state = await stateOf(make);
    if (JSON.stringify(state) === JSON.stringify(before)) return state;
    before = state;
  }
}
