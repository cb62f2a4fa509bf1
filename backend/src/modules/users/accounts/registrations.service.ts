import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { type EntityManager, Transactions, uniqueViolation } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { InvitationsService } from '../members/invitations.service.js';
import { OtherAddress } from '../members/members.errors.js';
import { personAs } from '../sessions/actors.js';
import type { Visitor } from '../sessions/session.entity.js';
import { type Grant, SessionsService } from '../sessions/sessions.service.js';
import { SetupCode } from '../setup/setup-code.js';
import { UsersConfig } from '../users.config.js';
import { WorkspacesService } from '../workspaces/workspaces.service.js';
import { Account, type Profile } from './account.entity.js';
import { AccountMails } from './account-mails.js';
import { EmailTaken, RegistrationClosed, SetupRequired } from './accounts.errors.js';
import type { Registration } from './accounts.schemas.js';
import { OneTimeTokens } from './one-time-tokens.js';
import { Passwords } from './passwords.js';
import type { SignUp } from './sign-up.job.js';
import { tokenHash } from './tokens.js';

/** Signs people up: the first owner by the setup code, others by invitation, or anybody where that is allowed. */
@Enqueues('users.sign_up')
@Injectable()
export class RegistrationsService {
  constructor(
    private readonly config: UsersConfig,
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    private readonly passwords: Passwords,
    private readonly setupCode: SetupCode,
    private readonly workspaces: WorkspacesService,
    private readonly invitations: InvitationsService,
    private readonly sessions: SessionsService,
    private readonly mails: AccountMails,
    private readonly tokens: OneTimeTokens,
  ) {}

  /**
   * Signs somebody up.
   *
   * @returns the session of the first owner or of an invited person, who are signed in at once; null when a confirmation
   *   link will be mailed, which is also the answer for an address that has an account (its owner gets a mail that says so)
   * @throws SetupCodeRefused, SetupRequired, RegistrationClosed, InvitationClosed, OtherAddress, EmailTaken
   */
  async register(wanted: Registration, visitor: Visitor): Promise<Grant | null> {
    // Refused before the expensive hash: none of it depends on the address.
    if (!wanted.setupCode && !wanted.invitation) await this.requireOpen();
    const passwordHash = await this.passwords.hash(wanted.password);
    if (wanted.setupCode) return this.firstOwner(wanted, wanted.setupCode, passwordHash, visitor);
    if (wanted.invitation) return this.invited(wanted, wanted.invitation, passwordHash, visitor);
    return this.anybody(wanted, passwordHash, visitor);
  }

  private async firstOwner(wanted: Registration, code: string, passwordHash: string, visitor: Visitor): Promise<Grant> {
    const grant = await this.transactions.run(async (em) => {
      const account = accountOf(wanted, passwordHash);
      await this.setupCode.consume(em, code, account.id);
      account.becomeOperator();
      await this.add(em, account, visitor);
      await this.workspaces.open(
        em,
        personAs(account.id, visitor),
        wanted.workspaceName ?? `${account.name}'s workspace`,
      );
      await this.mails.verification(em, account);
      return this.sessions.start(em, account, 'registration', visitor);
    });
    await this.setupCode.forget();
    return grant;
  }

  private async invited(wanted: Registration, token: string, passwordHash: string, visitor: Visitor): Promise<Grant> {
    return this.transactions.run(async (em) => {
      const invitation = await this.invitations.claim(em, token);
      if (invitation.emailKey !== wanted.email.key) throw new OtherAddress();
      if (await em.findOne(Account, { emailKey: wanted.email.key })) throw new EmailTaken();
      const account = accountOf(wanted, passwordHash);
      await this.add(em, account, visitor);
      await this.invitations.join(em, invitation, account, personAs(account.id, visitor));
      return this.sessions.start(em, account, 'registration', visitor);
    });
  }

