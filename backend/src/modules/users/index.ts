export { OperatorRecoveries } from './operators/operator-recoveries.js';
export { userRestoreActs } from './restore-acts.js';
export { SetupApi } from './setup/setup.api.js';
export { UsersApi } from './users.api.js';
export type { Person } from './users.api.js';
export { UsersConfig } from './users.config.js';
export { UsersModule } from './users.module.js';
