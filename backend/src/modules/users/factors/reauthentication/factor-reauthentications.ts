import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { Actor } from '#platform/access/index.js';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { Account } from '../../accounts/account.entity.js';
import { ReauthenticationMethods } from '../../accounts/reauthentications/reauthentication-methods.js';
import type { Reauthenticated } from '../../accounts/reauthentications/reauthentications.schemas.js';
import { Reauthentications } from '../../accounts/reauthentications/reauthentications.service.js';
import { newToken } from '../../accounts/tokens.js';
import type { Guess } from '../../guessing/guess.js';
import { SignInGuard } from '../../guessing/sign-in-guard.js';
import type { Visitor } from '../../sessions/session.entity.js';
import { Challenges } from '../challenges/challenges.js';
import { FactorChanges } from '../factor-changes.js';
import { FactorProofs } from '../factor-proofs.js';
import { FactorUnproved } from '../factors.errors.js';
import type { Reproof } from '../factors.schemas.js';
import { HeldFactors } from '../held-factors.js';
import { Passkey } from '../passkeys/passkey.entity.js';
import { challengeOf, PASSKEY_SECONDS, WebAuthn } from '../passkeys/webauthn.js';

type Person = Actor & { userId: string };

/** Proving again who one is by an authenticator app or a passkey, in place of the password. */
@Injectable()
export class FactorReauthentications implements OnModuleInit {
  constructor(
    private readonly methods: ReauthenticationMethods,
    private readonly reauthentications: Reauthentications,
    private readonly transactions: Transactions,
    private readonly changes: FactorChanges,
    private readonly held: HeldFactors,
    private readonly proofs: FactorProofs,
    private readonly challenges: Challenges,
    private readonly webauthn: WebAuthn,
    private readonly guard: SignInGuard,
  ) {}

  onModuleInit(): void {
    for (const name of ['totp', 'passkey'] as const)
      this.methods.register({
        name,
        held: async (em, account) => (await this.held.methods(em, account.id)).includes(name),
      });
  }

  /** What to ask a passkey of the person. @throws PasskeysUnavailable */
  async begin(who: Person): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const challenge = newToken();
    return this.transactions.run(async (em) => {
      const passkeys = await em.find(Passkey, { userId: who.userId, suspendedAt: null });
      const options = await this.webauthn.request(challenge, passkeys, 'required');
      await this.challenges.issue(em, {
        purpose: 'passkey_reauthentication',
        seconds: PASSKEY_SECONDS,
        userId: who.userId,
        sessionId: who.sessionId ?? null,
        token: challenge,
      });
      return options;
    });
  }

  /** @throws FactorUnproved, AttemptsLocked */
  async prove(who: Person, proof: Reproof, visitor: Visitor): Promise<Reauthenticated> {
    const guess = await this.guessOf(who, visitor);
    await this.guard.check(guess);
    const validUntil = await this.transactions.run(async (em) => {
      const account = await this.changes.lock(em, who);
      if (await this.accept(em, who, account, proof)) {
        await this.guard.succeeded(em, guess);
        return this.reauthentications.confirm(em, who, proof.method);
      }
      await this.guard.failed(em, guess);
      return null;
    });
    // Thrown after the commit: what was counted and used up must stand.
    if (!validUntil) throw new FactorUnproved();
    return { validUntil: validUntil.toISOString() };
  }

  private async accept(em: EntityManager, who: Person, account: Account, proof: Reproof): Promise<boolean> {
    const passkeyChallenge =
      proof.method === 'passkey' ? await this.asked(em, who, challengeOf(proof.credential)) : null;
    return this.proofs.accept(em, { account, actor: who, passkeyChallenge, verified: true }, proof);
  }

  /** The challenge, used up, when it was made for this session. */
  private async asked(em: EntityManager, who: Person, token: string): Promise<string | null> {
    const challenge = await this.challenges.take(em, 'passkey_reauthentication', token);
    return challenge?.userId === who.userId && challenge.sessionId === (who.sessionId ?? null) ? token : null;
  }

  /** Counted for the session, so that who holds a stolen one cannot try many codes and cannot lock the owner out. */
  private async guessOf(who: Person, visitor: Visitor): Promise<Guess> {
    const account = await this.transactions.reader().findOneOrFail(Account, who.userId);
    return { kind: 'confirmation', emailKey: account.emailKey, visitor, sessionId: who.sessionId };
  }
}
