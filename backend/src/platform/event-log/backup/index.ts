export { backup } from './backup.js';
export type { BackupReport, BackupSource } from './backup.js';
export { BackupRefused } from './backup.errors.js';
export { restore } from './restore.js';
export type { RestoreReport, RestoreTarget } from './restore.js';
export { restoreHooks } from './restore-database.js';
export type { RestoreHook } from './restore-database.js';
