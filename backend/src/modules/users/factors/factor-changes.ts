import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { type Actor, Grants } from '#platform/access/index.js';
import { afterCommit, type EntityManager } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Account } from '../accounts/account.entity.js';
import { Reauthentications } from '../accounts/reauthentications/reauthentications.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { Challenges } from './challenges/challenges.js';
import { HeldFactors } from './held-factors.js';
import { RECOVERY_CODES, RecoveryCodes } from './recovery-codes/recovery-codes.js';

/** What every change of a person's second factors brings with it, whichever factor it is. */
@Injectable()
export class FactorChanges {
  constructor(
    private readonly events: EventLog,
    private readonly held: HeldFactors,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly challenges: Challenges,
    private readonly sessions: SessionsService,
    private readonly grants: Grants,
    private readonly reauthentications: Reauthentications,
  ) {}

  /** Locks a person's account, so that changes of their factors take turns. @throws NotFound when it is gone */
  async lock(em: EntityManager, actor: Actor): Promise<Account> {
    const account = await em.findOne(Account, actor.userId ?? '', { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!account) throw new NotFound('This account does not exist any more.');
    return account;
  }

  /**
   * The same, for what guards the account.
   *
   * @throws NotFound; ReauthenticationRequired when the person proved who they are too long ago
   */
  async guarded(em: EntityManager, actor: Actor & { userId: string }): Promise<Account> {
    const account = await this.lock(em, actor);
    await this.reauthentications.require(em, actor, account);
    return account;
  }

  /**
   * After a factor was added. With the first one come recovery codes, and every other session ends: from then on each
   * session of the person has passed a second factor.
   *
   * @param first whether the person had none before
   * @returns the recovery codes that were made, or null
   */
  async added(em: EntityManager, actor: Actor & { userId: string }, first: boolean): Promise<string[] | null> {
    this.forgetGrants(em, actor.userId);
    if (!first) return null;
    await this.challenges.discardAll(em, actor.userId);
    await this.sessions.endAll(em, actor.userId, 'factor_added', actor, actor.sessionId);
    return this.newCodes(em, actor);
  }

  /** After a factor was removed: recovery codes go with the last one. */
  async removed(em: EntityManager, actor: Actor & { userId: string }): Promise<void> {
    this.forgetGrants(em, actor.userId);
    await this.challenges.discardAll(em, actor.userId);
    if (!(await this.held.any(em, actor.userId))) await this.recoveryCodes.remove(em, actor.userId);
  }

  /** Gives the person new recovery codes and says so. */
  async newCodes(em: EntityManager, actor: Actor & { userId: string }): Promise<string[]> {
    const codes = await this.recoveryCodes.replace(em, actor.userId);
    this.events.record(em, 'recovery_codes.replaced', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: actor.userId },
      subjectId: actor.userId,
      actor,
      data: { codes: RECOVERY_CODES },
    });
    return codes;
  }

  private forgetGrants(em: EntityManager, userId: string): void {
    // Workspaces that ask for a second factor let the person in, or do not any more.
    afterCommit(em, { userId }, () => this.grants.invalidate(userId));
  }
}
