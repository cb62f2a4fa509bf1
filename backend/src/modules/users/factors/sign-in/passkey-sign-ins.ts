import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { type EntityManager, query, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Account } from '../../accounts/account.entity.js';
import { newToken } from '../../accounts/tokens.js';
import { NOBODY, personAs, strangerAs } from '../../sessions/actors.js';
import type { Visitor } from '../../sessions/session.entity.js';
import { EmailUnverified } from '../../sessions/sessions.errors.js';
import { type Grant, SessionsService } from '../../sessions/sessions.service.js';
import { Challenges } from '../challenges/challenges.js';
import { PasskeyRefused } from '../factors.errors.js';
import { PasskeyProofs } from '../passkeys/passkey-proofs.js';
import type { Assertion } from '../passkeys/passkeys.schemas.js';
import { accountOf, challengeOf, PASSKEY_SECONDS, WebAuthn } from '../passkeys/webauthn.js';

type Refusal = 'unknown' | 'challenge' | 'proof';

/** Signs people in by a passkey alone, which says by itself whose it is and verifies its owner: two factors in one. */
@Injectable()
export class PasskeySignIns {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly challenges: Challenges,
    private readonly webauthn: WebAuthn,
    private readonly proofs: PasskeyProofs,
    private readonly sessions: SessionsService,
  ) {}

  /** What to ask the browser for. @throws PasskeysUnavailable */
  async begin(): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const challenge = newToken();
    const options = await this.webauthn.request(challenge, [], 'required');
    await this.transactions.run((em) =>
      this.challenges.issue(em, { purpose: 'passkey_sign_in', seconds: PASSKEY_SECONDS, token: challenge }),
    );
    return options;
  }

  /** @throws PasskeyRefused, EmailUnverified */
  async signIn(given: Assertion, visitor: Visitor): Promise<Grant> {
    const outcome = await this.transactions.run((em) => this.check(em, given, visitor));
    // Thrown after the commit: the challenge is used up, and a suspension stands.
    if (outcome === 'unverified') throw new EmailUnverified();
    if (outcome === 'refused') throw new PasskeyRefused();
    return outcome;
  }

  private async check(
    em: EntityManager,
    given: Assertion,
    visitor: Visitor,
  ): Promise<Grant | 'refused' | 'unverified'> {
    const challenge = challengeOf(given);
    if (!(await this.challenges.take(em, 'passkey_sign_in', challenge)))
      return this.refuse(em, null, 'challenge', visitor);
    const account = await this.owner(em, given);
    if (!account) return this.refuse(em, null, 'unknown', visitor);
    const actor = personAs(account.id, visitor);
    if (!(await this.proofs.accept(em, account, given, { challenge, verified: true }, actor)))
      return this.refuse(em, account.id, 'proof', visitor);
    return account.maySignIn ? this.sessions.start(em, account, 'passkey', visitor) : 'unverified';
  }

  /** The account of the passkey, locked; null unless the passkey itself names that account. */
  private async owner(em: EntityManager, given: Assertion): Promise<Account | null> {
    const [row] = await query<{ user_id: string }>(em, `select user_id from passkey where credential_id = $1`, [
      given.id,
    ]);
    if (!row || accountOf(given) !== row.user_id) return null;
    return em.findOne(Account, row.user_id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  private refuse(em: EntityManager, userId: string | null, reason: Refusal, visitor: Visitor): 'refused' {
    this.events.record(em, 'passkey.refused', {
      workspaceId: SYSTEM_WORKSPACE,
      subjectId: userId ?? NOBODY,
      actor: strangerAs(visitor),
      data: { reason },
    });
    return 'refused';
  }
}
