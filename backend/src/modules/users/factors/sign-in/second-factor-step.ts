import { Injectable } from '@nestjs/common';
import type { EntityManager } from '#platform/database/index.js';
import type { Account } from '../../accounts/account.entity.js';
import { newToken } from '../../accounts/tokens.js';
import type { SessionMethod } from '../../sessions/session.entity.js';
import { Challenges } from '../challenges/challenges.js';
import type { SecondFactorRequired } from '../factors.schemas.js';
import { HeldFactors } from '../held-factors.js';
import { Passkey } from '../passkeys/passkey.entity.js';
import { RelyingParty } from '../passkeys/relying-party.js';
import { WebAuthn } from '../passkeys/webauthn.js';

/** Seconds that the second step stays open. */
const STEP_SECONDS = 300;

/** Asks for the second factor of a person who proved the first. */
@Injectable()
export class SecondFactorStep {
  constructor(
    private readonly held: HeldFactors,
    private readonly challenges: Challenges,
    private readonly party: RelyingParty,
    private readonly webauthn: WebAuthn,
  ) {}

  /**
   * What a person has to prove before a session starts, or null when they have no second factor.
   *
   * @param method how they proved the first one
   */
  async ask(em: EntityManager, account: Account, method: SessionMethod): Promise<SecondFactorRequired | null> {
    if (!(await this.held.any(em, account.id))) return null;
    const offered = await this.held.methods(em, account.id);
    const methods = this.party.usable ? offered : offered.filter((m) => m !== 'passkey');
    const signed = newToken();
    const passkey = methods.includes('passkey') ? await this.request(em, account, signed) : null;
    const { token: challenge, expiresAt } = await this.challenges.issue(em, {
      purpose: 'second_factor',
      seconds: STEP_SECONDS,
      userId: account.id,
      data: { method, passkeyChallenge: passkey ? signed : null },
    });
    return {
      state: 'second_factor_required',
      challenge,
      methods,
      passkey,
      expiresAt: expiresAt.toISOString(),
    };
  }

  /** Ends the sign-ins of a person that wait for the second factor: what proved the first may hold no more. */
  async callOff(em: EntityManager, userId: string): Promise<void> {
    await this.challenges.discardAll(em, userId, 'second_factor');
  }

  private async request(em: EntityManager, account: Account, challenge: string) {
    const passkeys = await em.find(Passkey, { userId: account.id, suspendedAt: null });
    return { ...(await this.webauthn.request(challenge, passkeys, 'discouraged')) };
  }
}
