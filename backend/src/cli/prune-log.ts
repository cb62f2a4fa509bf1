// npm run log:prune [-- --days N]: removes events older than N days, or than SIGNALBOX_LOG_KEEP_DAYS, under a signed checkpoint.
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { environment, InstanceConfig, InvalidSettings, readConfig } from '#platform/config/index.js';
import { openKeyRing, Signatures } from '#platform/crypto/index.js';
import { EventLogConfig, instanceSigner, pruneOlder } from '#platform/event-log/index.js';
import { connected, inTransaction } from './connection.js';

/** The days asked for, held to what the setting allows. */
function keepDays(): number | undefined {
  const { values } = parseArgs({ options: { days: { type: 'string' } } });
  const env = environment();
  return readConfig(EventLogConfig, values.days === undefined ? env : { ...env, SIGNALBOX_LOG_KEEP_DAYS: values.days })
    .keepDays;
}

async function main(): Promise<number> {
  const days = keepDays();
  if (days === undefined) {
    console.error(
      'Say how many days of the log to keep: npm run log:prune -- --days N, or set SIGNALBOX_LOG_KEEP_DAYS.',
    );
    return 2;
  }
  const { dataDir } = readConfig(InstanceConfig, environment());
  const { events, position, waitsFor } = await connected(async (client) => {
    const ring = await inTransaction(client, (sql) => openKeyRing(dataDir, sql));
    return pruneOlder(client, days, instanceSigner(new Signatures(ring)));
  });
  console.log(`${events} events older than ${days} days were removed; the log begins after position ${position}.`);
  if (waitsFor) console.log(`The reader "${waitsFor}" has not read the others yet: they go once it has.`);
  return 0;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(
    error instanceof InvalidSettings ? error.message : `The log was not pruned: ${(error as Error).message}`,
  );
  return 1;
});
