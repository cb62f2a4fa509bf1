import { Injectable } from '@nestjs/common';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { Actor } from '#platform/access/index.js';
import { type EntityManager, Transactions, uniqueViolation } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { newToken } from '../../accounts/tokens.js';
import { Challenges } from '../challenges/challenges.js';
import { FactorChanges } from '../factor-changes.js';
import { FactorMails } from '../factor-mails.js';
import { PasskeyKnown, PasskeyLimit, PasskeyUnverified } from '../factors.errors.js';
import { HeldFactors } from '../held-factors.js';
import { SignInMethods } from '../sign-in-methods.js';
import { Passkey } from './passkey.entity.js';
import type { NewPasskey, PasskeyShown } from './passkeys.schemas.js';
import { challengeOf, PASSKEY_SECONDS, WebAuthn } from './webauthn.js';

type Person = Actor & { userId: string };

const MOST = 20;

/** A person's passkeys: added, named, removed. */
@Injectable()
export class PasskeysService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly webauthn: WebAuthn,
    private readonly challenges: Challenges,
    private readonly held: HeldFactors,
    private readonly methods: SignInMethods,
    private readonly changes: FactorChanges,
    private readonly mails: FactorMails,
  ) {}

  /** What to ask the browser for a new passkey. @throws PasskeyLimit, PasskeysUnavailable, ReauthenticationRequired */
  async invite(actor: Person): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const challenge = newToken();
    return this.transactions.run(async (em) => {
      const account = await this.changes.guarded(em, actor);
      const known = await this.below(em, account.id);
      const options = await this.webauthn.registration(account, known, challenge);
      await this.challenges.issue(em, {
        purpose: 'passkey_registration',
        seconds: PASSKEY_SECONDS,
        userId: account.id,
        sessionId: actor.sessionId ?? null,
        token: challenge,
      });
      return options;
    });
  }

  /**
   * Adds what the browser made.
   *
   * @returns the passkey, and the recovery codes that come with the first factor, or null
   * @throws PasskeyUnverified, PasskeyKnown, PasskeyLimit
   */
  async add(actor: Person, { name, credential }: NewPasskey) {
    const made = await this.verified(actor, credential);
    return this.transactions.run(async (em) => {
      const account = await this.changes.lock(em, actor);
      await this.below(em, account.id);
      const first = !(await this.held.any(em, account.id));
      const passkey = Passkey.of(account.id, name, made);
      try {
        await em.persist(passkey).flush();
      } catch (error) {
        throw uniqueViolation(error) === 'passkey_credential_id' ? new PasskeyKnown() : error;
      }
      this.record(em, 'passkey.added', passkey, actor, { name, synced: passkey.synced });
      await this.mails.changed(em, account, { what: 'passkey_added', name });
      return { passkey: shownPasskey(passkey), recoveryCodes: await this.changes.added(em, actor, first) };
    });
  }

  /** @throws NotFound */
  async rename(actor: Person, passkeyId: string, name: string): Promise<PasskeyShown> {
    return this.transactions.run(async (em) => {
      await this.changes.lock(em, actor);
      const passkey = await this.own(em, actor, passkeyId);
      const before = passkey.name;
      if (passkey.rename(name)) this.record(em, 'passkey.renamed', passkey, actor, { before, after: name });
      return shownPasskey(passkey);
    });
  }

  /** @throws NotFound, LastSignInMethod, ReauthenticationRequired */
  async remove(actor: Person, passkeyId: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const account = await this.changes.guarded(em, actor);
      const passkey = await this.own(em, actor, passkeyId);
      await em.remove(passkey).flush();
      await this.methods.requireOne(em, account);
      this.record(em, 'passkey.removed', passkey, actor, { name: passkey.name });
      await this.mails.changed(em, account, { what: 'passkey_removed', name: passkey.name });
      await this.changes.removed(em, actor);
    });
  }

  /** Uses the challenge up before anything is checked, so that it works once whatever the answer is worth. */
  private async verified(actor: Person, credential: NewPasskey['credential']) {
    const token = challengeOf(credential);
    const challenge = await this.transactions.run((em) => this.challenges.take(em, 'passkey_registration', token));
    const own = challenge?.userId === actor.userId && challenge.sessionId === (actor.sessionId ?? null);
    const made = own ? await this.webauthn.newCredential(credential, token) : null;
    if (!made) throw new PasskeyUnverified();
    return made;
  }

  private async below(em: EntityManager, userId: string): Promise<Passkey[]> {
    const known = await em.find(Passkey, { userId });
    if (known.length >= MOST) throw new PasskeyLimit(MOST);
    return known;
  }

  private async own(em: EntityManager, actor: Person, id: string): Promise<Passkey> {
    const passkey = await em.findOne(Passkey, { id, userId: actor.userId });
    if (!passkey) throw new NotFound('You have no such passkey.');
    return passkey;
  }

  private record<T extends 'passkey.added' | 'passkey.renamed' | 'passkey.removed'>(
    em: EntityManager,
    type: T,
    passkey: Passkey,
    actor: Person,
    data: object,
  ): void {
    this.events.record(em, type, {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: actor.userId },
      subjectId: passkey.id,
      actor,
      data: { userId: actor.userId, ...data } as never,
    });
  }
}

/** What a person sees of a passkey. */
export function shownPasskey({ id, name, synced, suspendedAt, createdAt, lastUsedAt }: Passkey): PasskeyShown {
  return {
    id,
    name,
    synced,
    suspended: suspendedAt !== null,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
