import { Injectable, Optional } from '@nestjs/common';
import type { EntityManager } from '#platform/database/index.js';
import { QuotaKeeper } from './quota-keeper.js';
import { type QuotaKind, QuotaKinds } from './quota-kinds.js';

/**
 * What rooms ask before they let a workspace have more of something. They know nothing of plans: without a keeper, or in a
 * workspace whose plan has no such limit, everything is granted.
 */
@Injectable()
export class Quotas {
  constructor(
    private readonly kinds: QuotaKinds,
    @Optional() private readonly keeper?: QuotaKeeper,
  ) {}

  /** Makes something limitable; call it in `onModuleInit`. @throws Error when the name is taken */
  register(kind: QuotaKind): void {
    this.kinds.register(kind);
  }

  /**
   * Takes a share in the caller's transaction, before what takes it is written. Of several transactions that take the last
   * share one gets it: the others wait for its end and are refused, or get it when it was rolled back.
   *
   * @throws QuotaExceeded
   */
  async take(em: EntityManager, workspaceId: string, name: string, amount = 1): Promise<void> {
    await this.keeper?.take(em, { kind: this.kinds.get(name), workspaceId, amount }, false);
  }

  /**
   * Takes what was reserved before: only what is used counts, not what others have reserved. It fails only when the limit
   * shrank since the reservation.
   *
   * @throws QuotaExceeded
   */
  async redeem(em: EntityManager, workspaceId: string, name: string, amount = 1): Promise<void> {
    await this.keeper?.take(em, { kind: this.kinds.get(name), workspaceId, amount }, true);
  }

  /** Gives a share of a costly kind back, in the transaction that removes what took it. */
  async give(em: EntityManager, workspaceId: string, name: string, amount = 1): Promise<void> {
    await this.keeper?.give(em, { kind: this.kinds.get(name), workspaceId, amount });
  }

  /**
   * Refuses early what `take` refused a moment ago, at the price of a read: before bytes are received or kept. What it lets
   * pass must still be taken.
   *
   * @throws QuotaExceeded
   */
  async foresee(workspaceId: string, name: string, amount = 1): Promise<void> {
    await this.keeper?.foresee({ kind: this.kinds.get(name), workspaceId, amount });
  }

  /**
   * Counts one of something that happens often, without a transaction: in memory as long as the limit is far away.
   *
   * @returns undefined when it was counted at once
   * @throws QuotaExceeded
   */
  spend(workspaceId: string, name: string): Promise<void> | undefined {
    return this.keeper?.spend(this.kinds.get(name), workspaceId);
  }
}
