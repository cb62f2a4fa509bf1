import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import type { Account } from '../accounts/account.entity.js';
import { FactorMails } from './factor-mails.js';
import type { FactorProof } from './factors.schemas.js';
import { PasskeyProofs } from './passkeys/passkey-proofs.js';
import { RecoveryCodes } from './recovery-codes/recovery-codes.js';
import { TotpService } from './totp/totp.service.js';

/** Whose proof it is, and what a passkey was asked. */
export interface Asked {
  account: Account;
  actor: Actor;
  /** The challenge that a passkey was to sign; null when none was asked for. */
  passkeyChallenge: string | null;
  /** Whether a passkey must have verified its owner; to have it is enough when absent. */
  verified?: boolean;
}

/** Checks second factors, one way for all places that ask for one. */
@Injectable()
export class FactorProofs {
  constructor(
    private readonly events: EventLog,
    private readonly totp: TotpService,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly passkeys: PasskeyProofs,
    private readonly mails: FactorMails,
  ) {}

  /**
   * Checks a proof and uses it up, inside the caller's transaction, which holds the lock of the account and commits whatever
   * this comes to. A refusal is recorded.
   */
  async accept(em: EntityManager, asked: Asked, proof: FactorProof): Promise<boolean> {
    const accepted = await this.check(em, asked, proof);
    if (!accepted)
      this.events.record(em, 'second_factor.refused', {
        workspaceId: SYSTEM_WORKSPACE,
        scope: { kind: 'user', id: asked.account.id },
        subjectId: asked.account.id,
        actor: asked.actor,
        data: { factor: proof.method },
      });
    return accepted;
  }

  private async check(em: EntityManager, asked: Asked, proof: FactorProof): Promise<boolean> {
    const { account, actor, passkeyChallenge: challenge, verified = false } = asked;
    switch (proof.method) {
      case 'totp':
        return this.totp.use(em, account.id, proof.code);
      case 'recovery_code':
        return this.recover(em, asked, proof.code);
      case 'passkey':
        if (challenge === null) return false;
        return this.passkeys.accept(em, account, proof.credential, { challenge, verified }, actor);
    }
  }

  private async recover(em: EntityManager, { account, actor }: Asked, code: string): Promise<boolean> {
    if (!(await this.recoveryCodes.use(em, account.id, code))) return false;
    const left = await this.recoveryCodes.left(em, account.id);
    this.events.record(em, 'recovery_code.used', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: account.id },
      subjectId: account.id,
      actor,
      data: { left },
    });
    await this.mails.changed(em, account, { what: 'recovery_code_used', left });
    return true;
  }
}
