// npm run audit:verify [-- --head FILE ...] [--export FILE]: computes the log's hash chains again. Exits 1 at the first bad row.
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environment, InstanceConfig, readConfig } from '#platform/config/index.js';
import { openKeyRing, Signatures } from '#platform/crypto/index.js';
import {
  auditLog,
  instanceSigner,
  readSignedHead,
  signHead,
  type AuditVerdict,
  type SignedHead,
} from '#platform/event-log/index.js';
import { connected, inTransaction } from './connection.js';

function report({ events, erased, prunedTo, head }: AuditVerdict, signedHeads: readonly SignedHead[]): void {
  const from = prunedTo > 0 ? ` (what came before position ${prunedTo + 1} was pruned, under a signed checkpoint)` : '';
  console.log(`${events} events verified up to position ${head}${from}; the data of ${erased} was erased.`);
  for (const { position, at } of signedHeads)
    console.log(
      position > prunedTo
        ? `The log still begins as the head says that was signed at position ${position} on ${at}.`
        : `The head of position ${position} proves nothing any more: the log was pruned up to ${prunedTo} since.`,
    );
}

function readHead(file: string): SignedHead {
  try {
    return readSignedHead(readFileSync(resolve(file), 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { head: { type: 'string', multiple: true, default: [] }, export: { type: 'string' } },
  });
  const signedHeads = values.head.map(readHead);
  const { dataDir } = readConfig(InstanceConfig, environment());
  return connected(async (client) => {
    const ring = await inTransaction(client, (sql) => openKeyRing(dataDir, sql));
    const signer = instanceSigner(new Signatures(ring));
    const verdict = await auditLog(client, { signer, signedHeads });
    if (verdict.fault) {
      console.error(verdict.fault.sentence);
      return 1;
    }
    report(verdict, signedHeads);
    if (values.export) {
      writeFileSync(resolve(values.export), `${JSON.stringify(await signHead(client, signer), null, 2)}\n`);
      console.log(`Wrote the signed head to ${values.export}: keep it outside of this instance.`);
    }
    return 0;
  });
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(`The log could not be verified: ${(error as Error).message}`);
  return 1;
});
