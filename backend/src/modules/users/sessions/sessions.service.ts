import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { afterCommit, type EntityManager, query, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Account } from '../accounts/account.entity.js';
import { KeptAccounts } from '../accounts/deletions/kept-accounts.js';
import { Passwords } from '../accounts/passwords.js';
import type { SecondFactorRequired } from '../factors/factors.schemas.js';
import type { FactorMethod } from '../factors/held-factors.js';
import { SecondFactorStep } from '../factors/sign-in/second-factor-step.js';
import type { Guess } from '../guessing/guess.js';
import { SignInGuard } from '../guessing/sign-in-guard.js';
import { UsersConfig } from '../users.config.js';
import { NOBODY, personAs, strangerAs } from './actors.js';
import { KnownDevices } from './known-devices.js';
import { LiveSessions } from './live-sessions.js';
import { RefreshTokens } from './refresh-tokens.js';
import { Session, type SessionEnd, type SessionLife, type SessionMethod, type Visitor } from './session.entity.js';
import { EmailUnverified, InvalidCredentials, SessionOver } from './sessions.errors.js';
import type { SignIn } from './sessions.schemas.js';

const DAY_MS = 86_400_000;
/** What a person's sessions leave behind is removed at a later sign-in; the log keeps what happened. */
export const FORGET_OLD = `
  delete from session where user_id = $1 and least(ended_at, expires_at) < now() - interval '90 days'`;

/** A session with the token that renews it next. */
export interface Grant {
  session: Session;
  account: Account;
  refreshToken: string;
  /** What the browser is to be remembered by, when the session was just started in one. */
  browserId?: string | undefined;
}

/** What proving a first factor comes to: a session, or the question for a second one. */
export type Entry = Grant | SecondFactorRequired;

/** Starts, renews and ends sessions. */
@Injectable()
export class SessionsService {
  private readonly life: SessionLife;

  constructor(
    config: UsersConfig,
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly passwords: Passwords,
    private readonly guard: SignInGuard,
    private readonly refreshTokens: RefreshTokens,
    private readonly live: LiveSessions,
    private readonly devices: KnownDevices,
    private readonly kept: KeptAccounts,
    private readonly secondFactor: SecondFactorStep,
  ) {
    this.life = { totalMs: config.sessionDays * DAY_MS, idleMs: config.sessionIdleDays * DAY_MS };
  }

  /**
   * Signs a person in. An unknown address costs the same work as a wrong password and gets the same answer.
   *
   * @returns a session, or what a person with a second factor has to prove first
   * @throws InvalidCredentials, EmailUnverified, AttemptsLocked
   */
  async signIn({ email, password }: SignIn, visitor: Visitor): Promise<Entry> {
    const guess: Guess = { kind: 'password', emailKey: email.key, visitor };
    await this.guard.check(guess);
    const known = await this.transactions.reader().findOne(Account, { emailKey: email.key });
    const matches = await this.matches(known, password, guess);
    if (!known) return this.refuse(null, 'unknown', guess);
    if (!matches) return this.refuse(known, 'password', guess);
    if (!known.maySignIn) return this.refuse(known, 'unverified', guess);
    const upgraded = this.passwords.outdated(known.passwordHash ?? '') ? await this.passwords.hash(password) : null;
    const entry = await this.transactions.run(async (em) => {
      const account = await em.findOneOrFail(Account, known.id, { lockMode: LockMode.PESSIMISTIC_WRITE });
      // The password may have been reset while the old one was being checked.
      if (account.passwordHash !== known.passwordHash) return null;
      if (upgraded) account.passwordHash = upgraded;
      await this.guard.succeeded(em, guess);
      return this.enter(em, account, 'password', visitor);
    });
    return entry ?? this.refuse(known, 'password', guess);
  }

  /** Lets a person in who proved a first factor: starts a session, or asks for the second factor of one who has it. */
  async enter(em: EntityManager, account: Account, method: SessionMethod, visitor: Visitor): Promise<Entry> {
    return (await this.secondFactor.ask(em, account, method)) ?? this.start(em, account, method, visitor);
  }

