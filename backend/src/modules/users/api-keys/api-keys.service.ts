import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Member, Permission } from '#platform/access/index.js';
import { afterCommit, type EntityManager, Transactions } from '#platform/database/index.js';
import { ValidationFailed } from '#platform/errors/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { expectVersion } from '#platform/http/index.js';
import { requireHeld, requireStill, rightsOf } from '../roles/role-rights.js';
import { ServiceAccount } from '../service-accounts/service-account.entity.js';
import { NoSuchServiceAccount } from '../service-accounts/service-accounts.errors.js';
import { ApiKey } from './api-key.entity.js';
import { KeyExpired, NoSuchApiKey, NotYourKey } from './api-keys.errors.js';
import { ApiKeyQueries } from './api-keys.queries.js';
import type { ApiKeyShown, KeyEdit, MadeKey, NewKeyWanted, NewRotation } from './api-keys.schemas.js';
import { newKeyText } from './key-text.js';
import { LiveKeys } from './live-keys.js';

/** What is said of scopes that somebody lacks. */
const OWN = { whole: 'A key can do no more than the person who makes it.', lacking: 'you do not hold' };
const OF_ACCOUNT = {
  whole: 'A key can do no more than the service account that it belongs to.',
  lacking: 'the role of this service account does not include',
};

type Person = Member & { userId: string };

/** Makes, changes, rotates and revokes API keys. Nobody gets more by a key than they may do themselves. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly transactions: Transactions,
    private readonly queries: ApiKeyQueries,
    private readonly events: EventLog,
    private readonly live: LiveKeys,
  ) {}

  /**
   * Makes a key, of the caller or of a service account. Its text is in this answer and nowhere else.
   *
   * @throws ValidationFailed when a scope is more than the caller may do, or the service account; NoSuchServiceAccount,
   *   BeyondOwnPermissions when the caller may not look after service accounts
   */
  async create(who: Person, { serviceAccountId: account, expiresAt, ...wanted }: NewKeyWanted): Promise<MadeKey> {
    const serviceAccountId = account ?? null;
    if (serviceAccountId !== null) requireHeld(who, ['service_accounts:write']);
    requireWithin(wanted.scopes, who.permissions, OWN);
    const { workspaceId, userId } = who;
    const text = newKeyText();
    const key = ApiKey.make(text, {
      ...wanted,
      ...{ workspaceId, serviceAccountId, issuedBy: userId },
      userId: serviceAccountId === null ? userId : null,
      expiresAt: timeOf(expiresAt),
    });
    await this.transactions.run(async (em) => {
      if (serviceAccountId !== null) await this.requireFits(em, who, serviceAccountId, wanted.scopes);
      em.persist(key);
      const { name, scopes, allowedAddresses } = key;
      const data = {
        ...{ name, scopes, expiresAt: key.expiresAt?.toISOString() ?? null },
        ...(allowedAddresses.length > 0 ? { allowedAddresses } : {}),
        ...(serviceAccountId === null ? {} : { serviceAccountId }),
      };
      this.events.record(em, 'api_key.created', { ...about(key, who), data });
    });
    return { ...(await this.queries.one(who, key.id)), key: text };
  }

  /**
   * Changes its name, or where it may be used from; felt everywhere within a second.
   *
   * @throws NoSuchApiKey, BeyondOwnPermissions when it may do what the caller may not, PreconditionFailed
   */
  async change(who: Person, keyId: string, wanted: KeyEdit, ifMatch?: string): Promise<ApiKeyShown> {
    await this.transactions.run(async (em) => {
      const key = await lock(em, who, keyId);
      await requireOver(em, who, key);
      expectVersion(ifMatch, key.version);
      const before = key.rules();
      if (!key.change(wanted)) return;
      this.events.record(em, 'api_key.updated', { ...about(key, who), data: { before, after: key.rules() } });
      this.forget(em, key.hash, key.previousHash);
    });
    return this.queries.one(who, keyId);
  }

  /**
   * Gives the key a new secret, which is in this answer and nowhere else. The present one works a while longer; the one before
   * it ends now.
   *
   * @throws NoSuchApiKey, NotYourKey, KeyExpired, BeyondOwnPermissions when it may do what the caller may not
   */
  async rotate(who: Person, keyId: string, { overlapSeconds, expiresAt }: NewRotation): Promise<MadeKey> {
    const text = newKeyText();
    await this.transactions.run(async (em) => {
      const key = await lock(em, who, keyId);
      if (key.serviceAccountId === null && key.userId !== who.userId) throw new NotYourKey();
      await requireOver(em, who, key);
      if (key.expired()) throw new KeyExpired();
      const ended = key.previousHash;
      const until = expiresAt === undefined ? undefined : timeOf(expiresAt);
      key.rotate(text, { overlapSeconds, expiresAt: until, issuedBy: who.userId });
      const data = {
        ...{ name: key.name, expiresAt: key.expiresAt?.toISOString() ?? null },
        previousUntil: overlapSeconds > 0 ? (key.previousExpiresAt?.toISOString() ?? null) : null,
      };
      this.events.record(em, 'api_key.rotated', { ...about(key, who), data });
      this.forget(em, ended, key.previousHash);
    });
    return { ...(await this.queries.one(who, keyId)), key: text };
  }

  /** Ends a key: it is refused everywhere within a second. @throws NoSuchApiKey */
  async revoke(who: Person, keyId: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const key = await lock(em, who, keyId);
      key.revoke(who.userId);
      this.events.record(em, 'api_key.revoked', { ...about(key, who), data: { name: key.name } });
      this.forget(em, key.hash, key.previousHash);
    });
  }

  /** A key of a service account stays within its role, which is locked until the key stands. */
  private async requireFits(em: EntityManager, who: Person, id: string, scopes: Permission[]): Promise<void> {
    await requireStill(em, who, 'api_keys:write', ['service_accounts:write', ...scopes]);
    const where = { id, workspaceId: who.workspaceId };
    const account = await em.findOne(ServiceAccount, where, { lockMode: LockMode.PESSIMISTIC_READ });
    if (!account) throw new NoSuchServiceAccount();
    requireWithin(scopes, await rightsOf(em, account.held()), OF_ACCOUNT);
  }

  private forget(em: EntityManager, ...hashes: (Buffer | null)[]): void {
    afterCommit(em, {}, () => this.live.forget(...hashes));
  }
}

