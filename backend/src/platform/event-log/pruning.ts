import type { ClientBase } from 'pg';
import { auditChain } from './audit.js';
import { LogOperationRefused } from './event-log.errors.js';
import { partitions } from './partitions.js';
import { checkpointText, readHeads, type Signer } from './signed-head.js';

/**
 * Drops the partitions that end at or before `upTo` and that every reader has read, after auditing them, and leaves a
 * signed checkpoint from which later audits start.
 *
 * @returns the last position pruned, so far
 * @throws LogOperationRefused when what would be dropped does not verify
 */
export async function pruneLog(client: ClientBase, upTo: number, signer: Signer): Promise<number> {
  await client.query('begin');
  try {
    // Dropping a partition needs the table for itself for a moment; a writer that hangs must not stop everybody.
    await client.query(`set local lock_timeout = '5s'`);
    const position = await prune(client, upTo, signer);
    await client.query('commit');
    return position;
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // The first error tells more.
    throw error;
  }
}

async function prune(client: ClientBase, upTo: number, signer: Signer): Promise<number> {
  const { rows } = await client.query<{ position: string }>('select position from log_checkpoint for update');
  const before = Number(rows[0]?.position ?? 0);
  const { rows: limits } = await client.query<{ position: string }>(
    'select least((select min(position) from reader_cursor), (select position from log_state)) as position',
  );
  const end = Math.min(upTo, Number(limits[0]?.position ?? 0));
  const old = (await partitions(client)).filter(({ to }) => to - 1 <= end);
  const position = (old.at(-1)?.to ?? 1) - 1;
  if (position <= before) return before;
  const { fault } = await auditChain(client, { signer, upTo: position });
  if (fault) throw new LogOperationRefused(`Nothing was pruned, because the log does not verify. ${fault.sentence}`);
  await client.query(
    `insert into checkpoint_head (workspace_id, position, hash)
     select distinct on (workspace_id) workspace_id, position, hash from event where position <= $1
     order by workspace_id, position desc
     on conflict (workspace_id) do update set position = excluded.position, hash = excluded.hash`,
    [position],
  );
  for (const { name } of old) await client.query(`alter table event detach partition ${name}; drop table ${name}`);
  const signature = signer.sign(checkpointText(position, await readHeads(client, 'checkpoint_head')));
  await client.query(
    'update log_checkpoint set position = $1, signature = $2, pruned_at = now(), epoch = (select epoch from log_state)',
    [position, signature],
  );
  return position;
}
