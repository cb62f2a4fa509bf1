import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { Grants, type Member } from '#platform/access/index.js';
import { afterCommit, type EntityManager, query, Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { expectVersion } from '#platform/http/index.js';
import { LiveKeys } from '../api-keys/live-keys.js';
import { chosenRole, requireRightsOver, requireStill, RESUMED, SUSPENDED } from '../roles/role-rights.js';
import type { RoleChoice } from '../roles/roles.schemas.js';
import { type AccountRole, ServiceAccount } from './service-account.entity.js';
import { NoSuchServiceAccount, ServiceAccountNameTaken, TooManyServiceAccounts } from './service-accounts.errors.js';
import { ServiceAccountQueries } from './service-accounts.queries.js';
import type { NewServiceAccount, ServiceAccountEdit, ServiceAccountShown } from './service-accounts.schemas.js';

/** Service accounts that a workspace may have. */
const MOST = 100;

const LOCK_WORKSPACE = 'select from workspace where id = $1 for no key update';
const OTHERS = `
  select count(*)::int as count, count(*) filter (where lower(name) = lower($2))::int as named
    from service_account where workspace_id = $1 and id <> $3`;
const LIVE_KEYS = `
  select id, name, hash, previous_hash as previous from api_key
   where service_account_id = $1 and revoked_at is null order by id for update`;

type Person = Member & { userId: string };

/** Service accounts of a workspace. Nobody makes, changes or removes one that may do more than they do. */
@Injectable()
export class ServiceAccountsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly queries: ServiceAccountQueries,
    private readonly events: EventLog,
    private readonly grants: Grants,
    private readonly live: LiveKeys,
  ) {}

  /** @throws NoSuchRole, BeyondOwnPermissions, ServiceAccountNameTaken, TooManyServiceAccounts */
  async create(who: Person, { name, description, ...choice }: NewServiceAccount): Promise<ServiceAccountShown> {
    const id = await this.transactions.run(async (em) => {
      const now = await requireStill(em, who, 'service_accounts:write');
      const role = await roleFor(em, now, choice);
      const made = ServiceAccount.make(who.workspaceId, who.userId, { name, description, ...role });
      await this.requireFree(em, made);
      em.persist(made);
      this.events.record(em, 'service_account.created', { ...about(made, who), data: made.told() });
      return made.id;
    });
    return this.queries.one(who, id);
  }

  /**
   * Changes what it is called, or what its keys may do, within a second.
   *
   * @throws NoSuchServiceAccount, NoSuchRole, BeyondOwnPermissions, ServiceAccountNameTaken, PreconditionFailed
   */
  async change(who: Person, id: string, wanted: ServiceAccountEdit, ifMatch?: string): Promise<ServiceAccountShown> {
    await this.transactions.run(async (em) => {
      const { account, now } = await this.lock(em, who, id);
      expectVersion(ifMatch, account.version);
      const before = account.told();
      const { name, description, ...choice } = wanted;
      const chosen = choice.role !== undefined || choice.roleId !== undefined;
      const role = chosen ? await roleFor(em, now, choice) : account.held();
      if (!account.change({ name, description, ...role })) return;
      if (account.name !== before.name) await this.requireFree(em, account);
      this.events.record(em, 'service_account.updated', {
        ...about(account, who),
        data: { before, after: account.told() },
      });
      this.forget(em);
    });
    return this.queries.one(who, id);
  }

  /** Closes the workspace to it, or opens it again; its keys stay. @throws NoSuchServiceAccount, BeyondOwnPermissions */
  async suspend(who: Person, id: string, suspended: boolean): Promise<ServiceAccountShown> {
    await this.transactions.run(async (em) => {
      const { account } = await this.lock(em, who, id);
      if (!account.suspend(suspended)) return;
      const [told, { name }] = [about(account, who), account];
      if (suspended) this.events.record(em, 'service_account.suspended', { ...told, data: { name, ...SUSPENDED } });
      else this.events.record(em, 'service_account.resumed', { ...told, data: { name, ...RESUMED } });
      this.forget(em);
    });
    return this.queries.one(who, id);
  }

  /** Removes it; its keys are refused everywhere within a second. @throws NoSuchServiceAccount, BeyondOwnPermissions */
  async remove(who: Person, id: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const { account } = await this.lock(em, who, id);
      const keys = await query<{ id: string; name: string; hash: Buffer; previous: Buffer | null }>(em, LIVE_KEYS, [
        id,
      ]);
      for (const { id: subjectId, name } of keys) {
        const data = { name, because: 'service_account_deleted' } as const;
        this.events.record(em, 'api_key.revoked', { workspaceId: who.workspaceId, subjectId, actor: who, data });
      }
      em.remove(account);
      this.events.record(em, 'service_account.deleted', { ...about(account, who), data: account.told() });
      this.forget(em, ...keys.flatMap(({ hash, previous }) => [hash, previous]));
    });
  }

  /** Locks one that the caller may look after: who holds all that it may do. @returns it, and who asks as they are now */
  private async lock(em: EntityManager, who: Person, id: string): Promise<{ account: ServiceAccount; now: Member }> {
    const now = await requireStill(em, who, 'service_accounts:write');
    const where = { id, workspaceId: who.workspaceId };
    const account = await em.findOne(ServiceAccount, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!account) throw new NoSuchServiceAccount();
    await requireRightsOver(em, now, account.held());
    return { account, now };
  }

  private async requireFree(em: EntityManager, { id, workspaceId, name }: ServiceAccount): Promise<void> {
    await query(em, LOCK_WORKSPACE, [workspaceId]);
    const [others] = await query<{ count: number; named: number }>(em, OTHERS, [workspaceId, name, id]);
    if (others && others.named > 0) throw new ServiceAccountNameTaken(name);
    if (others && others.count >= MOST) throw new TooManyServiceAccounts(MOST);
  }

  private forget(em: EntityManager, ...hashes: (Buffer | null)[]): void {
    afterCommit(em, {}, () => {
      this.grants.invalidate();
      this.live.forget(...hashes);
    });
  }
}

/** The role that is chosen for a service account, all of which the caller holds. */
async function roleFor(em: EntityManager, now: Member, choice: RoleChoice): Promise<AccountRole> {
  const held = await chosenRole(em, now.workspaceId, choice);
  await requireRightsOver(em, now, held);
  return held as AccountRole;
}

function about({ id: subjectId, workspaceId }: ServiceAccount, actor: Person) {
  return { workspaceId, subjectId, actor };
}
