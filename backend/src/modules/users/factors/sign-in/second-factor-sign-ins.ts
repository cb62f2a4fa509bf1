import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { Account } from '../../accounts/account.entity.js';
import type { Guess } from '../../guessing/guess.js';
import { SignInGuard } from '../../guessing/sign-in-guard.js';
import { personAs } from '../../sessions/actors.js';
import type { SessionMethod, Visitor } from '../../sessions/session.entity.js';
import { type Grant, SessionsService } from '../../sessions/sessions.service.js';
import { Challenges } from '../challenges/challenges.js';
import { FactorProofs } from '../factor-proofs.js';
import { ChallengeOver, FactorRefused } from '../factors.errors.js';
import type { FactorProof, SecondStep } from '../factors.schemas.js';

/** Wrong proofs that one challenge bears; then the first factor is asked for again. */
const ATTEMPTS = 5;

/** The second step of a sign-in. */
@Injectable()
export class SecondFactorSignIns {
  constructor(
    private readonly transactions: Transactions,
    private readonly challenges: Challenges,
    private readonly proofs: FactorProofs,
    private readonly guard: SignInGuard,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Completes a sign-in by a second factor.
   *
   * @throws ChallengeOver, FactorRefused, AttemptsLocked
   */
  async complete({ challenge, proof }: SecondStep, visitor: Visitor): Promise<Grant> {
    const account = await this.accountOf(challenge);
    const guess: Guess = { kind: 'second_factor', emailKey: account.emailKey, visitor };
    // A signature cannot be guessed: who guessed codes for somebody keeps nobody from using a passkey.
    const guessed = proof.method !== 'passkey';
    if (guessed) await this.guard.check(guess);
    const outcome = await this.transactions.run(async (em) => {
      const checked = await this.check(em, account.id, { challenge, proof }, visitor);
      if (guessed && checked === 'refused') await this.guard.failed(em, guess);
      if (guessed && typeof checked === 'object') await this.guard.succeeded(em, guess);
      return checked;
    });
    // Thrown after the commit: the count of attempts and what was used up must stand.
    if (outcome === 'over') throw new ChallengeOver();
    if (outcome === 'refused') throw new FactorRefused();
    return outcome;
  }

  private async check(
    em: EntityManager,
    userId: string,
    { challenge: token, proof }: { challenge: string; proof: FactorProof },
    visitor: Visitor,
  ): Promise<Grant | 'over' | 'refused'> {
    const account = await em.findOne(Account, userId, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const challenge = await this.challenges.attempt(em, 'second_factor', token, ATTEMPTS);
    if (!account?.maySignIn || challenge?.userId !== account.id) return 'over';
    const { method, passkeyChallenge } = challenge.data as { method: SessionMethod; passkeyChallenge: string | null };
    const asked = { account, actor: personAs(account.id, visitor), passkeyChallenge };
    const accepted = await this.proofs.accept(em, asked, proof);
    // What a passkey signs is asked once.
    if (accepted || proof.method === 'passkey') await this.challenges.discard(em, token);
    return accepted ? this.sessions.start(em, account, method, visitor, proof.method) : 'refused';
  }

  /** @throws ChallengeOver */
  private async accountOf(challenge: string): Promise<Account> {
    const em = this.transactions.reader();
    const userId = await this.challenges.ownerOf(em, 'second_factor', challenge);
    const account = userId && (await em.findOne(Account, userId));
    if (!account) throw new ChallengeOver();
    return account;
  }
}
