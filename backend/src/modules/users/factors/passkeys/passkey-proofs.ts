import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import type { Account } from '../../accounts/account.entity.js';
import { FactorMails } from '../factor-mails.js';
import { Passkey } from './passkey.entity.js';
import type { Assertion } from './passkeys.schemas.js';
import { WebAuthn } from './webauthn.js';

/** What the answer of a passkey is held against. */
export interface Expected {
  challenge: string;
  /** Whether the authenticator must have verified the person itself. */
  verified: boolean;
}

/** Checks what passkeys signed, and notes their use. */
@Injectable()
export class PasskeyProofs {
  constructor(
    private readonly events: EventLog,
    private readonly webauthn: WebAuthn,
    private readonly mails: FactorMails,
  ) {}

  /**
   * Checks an answer inside the caller's transaction, which commits whatever it comes to: a passkey whose counter went
   * backwards is suspended, and its owner is told.
   *
   * @returns true when it proves that a passkey of this account answered this challenge
   */
  async accept(
    em: EntityManager,
    account: Account,
    given: Assertion,
    expected: Expected,
    actor: Actor,
  ): Promise<boolean> {
    const of = { credentialId: given.id, userId: account.id };
    const passkey = await em.findOne(Passkey, of, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!passkey || passkey.suspendedAt) return false;
    const proof = await this.webauthn.proof(given, passkey, expected.challenge, expected.verified);
    if (!proof) return false;
    if (passkey.use(proof.counter)) return true;
    this.events.record(em, 'passkey.suspended', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: account.id },
      subjectId: passkey.id,
      actor,
      data: { userId: account.id, name: passkey.name },
    });
    await this.mails.changed(em, account, { what: 'passkey_suspended', name: passkey.name });
    return false;
  }
}
