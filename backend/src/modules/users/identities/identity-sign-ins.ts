import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { DomainError } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Account } from '../accounts/account.entity.js';
import { EmailTaken } from '../accounts/accounts.errors.js';
import { shownName } from '../accounts/accounts.schemas.js';
import { type EmailAddress, EmailRefused, emailAddress } from '../accounts/email-address.js';
import { EmailVerificationsService } from '../accounts/email-verifications.service.js';
import { RegistrationsService } from '../accounts/registrations.service.js';
import { NOBODY, personAs, strangerAs } from '../sessions/actors.js';
import type { Visitor } from '../sessions/session.entity.js';
import { EmailUnverified } from '../sessions/sessions.errors.js';
import { type Entry, SessionsService } from '../sessions/sessions.service.js';
import { IdentitiesService } from './identities.service.js';
import { AddressUnverified, IdentityUnlinked } from './identities.errors.js';
import type { ProviderSignIn } from './identities.schemas.js';
import { Identity } from './identity.entity.js';
import { type Brought, Journeys } from './journeys/journeys.js';
import type { ExternalIdentity } from './providers/provider.js';
import { SignInProviders } from './providers/sign-in-providers.js';

/**
 * Signs people in whom another issuer vouches for. An identity that nobody linked never joins an account that exists, whatever
 * address it carries: only the account's owner links it. It opens a new account where one may be opened, when the issuer
 * says that the address is confirmed.
 */
@Injectable()
export class IdentitySignIns {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly providers: SignInProviders,
    private readonly journeys: Journeys,
    private readonly identities: IdentitiesService,
    private readonly registrations: RegistrationsService,
    private readonly verifications: EmailVerificationsService,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Completes a journey.
   *
   * @returns a session, or what a person with a second factor has to prove first
   * @throws UnknownProvider, JourneyOver, IdentityRefused, IssuerUnavailable, EmailUnverified, AddressUnverified,
   *   IdentityUnlinked, SetupRequired, RegistrationClosed, InvitationClosed, OtherAddress
   */
  async signIn({ provider, response }: ProviderSignIn, browser: string | undefined, visitor: Visitor): Promise<Entry> {
    try {
      const brought = await this.journeys.end({ provider, response, browser });
      return await this.transactions.run((em) => this.enter(em, provider, brought, visitor));
    } catch (error) {
      if (error instanceof DomainError) await this.recordRefusal(provider, error, visitor);
      throw error;
    }
  }

  private async enter(em: EntityManager, provider: string, brought: Brought, visitor: Visitor): Promise<Entry> {
    const { external } = brought;
    const { issuer, subject } = external;
    const identity = await em.findOne(Identity, { issuer, subject }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const account = identity
      ? await em.findOneOrFail(Account, identity.userId, { lockMode: LockMode.PESSIMISTIC_WRITE })
      : await this.newcomer(em, provider, brought, visitor);
    if (!account.maySignIn) throw new EmailUnverified();
    identity?.use(external);
    return this.sessions.enter(em, account, 'identity', visitor);
  }

  private async newcomer(
    em: EntityManager,
    provider: string,
    { external, invitation }: Brought,
    visitor: Visitor,
  ): Promise<Account> {
    const { name } = this.providers.get(provider);
    const email = external.emailVerified ? addressOf(external) : null;
    // First of all: who only says that an address is theirs learns nothing about it.
    if (!email) throw new AddressUnverified(name);
    if (await em.findOne(Account, { emailKey: email.key })) throw new IdentityUnlinked(name);
    const wanted = { email, name: nameOf(external, email) };
    try {
      const account = await this.registrations.vouchedFor(em, wanted, invitation, visitor);
      this.verifications.confirm(em, account, visitor);
      await this.identities.attach(em, account, provider, external, personAs(account.id, visitor));
      return account;
    } catch (error) {
      throw error instanceof EmailTaken ? new IdentityUnlinked(name) : error;
    }
  }

  private async recordRefusal(provider: string, { code }: DomainError, visitor: Visitor): Promise<void> {
    await this.transactions.run(async (em) => {
      this.events.record(em, 'identity.refused', {
        workspaceId: SYSTEM_WORKSPACE,
        subjectId: NOBODY,
        actor: strangerAs(visitor),
        data: { provider, reason: code },
      });
    });
  }
}

function addressOf({ email }: ExternalIdentity): EmailAddress | null {
  try {
    return email === null ? null : emailAddress(email);
  } catch (error) {
    if (error instanceof EmailRefused) return null;
    throw error;
  }
}

/** The name there, when people may see it here; else what stands before the @. */
function nameOf({ name }: ExternalIdentity, { address }: EmailAddress): string {
  const local = address.slice(0, address.lastIndexOf('@'));
  return shownName.safeParse(name).data ?? shownName.parse(local);
}
