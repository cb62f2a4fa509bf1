import type { ClientBase } from 'pg';
import { chainedColumns, chainHash, dataDigest, saltedDigest, type ChainedColumns } from './chain.js';
import {
  checkpointText,
  headIsGenuine,
  headsDigest,
  readHeads,
  type ChainHeads,
  type SignedHead,
  type Signer,
} from './signed-head.js';

/** The first thing wrong with the log. */
export interface AuditFault {
  problem: 'altered' | 'removed' | 'reordered' | 'signature';
  /** Of the first bad row, or of the row that is missing. */
  position: number;
  id?: string;
  sentence: string;
}

/** What an audit found. */
export interface AuditVerdict {
  /** Events whose hashes were computed again. */
  events: number;
  /** Those of them whose data was erased; their digests were used. */
  erased: number;
  /** The log before this position was pruned; the checkpoint vouches for it. */
  prunedTo: number;
  head: number;
  fault?: AuditFault;
}

/** What an audit compares with beyond the chain itself. */
export interface AuditOptions {
  /** Verifies checkpoint and heads. */
  signer?: Signer;
  /** Heads that were sent outside; each must be a beginning of this log. */
  signedHeads?: readonly SignedHead[];
  /** Stops here instead of at the head. */
  upTo?: number;
}

interface ChainRow extends ChainedColumns {
  position: string;
  address: string | null;
  address_salt: Buffer | null;
  address_digest: Buffer | null;
  data: string | null;
  salt: Buffer | null;
  digest: Buffer | null;
  hash: Buffer;
}

const BATCH = 2000;
const COLUMNS = `e.position, ${chainedColumns('e')}, e.address, e.address_salt, e.address_digest, e.data::text as data,
  e.salt, e.digest, e.hash`;

/** Audits in a transaction of its own, of one snapshot. Pruning waits meanwhile. */
export async function auditLog(client: ClientBase, options: AuditOptions = {}): Promise<AuditVerdict> {
  return (await auditedHeads(client, options)).verdict;
}

/** Like `auditLog`; gives the last hash of every workspace, as computed, too. */
export async function auditedHeads(client: ClientBase, options: AuditOptions = {}): Promise<Audited> {
  await client.query('begin isolation level repeatable read read only');
  try {
    // Before the first query takes the snapshot: a partition that is dropped is gone from older snapshots too, and its events
    // would seem to be removed by somebody.
    await client.query('lock table log_checkpoint in share mode');
    return await auditChain(client, options);
  } finally {
    await client.query('rollback').catch(() => undefined); // A lost connection has rolled back; the first error tells more.
  }
}

/** A verdict with the last hash of every workspace. */
export interface Audited {
  verdict: AuditVerdict;
  heads: ChainHeads;
}

/**
 * Computes every hash again, from the checkpoint to the head, and names the first row that does not fit. A chain alone
 * does not show a tail that was cut and whose heads were rewritten: signed heads do.
 */
async function auditChain(client: ClientBase, options: AuditOptions): Promise<Audited> {
  const { rows } = await client.query<{ head: string; pruned: string; signature: string | null }>(
    'select s.position as head, c.position as pruned, c.signature from log_state s cross join log_checkpoint c',
  );
  const [state] = rows;
  if (!state) throw new Error('The table log_state is empty: the database is not migrated, or was changed by hand.');
  const verdict: AuditVerdict = { events: 0, erased: 0, prunedTo: Number(state.pruned), head: Number(state.head) };
  const heads = await readHeads(client, 'checkpoint_head');
  verdict.fault =
    badCheckpoint(verdict.prunedTo, state.signature, heads, options.signer) ??
    badSignatures(options) ??
    (await walk(client, verdict, heads, options)) ??
    (options.upTo === undefined ? await badHeads(client, verdict.head, heads) : undefined);
  return { verdict, heads };
}

function badCheckpoint(
  position: number,
  signature: string | null,
  heads: ChainHeads,
  signer?: Signer,
): AuditFault | undefined {
  if (position === 0 || !signer || signer.verify(checkpointText(position, heads), signature ?? '')) return undefined;
  const sentence = `The checkpoint at position ${position}, before which the log was pruned, is not signed by this instance.`;
  return { problem: 'signature', position, sentence };
}

