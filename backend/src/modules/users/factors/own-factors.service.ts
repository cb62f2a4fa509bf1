import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { Account } from '../accounts/account.entity.js';
import type { OwnFactors } from './factors.schemas.js';
import { Passkey } from './passkeys/passkey.entity.js';
import { shownPasskey } from './passkeys/passkeys.service.js';
import { RelyingParty } from './passkeys/relying-party.js';
import { RecoveryCodes } from './recovery-codes/recovery-codes.js';
import { TotpFactor } from './totp/totp-factor.entity.js';

/** What a person has set up beside the password. */
@Injectable()
export class OwnFactorsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly party: RelyingParty,
  ) {}

  /** The caller's second factors. */
  async read({ userId }: Actor & { userId: string }): Promise<OwnFactors> {
    const em = this.transactions.reader();
    const totp = await em.findOne(TotpFactor, { userId, confirmedAt: { $ne: null } });
    const passkeys = await em.find(Passkey, { userId }, { orderBy: { createdAt: 1, id: 1 } });
    const account = await em.findOneOrFail(Account, userId);
    return {
      password: account.passwordHash !== null,
      required: totp !== null || passkeys.length > 0,
      totp: { active: totp !== null, since: totp?.confirmedAt?.toISOString() ?? null },
      passkeys: passkeys.map(shownPasskey),
      passkeysUsable: this.party.usable,
      recoveryCodesLeft: await this.recoveryCodes.left(em, userId),
    };
  }
}
