// npm run backup -- FILE: database and stored files into one file. The instance may run meanwhile.
import { join, resolve } from 'node:path';
import { environment, InstanceConfig, readConfig } from '#platform/config/index.js';
import { DatabaseConfig } from '#platform/database/index.js';
import { backup, BackupRefused } from '#platform/event-log/index.js';

async function main(file: string | undefined): Promise<number> {
  if (!file) {
    console.error('Say where the backup goes: npm run backup -- FILE');
    return 2;
  }
  const { url } = readConfig(DatabaseConfig, environment());
  const { dataDir } = readConfig(InstanceConfig, environment());
  const report = await backup({ databaseUrl: url, files: join(dataDir, 'files') }, resolve(file));
  console.log(`Backed up ${report.rows} rows of ${report.tables} tables and ${report.files} files to ${file}.`);
  console.log(`The log ends at position ${report.position}.`);
  console.log(
    `The keys are not in it: keep a copy of ${join(dataDir, 'keys')} elsewhere, or stored credentials are lost.`,
  );
  return 0;
}

process.exitCode = await main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof BackupRefused ? error.message : `The backup failed: ${(error as Error).message}`);
  return 1;
});
