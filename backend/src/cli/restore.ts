// npm run restore -- FILE: a backup into an empty instance, which must not run meanwhile.
import 'reflect-metadata';
import { join, resolve } from 'node:path';
import { userRestoreActs } from '#modules/users/index.js';
import { webhookRestoreActs } from '#modules/webhooks/index.js';
import { environment, InstanceConfig, readConfig } from '#platform/config/index.js';
import { DatabaseConfig, migrateUp } from '#platform/database/index.js';
import { BackupRefused, restore } from '#platform/event-log/index.js';
import { jobRestoreActs } from '#platform/jobs/index.js';

async function main(file: string | undefined): Promise<number> {
  if (!file) {
    console.error('Say which backup to restore: npm run restore -- FILE');
    return 2;
  }
  const { url } = readConfig(DatabaseConfig, environment());
  const { dataDir } = readConfig(InstanceConfig, environment());
  await migrateUp(url);
  const target = { databaseUrl: url, files: join(dataDir, 'files') };
  const report = await restore(resolve(file), target, [...jobRestoreActs, ...userRestoreActs, ...webhookRestoreActs]);
  console.log(`Restored ${report.rows} rows and ${report.files} files, as they were at ${report.madeAt}.`);
  console.log(`The log goes on after position ${report.position}, in a new epoch (${report.epoch}).`);
  for (const notice of report.notices) console.log(notice);
  console.log(
    `What events up to position ${report.heldTo} still cause is held too, since it may have been sent after the backup: an operator releases it (POST /api/v1/jobs/release).`,
  );
  console.log(`Put the keys back into ${join(dataDir, 'keys')} now: without them the server does not start.`);
  return 0;
}

process.exitCode = await main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof BackupRefused ? error.message : `The restore failed: ${(error as Error).message}`);
  return 1;
});
