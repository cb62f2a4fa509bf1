export { backup } from './backup.js';
export type { BackupReport, BackupSource } from './backup.js';
export { BackupRefused } from './backup.errors.js';
export { restore } from './restore.js';
export type { RestoreReport, RestoreTarget } from './restore.js';
export type { RestoreAct } from './restore-database.js';
export { refuseUnfinishedRestore, RestoreUnfinished } from './unfinished.js';
