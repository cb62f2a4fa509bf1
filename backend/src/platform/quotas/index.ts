export { QuotaKeeper } from './quota-keeper.js';
export type { QuotaShare } from './quota-keeper.js';
export { QuotaKinds } from './quota-kinds.js';
export type { MeteredEvent, QuotaKind } from './quota-kinds.js';
export { QuotaExceeded } from './quotas.errors.js';
export type { QuotaMembers } from './quotas.errors.js';
export { Quotas } from './quotas.js';
export { QuotasModule } from './quotas.module.js';
