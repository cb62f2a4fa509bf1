// npm run keys:rotate [-- --accept-loss]: makes a new master key. Running processes take it up; what older keys sealed stays readable.
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { environment, InstanceConfig, readConfig } from '#platform/config/index.js';
import { KeyRingError, rotateKeys } from '#platform/crypto/index.js';
import { connected, inTransaction } from './connection.js';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'accept-loss': { type: 'boolean', default: false } } });
  const { dataDir } = readConfig(InstanceConfig, environment());
  const { id, lost } = await connected((client) =>
    inTransaction(client, (sql) => rotateKeys(dataDir, sql, values['accept-loss'])),
  );
  for (const key of lost) console.log(`The key "${key}" is given up: what it sealed must be entered again.`);
  console.log(`The master key is now "${id}"; running processes seal with it within a second.`);
  console.log(
    'Copy the folder "keys" to where you keep it apart from backups, and to other machines of this instance.',
  );
}

await main().catch((error: unknown) => {
  console.error(error instanceof KeyRingError ? error.message : `The key was not made: ${(error as Error).message}`);
  process.exitCode = 1;
});
