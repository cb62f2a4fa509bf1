// npm run restore -- FILE: a backup into an empty instance, which must not run meanwhile.
import { join, resolve } from 'node:path';
import { environment, InstanceConfig, readConfig } from '#platform/config/index.js';
import { DatabaseConfig, migrateUp } from '#platform/database/index.js';
import { BackupRefused, restore } from '#platform/event-log/index.js';

async function main(file: string | undefined): Promise<number> {
  if (!file) {
    console.error('Say which backup to restore: npm run restore -- FILE');
    return 2;
  }
  const { url } = readConfig(DatabaseConfig, environment());
  const { dataDir } = readConfig(InstanceConfig, environment());
  await migrateUp(url);
  const report = await restore(resolve(file), { databaseUrl: url, files: join(dataDir, 'files') });
  console.log(`Restored ${report.rows} rows and ${report.files} files, as they were at ${report.madeAt}.`);
  console.log(`The log goes on after position ${report.position}, in a new epoch (${report.epoch}).`);
  for (const sentence of report.held) console.log(`${sentence}.`);
  console.log(
    `Put the keys back into ${join(dataDir, 'keys')} before the first start, or stored credentials are lost.`,
  );
  return 0;
}

process.exitCode = await main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof BackupRefused ? error.message : `The restore failed: ${(error as Error).message}`);
  return 1;
});