  /** Whether the address is known is found out by a job, so that the answer's time tells nothing. */
  private async anybody(wanted: Registration, passwordHash: string, visitor: Visitor): Promise<null> {
    const { email, name, locale, timeZone, currency } = wanted;
    const from = { address: visitor.address, requestId: visitor.requestId };
    const payload: SignUp = { email: { ...email }, name, locale, timeZone, currency, passwordHash, ...from };
    // While a sign-up of the address waits, another one is not taken: the first makes the account.
    const key = tokenHash(email.key).toString('base64url');
    await this.transactions.run((em) => this.jobs.enqueue(em, { queue: 'users', name: 'sign_up', payload, key }));
    return null;
  }

  /**
   * Opens the account of somebody who signed up where anybody may, or tells the owner of the address that there is one.
   *
   * @throws EmailTaken when somebody signed the same address up in between: the transaction is to be repeated
   */
  async admit(em: EntityManager, { passwordHash, address, requestId, ...wanted }: SignUp): Promise<void> {
    const visitor = { address, requestId };
    const where = { emailKey: wanted.email.key };
    const known = await em.findOne(Account, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (known?.maySignIn) return this.mails.alreadyRegistered(em, known);
    if (known) return this.doubt(em, known, visitor);
    const account = accountOf(wanted, passwordHash);
    await this.add(em, account, visitor);
    await this.mails.verification(em, account);
  }

  /**
   * An address was signed up again before it was confirmed, and nothing tells which of the two reads it. Neither password
   * counts and no link of before works: or a stranger who was first would know the password of the account that its owner
   * then confirms ("pre-hijacking", Sudhodanan and Paverd, USENIX Security 2022). Whoever reads the mail sets another one.
   */
  private async doubt(em: EntityManager, account: Account, visitor: Visitor): Promise<void> {
    account.clearPassword();
    await this.tokens.discard(em, 'verify_email', account.id);
    const mailed = await this.mails.signedUpAgain(em, account);
    this.events.record(em, 'user.password_reset_requested', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: account.id },
      subjectId: account.id,
      actor: personAs(account.id, visitor),
      data: { mailed },
    });
  }

  /**
   * Opens the account of somebody whose address another issuer vouches for, inside the caller's transaction. It has no
   * password.
   *
   * @param invitation the token of one to accept; without it registration must be open
   * @throws SetupRequired, RegistrationClosed, InvitationClosed, OtherAddress, EmailTaken
   */
  async vouchedFor(
    em: EntityManager,
    wanted: Pick<Registration, 'email' | 'name'>,
    invitation: string | undefined,
    visitor: Visitor,
  ): Promise<Account> {
    if (invitation === undefined) await this.requireOpen();
    const claimed = invitation === undefined ? null : await this.invitations.claim(em, invitation);
    if (claimed && claimed.emailKey !== wanted.email.key) throw new OtherAddress();
    const account = accountOf(wanted, null);
    await this.add(em, account, visitor);
    if (claimed) await this.invitations.join(em, claimed, account, personAs(account.id, visitor));
    return account;
  }

  private async add(em: EntityManager, account: Account, visitor: Visitor): Promise<void> {
    try {
      await em.persist(account).flush();
    } catch (error) {
      throw uniqueViolation(error) === 'user_account_email_key' ? new EmailTaken() : error;
    }
    this.events.record(em, 'user.registered', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: account.id },
      subjectId: account.id,
      actor: personAs(account.id, visitor),
      data: { operator: account.operator },
    });
  }

  /** Who may sign up now: nobody but the first owner (`setup`), invited people (`invite`), or anybody (`open`). */
  async policy(): Promise<'setup' | 'invite' | 'open'> {
    const owned = await this.setupCode.owned(this.transactions.reader());
    return owned ? this.config.registration : 'setup';
  }

  private async requireOpen(): Promise<void> {
    const policy = await this.policy();
    if (policy === 'setup') throw new SetupRequired();
    if (policy !== 'open') throw new RegistrationClosed();
  }
}

function accountOf(
  wanted: Pick<Registration, 'email' | 'name'> & Partial<Profile>,
  passwordHash: string | null,
): Account {
  const { email, name, locale, timeZone, currency } = wanted;
  const preferences = Object.entries({ locale, timeZone, currency }).filter(([, value]) => value !== undefined);
  return Account.open(email, passwordHash, { name, ...Object.fromEntries(preferences) });
}
