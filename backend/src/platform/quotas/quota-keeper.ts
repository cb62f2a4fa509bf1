import type { EntityManager } from '#platform/database/index.js';
import type { QuotaKind } from './quota-kinds.js';

/** So much of something in a workspace. */
export interface QuotaShare {
  readonly kind: QuotaKind;
  readonly workspaceId: string;
  readonly amount: number;
}

/** Keeps workspaces to their limits. The plans room provides it under this class as the injection token. */
export abstract class QuotaKeeper {
  /** See `Quotas.take`; `redeems` says that the share was counted as reserved. @throws QuotaExceeded */
  abstract take(em: EntityManager, share: QuotaShare, redeems: boolean): Promise<void>;
  /** See `Quotas.give`. */
  abstract give(em: EntityManager, share: QuotaShare): Promise<void>;
  /** See `Quotas.foresee`. @throws QuotaExceeded */
  abstract foresee(share: QuotaShare): Promise<void>;
  /** See `Quotas.spend`. @throws QuotaExceeded */
  abstract spend(kind: QuotaKind, workspaceId: string): Promise<void> | undefined;
}
