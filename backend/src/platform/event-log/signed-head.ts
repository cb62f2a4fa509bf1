import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { ClientBase } from 'pg';
import { z } from 'zod';
import { query, type EntityManager } from '#platform/database/index.js';

/** Signs short texts. The instance's own uses a key that the database does not hold. */
export interface Signer {
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
}

/** A signer by HMAC-SHA-256 (RFC 2104) under one key. */
export function hmacSigner(key: Buffer): Signer {
  const sign = (text: string) => createHmac('sha256', key).update(text, 'utf8').digest('hex');
  const verify = (text: string, signature: string) => {
    const [wanted, given] = [Buffer.from(sign(text)), Buffer.from(signature)];
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  };
  return { sign, verify };
}

/** What proves later that the log began like this: keep it outside of the instance. */
export interface SignedHead {
  epoch: string;
  position: number;
  /** SHA-256 over the last hash of every workspace, in hex. */
  heads: string;
  /** When it was signed, RFC 3339. */
  at: string;
  signature: string;
}

/** The last hash of every workspace. */
export type ChainHeads = Map<string, Buffer>;

/** One digest of all heads, independent of their order. */
export function headsDigest(heads: ChainHeads): string {
  const lines = [...heads].map(([workspace, last]) => `${workspace}:${last.toString('hex')}`).sort();
  return hash('sha256', lines.join('\n'), 'hex');
}

/** The text that the signature of a head covers. */
const headText = ({ epoch, position, heads, at }: Omit<SignedHead, 'signature'>) =>
  JSON.stringify(['signalbox log head', epoch, position, heads, at]);

/** The text that the signature of a checkpoint covers. */
export const checkpointText = (position: number, heads: ChainHeads): string =>
  JSON.stringify(['signalbox log checkpoint', position, headsDigest(heads)]);

/** Reads the heads of a table that has them: `chain_head`, or `checkpoint_head` for what was pruned. */
export async function readHeads(client: ClientBase, table: 'chain_head' | 'checkpoint_head'): Promise<ChainHeads> {
  const { rows } = await client.query<{ workspace_id: string; hash: Buffer }>(
    `select workspace_id, hash from ${table}`,
  );
  return new Map(rows.map((row) => [row.workspace_id, row.hash]));
}

// One statement, so that position and heads belong together.
const HEAD = 'select s.epoch, s.position, h.workspace_id, h.hash from log_state s left join chain_head h on true';

interface HeadRow {
  epoch: string;
  position: string;
  workspace_id: string | null;
  hash: Buffer;
}

/**
 * Signs where the log stands. It vouches for the chain as it is: verify first.
 *
 * @param client in a transaction whose statements share a snapshot, or on a log that stands still
 */
export async function signHead(client: ClientBase, signer: Signer, at = new Date()): Promise<SignedHead> {
  return signed((await client.query<HeadRow>(HEAD)).rows, signer, at);
}

/** The same in the transaction of an entity manager. */
export async function signHeadIn(em: EntityManager, signer: Signer, at = new Date()): Promise<SignedHead> {
  return signed(await query<HeadRow>(em, HEAD), signer, at);
}

function signed(rows: readonly HeadRow[], signer: Signer, at: Date): SignedHead {
  const [first] = rows;
  if (!first) throw new Error('The table log_state is empty: the database is not migrated, or was changed by hand.');
  const heads: ChainHeads = new Map();
  for (const row of rows) if (row.workspace_id !== null) heads.set(row.workspace_id, row.hash);
  const head = {
    epoch: first.epoch,
    position: Number(first.position),
    heads: headsDigest(heads),
    at: at.toISOString(),
  };
  return { ...head, signature: signer.sign(headText(head)) };
}

const headSchema = z.strictObject({
  epoch: z.uuid(),
  position: z.int().min(0),
  heads: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
  signature: z.string().min(1),
});

/** Reads a head as it was exported or sent. @throws Error with a sentence when the text is none */
export function readSignedHead(text: string): SignedHead {
  try {
    return headSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error('This is no signed head: it has epoch, position, heads, at and signature, as JSON.', {
      cause: error,
    });
  }
}

/** True when the signer made this head's signature. */
export function headIsGenuine(head: SignedHead, signer: Signer): boolean {
  return signer.verify(headText(head), head.signature);
}