/** @throws NoSuchApiKey, also for a revoked one */
async function lock(em: EntityManager, { workspaceId }: Member, id: string): Promise<ApiKey> {
  const key = await em.findOne(ApiKey, { id, workspaceId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!key || key.revokedAt !== null) throw new NoSuchApiKey();
  return key;
}

/** Who changes or rotates a key that is not their own holds all that it may do, and looks after service accounts when it is one's. */
async function requireOver(em: EntityManager, who: Person, key: ApiKey): Promise<void> {
  const { scopes, serviceAccountId, userId } = key;
  if (serviceAccountId === null) return userId === who.userId ? undefined : requireHeld(who, scopes);
  await requireStill(em, who, 'api_keys:write', ['service_accounts:write', ...scopes]);
}

/** @throws ValidationFailed that names each scope which is not held */
function requireWithin(scopes: Permission[], held: ReadonlySet<Permission>, { whole, lacking }: typeof OWN): void {
  const errors = scopes
    .map((scope, at) => ({ scope, path: `/body/scopes/${at}` }))
    .filter(({ scope }) => !held.has(scope))
    .map(({ scope, path }) => ({ path, message: `${lacking} ${scope}` }));
  if (errors.length > 0) throw new ValidationFailed(whole, { errors });
}

function about({ id: subjectId, workspaceId }: ApiKey, actor: Person) {
  return { workspaceId, subjectId, actor };
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
