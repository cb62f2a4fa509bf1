import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { type EntityManager, query, Transactions } from '#platform/database/index.js';
import { Unauthenticated } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import type { Guess } from '../../guessing/guess.js';
import { SignInGuard } from '../../guessing/sign-in-guard.js';
import type { Visitor } from '../../sessions/session.entity.js';
import { Account } from '../account.entity.js';
import { AccountsConfig } from '../accounts.config.js';
import { Passwords } from '../passwords.js';
import { ReauthenticationMethods } from './reauthentication-methods.js';
import { ReauthenticationRequired, WrongPassword } from './reauthentications.errors.js';
import type { Reauthenticated } from './reauthentications.schemas.js';

const OPEN = `id = $1 and user_id = $2 and ended_at is null`;
const CONFIRM = `
  update session set reauthenticated_at = clock_timestamp() where ${OPEN}
  returning reauthenticated_at + make_interval(mins => $3) as until`;
const RECENT = `
  select coalesce(reauthenticated_at, created_at) > now() - make_interval(mins => $3) as recent from session where ${OPEN}`;

type Person = Actor & { userId: string };

/**
 * Whether the person at the device is the one who signed in: asked before what guards the account changes, so that neither
 * a stolen token nor an unwatched screen is enough. A sign-in counts, and so does a later proof, for some minutes.
 */
@Injectable()
export class Reauthentications {
  constructor(
    private readonly config: AccountsConfig,
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly passwords: Passwords,
    private readonly guard: SignInGuard,
    private readonly methods: ReauthenticationMethods,
  ) {}

  /** @throws WrongPassword, AttemptsLocked */
  async byPassword(who: Person, password: string, visitor: Visitor): Promise<Reauthenticated> {
    await this.requirePassword(who, password, visitor);
    const validUntil = await this.transactions.run((em) => this.confirm(em, who, 'password'));
    return { validUntil: validUntil.toISOString() };
  }

  /**
   * Notes, inside the caller's transaction, that the person proved who they are.
   *
   * @param by the name of the method
   * @returns until when that holds
   * @throws Unauthenticated when the session ended meanwhile
   */
  async confirm(em: EntityManager, who: Person, by: string): Promise<Date> {
    const minutes = this.config.reauthenticationMinutes;
    const [row] = await query<{ until: string | Date }>(em, CONFIRM, [who.sessionId ?? null, who.userId, minutes]);
    if (!row) throw new Unauthenticated('This session is over: sign in again.');
    this.record(em, 'session.reauthenticated', who, by);
    return new Date(row.until);
  }

  /**
   * Asked inside the transaction that changes what guards the account.
   *
   * @throws ReauthenticationRequired when the person proved who they are too long ago; it names the ways they have
   */
  async require(em: EntityManager, who: Person, account: Account): Promise<void> {
    const minutes = this.config.reauthenticationMinutes;
    const [row] = await query<{ recent: boolean }>(em, RECENT, [who.sessionId ?? null, who.userId, minutes]);
    if (!row?.recent) throw new ReauthenticationRequired(await this.methods.of(em, account));
  }

  /**
   * Checks the present password of a signed-in person. Wrong ones are counted for the session, so that who holds a stolen
   * one cannot try many, and cannot lock the owner out.
   *
   * @param path the field that holds it
   * @returns the hash that it was compared with
   * @throws WrongPassword, AttemptsLocked
   */
  async requirePassword(who: Person, password: string, visitor: Visitor, path?: string): Promise<string> {
    const account = await this.transactions.reader().findOneOrFail(Account, who.userId);
    const guess: Guess = { kind: 'confirmation', emailKey: account.emailKey, visitor, sessionId: who.sessionId };
    await this.guard.check(guess);
    const matches = await this.matches(account, password, guess);
    await this.transactions.run(async (em) => {
      if (matches) return this.guard.succeeded(em, guess);
      await this.guard.failed(em, guess);
      this.record(em, 'session.reauthentication_refused', who, 'password');
    });
    if (!matches || account.passwordHash === null) throw new WrongPassword(path);
    return account.passwordHash;
  }

  private async matches(account: Account, password: string, guess: Guess): Promise<boolean> {
    try {
      return await this.passwords.matches(account.passwordHash, password);
    } catch (error) {
      // Nothing was compared: too many others wait.
      await this.guard.withdraw(guess);
      throw error;
    }
  }

  private record(
    em: EntityManager,
    type: 'session.reauthenticated' | 'session.reauthentication_refused',
    who: Person,
    by: string,
  ): void {
    this.events.record(em, type, {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: who.userId },
      subjectId: who.sessionId ?? who.userId,
      actor: who,
      data: { userId: who.userId, by },
    });
  }
}