  /**
   * Starts a session inside the caller's transaction.
   *
   * @param factor the second factor that was proved, if one was
   */
  async start(
    em: EntityManager,
    account: Account,
    method: SessionMethod,
    visitor: Visitor,
    factor?: FactorMethod,
  ): Promise<Grant> {
    await this.kept.signedIn(em, account, visitor);
    const session = Session.start(account.id, method, visitor, this.life);
    await query(em, FORGET_OLD, [account.id]);
    await em.persist(session).flush();
    const refreshToken = await this.refreshTokens.begin(em, session.id);
    this.events.record(em, 'session.started', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: account.id },
      subjectId: session.id,
      actor: personAs(account.id, visitor, session.id),
      data: { userId: account.id, method, factor },
    });
    const browserId = await this.devices.meet(em, account, session, visitor);
    return { session, account, refreshToken, browserId };
  }

  /**
   * Renews a session by its refresh token, which a new one replaces. A token that was replaced more than ten seconds ago is
   * taken for stolen: the whole session ends, for the thief and for the person.
   *
   * @throws SessionOver
   */
  async renew(refreshToken: string, visitor: Visitor): Promise<Grant> {
    const grant = await this.transactions.run(async (em): Promise<Grant | null> => {
      const id = await this.refreshTokens.sessionOf(em, refreshToken);
      const session = id && (await em.findOne(Session, id, { lockMode: LockMode.PESSIMISTIC_WRITE }));
      if (!session || session.endedAt) return null;
      const actor = personAs(session.userId, visitor, session.id);
      if (session.runOut()) return this.over(em, session, 'expired', actor);
      const rotation = await this.refreshTokens.rotate(em, session.id, refreshToken);
      if (rotation.outcome === 'reused') return this.over(em, session, 'reuse', actor);
      if (rotation.outcome === 'rotated') session.use(this.life, new Date(), visitor.address);
      const account = await em.findOneOrFail(Account, session.userId);
      return { session, account, refreshToken: rotation.token };
    });
    // Thrown after the commit: the end of the session must stand.
    if (!grant) throw new SessionOver();
    return grant;
  }

  /** Ends the session that the actor is signed in with. */
  async signOut(actor: Actor): Promise<void> {
    await this.transactions.run(async (em) => {
      const session = await em.findOne(Session, actor.sessionId ?? NOBODY, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (session && !session.endedAt) this.end(em, session, 'logout', actor);
    });
  }

  /**
   * Ends every session of a person inside the caller's transaction, but for one that is to stay; and every sign-in that is
   * half done.
   *
   * @returns those that were not over before
   */
  async endAll(em: EntityManager, userId: string, reason: SessionEnd, actor: Actor, keep?: string): Promise<Session[]> {
    const open = await em.find(
      Session,
      { userId, endedAt: null },
      { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 1 } },
    );
    const [over, live] = [open.filter((session) => session.runOut()), open.filter((session) => !session.runOut())];
    for (const session of over) this.end(em, session, 'expired', actor);
    const ended = live.filter(({ id }) => id !== keep);
    for (const session of ended) this.end(em, session, reason, actor);
    await this.secondFactor.callOff(em, userId);
    return ended;
  }

  /** Ends one session inside the caller's transaction, and says so once. The caller holds its row. */
  end(em: EntityManager, session: Session, reason: SessionEnd, actor: Actor): void {
    if (!session.end(reason)) return;
    this.events.record(em, 'session.ended', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: session.userId },
      subjectId: session.id,
      actor,
      data: { userId: session.userId, reason },
    });
    afterCommit(em, session, () => this.live.forget(session.id));
  }

  private over(em: EntityManager, session: Session, reason: SessionEnd, actor: Actor): null {
    this.end(em, session, reason, actor);
    return null;
  }

  private async refuse(
    account: Account | null,
    reason: 'password' | 'unknown' | 'unverified',
    guess: Guess,
  ): Promise<never> {
    await this.transactions.run(async (em) => {
      // Who knows the password did not guess it.
      await (reason === 'unverified' ? this.guard.succeeded(em, guess) : this.guard.failed(em, guess));
      this.events.record(em, 'session.refused', {
        workspaceId: SYSTEM_WORKSPACE,
        subjectId: account?.id ?? NOBODY,
        actor: strangerAs(guess.visitor),
        data: { reason },
      });
    });
    throw reason === 'unverified' ? new EmailUnverified() : new InvalidCredentials();
  }

  private async matches(known: Account | null, password: string, guess: Guess): Promise<boolean> {
    try {
      return await this.passwords.matches(known?.passwordHash ?? null, password);
    } catch (error) {
      // Nothing was compared: too many others wait.
      await this.guard.withdraw(guess);
      throw error;
    }
  }
}
