import type { RestoreAct } from '#platform/event-log/index.js';

/** What a restore does to what lets people and programs in: it may have been taken from them after the backup was made. */
export const userRestoreActs: readonly RestoreAct[] = [
  {
    name: 'endedSessions',
    sql: `update session set ended_at = now(), ended_reason = 'restored' where ended_at is null`,
    sentence: (rows) => `Sessions ended: ${rows}. Everybody signs in again.`,
  },
  {
    name: 'waysToSignIn',
    sql: `select 1 from passkey union all select 1 from identity union all select 1 from recovery_code where used_at is null`,
    sentence: (rows) =>
      `Passkeys, linked accounts and recovery codes that work as they did when the backup was made: ${rows}. One that was removed or used since works again until its owner removes it anew.`,
  },
  {
    name: 'workingApiKeys',
    sql: `select 1 from api_key where revoked_at is null and (expires_at is null or expires_at > now())`,
    sentence: (rows) =>
      `API keys that work as they did when the backup was made: ${rows}. One that was revoked since works again until it is revoked anew, and one that was rotated since works by its earlier secret only.`,
  },
];
