import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { type EntityManager, Transactions, uniqueViolation } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import type { Account } from '../accounts/account.entity.js';
import { FactorChanges } from '../factors/factor-changes.js';
import { FactorMails } from '../factors/factor-mails.js';
import { SignInMethods } from '../factors/sign-in-methods.js';
import { IdentityLimit, IdentityTaken } from './identities.errors.js';
import type { IdentityShown, NewIdentity } from './identities.schemas.js';
import { Identity } from './identity.entity.js';
import { Journeys } from './journeys/journeys.js';
import type { ExternalIdentity } from './providers/provider.js';
import { SignInProviders } from './providers/sign-in-providers.js';

type Person = Actor & { userId: string };

const MOST = 10;

/** A person's identities at other issuers: linked by the person alone, while signed in, and unlinked. */
@Injectable()
export class IdentitiesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly providers: SignInProviders,
    private readonly journeys: Journeys,
    private readonly changes: FactorChanges,
    private readonly methods: SignInMethods,
    private readonly mails: FactorMails,
  ) {}

  /** The caller's identities, the oldest first. */
  async list({ userId }: Person): Promise<{ items: IdentityShown[] }> {
    const found = await this.transactions.reader().find(Identity, { userId }, { orderBy: { createdAt: 1, id: 1 } });
    return { items: found.map((identity) => this.shown(identity)) };
  }

  /**
   * Where to send the browser of somebody who wants to link an identity.
   *
   * @throws UnknownProvider, IssuerUnavailable, IdentityLimit, ReauthenticationRequired
   */
  async begin(who: Person, provider: string, browser: string): Promise<{ url: string; expiresAt: string }> {
    await this.transactions.run(async (em) => {
      await this.changes.guarded(em, who);
      await this.below(em, who.userId);
    });
    return this.journeys.begin({ provider, browser, linkFor: sessionOf(who) });
  }

  /**
   * Links the identity that a journey of this session brought.
   *
   * @throws UnknownProvider, JourneyOver, IdentityRefused, IssuerUnavailable, IdentityTaken, IdentityLimit
   */
  async link(who: Person, { provider, response }: NewIdentity, browser: string | undefined): Promise<IdentityShown> {
    const { external } = await this.journeys.end({ provider, response, browser, linkFor: sessionOf(who) });
    return this.transactions.run(async (em) => {
      const account = await this.changes.lock(em, who);
      await this.below(em, account.id);
      const identity = await this.attach(em, account, provider, external, who);
      await this.mails.changed(em, account, { what: 'identity_linked', name: this.providers.nameOf(provider) });
      return this.shown(identity);
    });
  }

  /** Links an identity inside the caller's transaction, and says so. @throws IdentityTaken */
  async attach(
    em: EntityManager,
    account: Account,
    provider: string,
    external: ExternalIdentity,
    actor: Actor,
  ): Promise<Identity> {
    const identity = Identity.of(account.id, provider, external);
    try {
      await em.persist(identity).flush();
    } catch (error) {
      throw uniqueViolation(error) === 'identity_issuer_subject'
        ? new IdentityTaken(this.providers.nameOf(provider))
        : error;
    }
    this.record(em, 'identity.linked', identity, actor);
    return identity;
  }

  /** @throws NotFound, LastSignInMethod, ReauthenticationRequired */
  async unlink(who: Person, id: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const account = await this.changes.guarded(em, who);
      const identity = await em.findOne(Identity, { id, userId: account.id });
      if (!identity) throw new NotFound('You have no such linked account.');
      await em.remove(identity).flush();
      await this.methods.requireOne(em, account);
      this.record(em, 'identity.unlinked', identity, who);
      const name = this.providers.nameOf(identity.provider);
      await this.mails.changed(em, account, { what: 'identity_unlinked', name });
    });
  }

  private async below(em: EntityManager, userId: string): Promise<void> {
    if ((await em.count(Identity, { userId })) >= MOST) throw new IdentityLimit(MOST);
  }

  private shown({ id, provider, email, createdAt, lastUsedAt }: Identity): IdentityShown {
    return {
      id,
      provider,
      providerName: this.providers.nameOf(provider),
      available: this.providers.all().some((one) => one.id === provider),
      email,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    };
  }

  private record(
    em: EntityManager,
    type: 'identity.linked' | 'identity.unlinked',
    { id, userId, provider }: Identity,
    actor: Actor,
  ): void {
    this.events.record(em, type, {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: userId },
      subjectId: id,
      actor,
      data: { userId, provider },
    });
  }
}

function sessionOf({ userId, sessionId }: Person): { userId: string; sessionId: string | null } {
  return { userId, sessionId: sessionId ?? null };
}
