import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { afterCommit, type EntityManager, query, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { LiveKeys } from '../../api-keys/live-keys.js';
import { OnlyOperator } from '../../operators/operators.errors.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { Account } from '../account.entity.js';
import { AccountsConfig } from '../accounts.config.js';
import { Reauthentications } from '../reauthentications/reauthentications.service.js';
import { DeletionMails } from './deletion-mails.js';
import { lockOperators, othersOperate } from '../../operators/all-operators.js';
import { LastOwnerOf } from './deletions.errors.js';
import type { DeletionPlan, DeletionScheduled } from './deletions.schemas.js';
import { lockOwners, membershipsOf, type WorkspaceOfPerson } from './memberships-of.js';

const DAY_MS = 86_400_000;
const REVOKE_KEYS = `
  update api_key set revoked_at = now(), revoked_by = $1 where user_id = $1 and revoked_at is null
  returning id, workspace_id as "workspaceId", name, hash, previous_hash as previous`;

type Person = Actor & { userId: string };

interface RevokedKey {
  id: string;
  workspaceId: string;
  name: string;
  hash: Buffer;
  previous: Buffer | null;
}

/** Lets people delete their account: it is closed at once and erased after some days, in which signing in keeps it. */
@Enqueues('users.erase_account')
@Injectable()
export class DeletionsService {
  constructor(
    private readonly config: AccountsConfig,
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    private readonly reauthentications: Reauthentications,
    private readonly sessions: SessionsService,
    private readonly keys: LiveKeys,
    private readonly mails: DeletionMails,
  ) {}

  /** What it would do, and what stands in its way. */
  async plan(who: Person): Promise<DeletionPlan> {
    const em = this.transactions.reader();
    const account = await em.findOneOrFail(Account, who.userId);
    const { deletionDays: graceDays } = this.config;
    const lastOperator = await onlyOperator(em, account);
    return { graceDays, ...sorted(await membershipsOf(em, who.userId)), lastOperator };
  }

  /**
   * Closes the account: sessions end, API keys are revoked, alerts stop; the erasure is a job of a later day.
   *
   * @throws ReauthenticationRequired, LastOwnerOf, OnlyOperator
   */
  async schedule(who: Person): Promise<DeletionScheduled> {
    return this.transactions.run(async (em) => {
      const account = await em.findOneOrFail(Account, who.userId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      await this.reauthentications.require(em, who, account);
      if (account.operator) await lockOperators(em);
      if (await onlyOperator(em, account)) throw new OnlyOperator();
      await lockOwners(em, account.id);
      const { ownerless, erased } = sorted(await membershipsOf(em, account.id));
      if (ownerless.length > 0) throw new LastOwnerOf(ownerless);
      const eraseAt = new Date(Date.now() + this.config.deletionDays * DAY_MS);
      account.scheduleErasure(eraseAt);
      this.events.record(em, 'user.deletion_scheduled', {
        workspaceId: SYSTEM_WORKSPACE,
        scope: { kind: 'user', id: account.id },
        subjectId: account.id,
        actor: who,
        data: { eraseAt: eraseAt.toISOString() },
      });
      await this.sessions.endAll(em, account.id, 'deletion', who);
      await this.revokeKeys(em, who);
      await this.mails.scheduled(
        em,
        account,
        eraseAt,
        erased.map(({ name }) => name),
      );
      await this.jobs.enqueue(em, {
        queue: 'users',
        name: 'erase_account',
        key: `${account.id}:${eraseAt.getTime()}`,
        payload: { userId: account.id, eraseAt: eraseAt.toISOString() },
        runAt: eraseAt,
      });
      return { eraseAt: eraseAt.toISOString() };
    });
  }

  private async revokeKeys(em: EntityManager, who: Person): Promise<void> {
    const values = [who.userId];
    const revoked = await query<RevokedKey>(em, REVOKE_KEYS, values);
    for (const { id: subjectId, workspaceId, name } of revoked)
      this.events.record(em, 'api_key.revoked', { workspaceId, subjectId, actor: who, data: { name } });
    afterCommit(em, this, () => revoked.forEach(({ hash, previous }) => this.keys.forget(hash, previous)));
  }
}

async function onlyOperator(em: EntityManager, account: Account): Promise<boolean> {
  return account.operator && !(await othersOperate(em, account.id));
}

function sorted(workspaces: readonly WorkspaceOfPerson[]): Pick<DeletionPlan, 'erased' | 'left' | 'ownerless'> {
  const named = (some: readonly WorkspaceOfPerson[]) => some.map(({ id, name }) => ({ id, name }));
  const shared = workspaces.filter(({ others }) => others > 0);
  return {
    erased: named(workspaces.filter(({ others }) => others === 0)),
    left: named(shared.filter(({ onlyOwner }) => !onlyOwner)),
    ownerless: named(shared.filter(({ onlyOwner }) => onlyOwner)),
  };
}
