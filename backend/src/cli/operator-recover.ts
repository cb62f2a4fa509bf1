// npm run operator:recover -- ADDRESS: lets an operator in again who lost every way in. For whoever holds the machine.
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { OperatorRecoveries } from '#modules/users/index.js';
import { environment, readConfig } from '#platform/config/index.js';
import { DatabaseConfig, pendingMigrations } from '#platform/database/index.js';
import { DomainError } from '#platform/errors/index.js';
import { AppModule } from '../app.module.js';
import { startupFault } from '../startup-fault.js';

// Of a process that plays only this one and opens no port, nothing is asked: it neither reads the log nor works off jobs.
const ROLE = { SIGNALBOX_ROLES: 'realtime', SIGNALBOX_LOG_LEVEL: 'fatal' };

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [address] = positionals;
  if (!address || positionals.length > 1) {
    console.error('Say whom to let in again: npm run operator:recover -- ADDRESS');
    return 2;
  }
  const env = { ...environment(), ...ROLE };
  if ((await pendingMigrations(readConfig(DatabaseConfig, env).url)).length > 0) {
    console.error('This database is not of this version: start Signalbox on it once, then run this again.');
    return 1;
  }
  const app = await NestFactory.createApplicationContext(AppModule.forCommand(env), {
    logger: false,
    abortOnError: false,
  });
  try {
    const done = await app.get(OperatorRecoveries).recover(address);
    const { totp, passkeys, recoveryCodes, sessions } = done;
    console.log(`Removed: authenticator apps ${Number(totp)}, passkeys ${passkeys}, recovery codes ${recoveryCodes}.`);
    console.log(`Sessions ended: ${sessions}.`);
    console.log(`This link sets a new password, once, within ${done.hours} hour. It is shown here only:`);
    console.log(done.link);
    return 0;
  } finally {
    // What waits for a Redis that is away is not waited for: all that counts is in the database.
    await Promise.race([app.close(), new Promise((late) => setTimeout(late, 2000))]);
  }
}

const code = await main().catch((error: unknown) => {
  console.error(error instanceof DomainError ? error.message : `Nobody was let in: ${startupFault(error)}`);
  return 1;
});
process.exit(code);