function badSignatures({ signer, signedHeads = [] }: AuditOptions): AuditFault | undefined {
  const bad = signedHeads.find((head) => !signer || !headIsGenuine(head, signer));
  if (!bad) return undefined;
  const sentence = `The signed head of position ${bad.position} was not signed by this instance, or was changed.`;
  return { problem: 'signature', position: bad.position, sentence };
}

/** Walks the rows after the checkpoint; `heads` ends as the heads of the last one. */
async function walk(
  client: ClientBase,
  verdict: AuditVerdict,
  heads: ChainHeads,
  options: AuditOptions,
): Promise<AuditFault | undefined> {
  const end = Math.min(options.upTo ?? verdict.head, verdict.head);
  const signed = new Map((options.signedHeads ?? []).map((head) => [head.position, head]));
  for (let last = verdict.prunedTo; ;) {
    const { rows } = await client.query<ChainRow>({
      name: 'log audit',
      text: `select ${COLUMNS} from event e where e.position > $1 and e.position <= $2 order by e.position limit ${BATCH}`,
      values: [last, end],
    });
    for (const row of rows) {
      const position = Number(row.position);
      if (position !== last + 1) return removed(last + 1, `the next one that exists is ${position}`);
      if (!hashOf(row, position, heads).equals(row.hash)) return explain(client, row, heads);
      heads.set(row.workspace_id, row.hash);
      verdict.events++;
      if (row.data === null) verdict.erased++;
      last = position;
      const bad = differs(signed.get(position), heads);
      if (bad) return bad;
    }
    if (rows.length === BATCH) continue;
    if (last < end) return removed(last + 1, `the log's head is ${end}`);
    return missedHead(options, verdict);
  }
}

const removed = (position: number, why: string): AuditFault => ({
  problem: 'removed',
  position,
  sentence: `Event ${position} was removed: ${why}.`,
});

function differs(signed: SignedHead | undefined, heads: ChainHeads): AuditFault | undefined {
  if (!signed || signed.heads === headsDigest(heads)) return undefined;
  const sentence = `The log up to position ${signed.position} is not the one that was signed at ${signed.at}: it was written anew.`;
  return { problem: 'altered', position: signed.position, sentence };
}

function missedHead({ signedHeads = [], upTo }: AuditOptions, { head }: AuditVerdict): AuditFault | undefined {
  const cut = upTo === undefined ? signedHeads.find((signed) => signed.position > head) : undefined;
  return (
    cut && removed(head + 1, `a head at position ${cut.position} was signed at ${cut.at}, and this log ends at ${head}`)
  );
}

function hashOf(row: ChainRow, position: number, heads: ChainHeads): Buffer {
  const address =
    row.address === null ? row.address_digest : saltedDigest(row.address_salt ?? Buffer.alloc(0), row.address);
  const data = row.data === null ? row.digest : dataDigest(row.salt ?? Buffer.alloc(0), row.data);
  return chainHash(position, row, address, data ?? Buffer.alloc(0), heads.get(row.workspace_id) ?? null);
}

/** A row that fits here but stands further on was moved; otherwise the row's content is not what was sealed. */
async function explain(client: ClientBase, row: ChainRow, heads: ChainHeads): Promise<AuditFault> {
  const position = Number(row.position);
  const { rows } = await client.query<ChainRow>(
    `select ${COLUMNS} from event e where e.position > $1 order by e.position limit ${BATCH}`,
    [position],
  );
  const moved = rows.find((other) => hashOf(other, position, heads).equals(other.hash));
  if (!moved)
    return {
      problem: 'altered',
      position,
      id: row.id,
      sentence: `Event ${position} (${row.id}) was altered after it was sealed.`,
    };
  const sentence = `Events were reordered: ${moved.id}, now at ${moved.position}, was sealed at ${position}, where ${row.id} stands.`;
  return { problem: 'reordered', position, id: row.id, sentence };
}

async function badHeads(client: ClientBase, head: number, heads: ChainHeads): Promise<AuditFault | undefined> {
  const kept = await readHeads(client, 'chain_head');
  if (headsDigest(kept) === headsDigest(heads)) return undefined;
  const sentence = `The chain heads do not match the events up to position ${head}: one of the two was altered.`;
  return { problem: 'altered', position: head, sentence };
}
