import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { FactorChanges } from '../factor-changes.js';
import { FactorMails } from '../factor-mails.js';
import { NoSecondFactor } from '../factors.errors.js';
import { HeldFactors } from '../held-factors.js';

/** A person's recovery codes, made anew. */
@Injectable()
export class RecoveryCodesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly held: HeldFactors,
    private readonly changes: FactorChanges,
    private readonly mails: FactorMails,
  ) {}

  /** Gives the person new codes; the earlier ones stop working. @throws NoSecondFactor, ReauthenticationRequired */
  async replace(actor: Actor & { userId: string }): Promise<string[]> {
    return this.transactions.run(async (em) => {
      const account = await this.changes.guarded(em, actor);
      if (!(await this.held.any(em, account.id))) throw new NoSecondFactor();
      await this.mails.changed(em, account, { what: 'recovery_codes_replaced' });
      return this.changes.newCodes(em, actor);
    });
  }
}
