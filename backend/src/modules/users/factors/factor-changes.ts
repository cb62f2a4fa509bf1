import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { type Actor, Grants } from '#platform/access/index.js';
import { afterCommit, type EntityManager, query } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Account } from '../accounts/account.entity.js';
import { Reauthentications } from '../accounts/reauthentications/reauthentications.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { Challenges } from './challenges/challenges.js';
import { HeldFactors } from './held-factors.js';
import { RECOVERY_CODES, RecoveryCodes } from './recovery-codes/recovery-codes.js';

const AUTHENTICATOR = `delete from totp_factor where user_id = $1 returning confirmed_at is not null as counted`;
const PASSKEYS = `delete from passkey where user_id = $1 returning id, name`;

/** What a person had who has no second factor any more. */
export interface RemovedFactors {
  totp: boolean;
  passkeys: number;
  /** Those that were still good. */
  recoveryCodes: number;
}

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
  async removed(em: EntityManager, { userId }: { userId: string }): Promise<void> {
    this.forgetGrants(em, userId);
    await this.challenges.discardAll(em, userId);
    if (!(await this.held.any(em, userId))) await this.recoveryCodes.remove(em, userId);
  }

  /**
   * Takes every second factor of a person away, whoever does it, inside the caller's transaction, which holds the lock of
   * the person's account.
   */
  async removeAll(em: EntityManager, userId: string, actor: Actor): Promise<RemovedFactors> {
    const about = { workspaceId: SYSTEM_WORKSPACE, scope: { kind: 'user', id: userId }, actor } as const;
    const recoveryCodes = await this.recoveryCodes.left(em, userId);
    const [app] = await query<{ counted: boolean }>(em, AUTHENTICATOR, [userId]);
    if (app?.counted) this.events.record(em, 'totp.disabled', { ...about, subjectId: userId, data: {} });
    const passkeys = await query<{ id: string; name: string }>(em, PASSKEYS, [userId]);
    for (const { id: subjectId, name } of passkeys)
      this.events.record(em, 'passkey.removed', { ...about, subjectId, data: { userId, name } });
    await this.removed(em, { userId });
    return { totp: app?.counted ?? false, passkeys: passkeys.length, recoveryCodes };
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
