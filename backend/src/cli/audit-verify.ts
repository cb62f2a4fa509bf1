// npm run audit:verify [-- --head FILE ...] [--export FILE]: computes the log's hash chains again. Exits 1 at the first bad row.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { environment, InstanceConfig, readConfig } from '#platform/config/index.js';
import { KeyRing, Signatures } from '#platform/crypto/index.js';
import { DatabaseConfig } from '#platform/database/index.js';
import { auditLog, signHead, type AuditVerdict, type SignedHead, type Signer } from '#platform/event-log/index.js';

const PURPOSE = 'log head';

/** Signs with the instance's keys, which are outside of the database. */
function instanceSigner(dataDir: string): Signer {
  const signatures = new Signatures(KeyRing.open(dataDir));
  return {
    sign: (text) => signatures.sign(PURPOSE, text),
    verify: (text, signature) => signatures.verify(PURPOSE, text, signature),
  };
}

function report({ events, erased, prunedTo, head }: AuditVerdict): void {
  const from = prunedTo > 0 ? ` (what came before position ${prunedTo + 1} was pruned, under a signed checkpoint)` : '';
  console.log(`${events} events verified up to position ${head}${from}; the data of ${erased} was erased.`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { head: { type: 'string', multiple: true, default: [] }, export: { type: 'string' } },
  });
  const signer = instanceSigner(readConfig(InstanceConfig, environment()).dataDir);
  const signedHeads = values.head.map((file) => JSON.parse(readFileSync(resolve(file), 'utf8')) as SignedHead);
  const client = new pg.Client({ connectionString: readConfig(DatabaseConfig, environment()).url });
  await client.connect();
  try {
    const verdict = await auditLog(client, { signer, signedHeads });
    if (verdict.fault) {
      console.error(verdict.fault.sentence);
      return 1;
    }
    report(verdict);
    if (values.export) {
      writeFileSync(resolve(values.export), `${JSON.stringify(await signHead(client, signer), null, 2)}\n`);
      console.log(`Wrote the signed head to ${values.export}: keep it outside of this instance.`);
    }
    return 0;
  } finally {
    await client.end();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(`The log could not be verified: ${(error as Error).message}`);
  return 1;
});
