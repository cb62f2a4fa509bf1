import { Injectable } from '@nestjs/common';
import {
  type Actor,
  CannotOwn,
  Grants,
  type HeldRole,
  MembershipApi,
  NotOwner,
  WorkspaceReadOnly,
} from '#platform/access/index.js';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { NotFound, ValidationFailed } from '#platform/errors/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Account } from '../accounts/account.entity.js';
import { Reauthentications } from '../accounts/reauthentications/reauthentications.service.js';
import { toldRole } from '../roles/role-rights.js';
import { OwnershipMails } from './ownership-mails.js';
import type { HandedOver } from './own-memberships.schemas.js';
import { Workspace } from './workspace.entity.js';

type Person = Actor & { userId: string };

/** What people do with their own part in a workspace: leave it, or hand it over. */
@Injectable()
export class OwnMembershipsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly memberships: MembershipApi,
    private readonly grants: Grants,
    private readonly reauthentications: Reauthentications,
    private readonly mails: OwnershipMails,
  ) {}

  /** @throws NotFound, LastOwner */
  async leave(who: Person, workspaceId: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const held = await this.memberships.remove(em, workspaceId, who.userId, who);
      const data = { ...toldRole(held), left: true };
      this.events.record(em, 'member.removed', { workspaceId, subjectId: who.userId, actor: who, data });
    });
  }

  /**
   * Makes another member the owner in place of the caller, who becomes an admin.
   *
   * @throws NotFound, NotOwner, CannotOwn, ValidationFailed, ReauthenticationRequired, MemberSuspended,
   *   WorkspaceSuspended, WorkspaceReadOnly, SecondFactorNeeded
   */
  async handOver(who: Person, workspaceId: string, userId: string): Promise<HandedOver> {
    const member = await this.grants.memberOf(who, workspaceId);
    if (!member) throw new NotFound('There is no such workspace, or you do not belong to it.');
    if (member.role !== 'owner') throw new NotOwner();
    if (member.readOnly) throw new WorkspaceReadOnly();
    if (userId === who.userId) {
      const errors = [{ path: '/body/userId', message: 'is you' }];
      throw new ValidationFailed('You own it already: name another member.', { errors });
    }
    await this.transactions.run(async (em) => {
      const owner = await em.findOneOrFail(Account, who.userId);
      await this.reauthentications.require(em, who, owner);
      const before = await this.memberships.handOver(em, workspaceId, who.userId, userId, who);
      const heir = await em.findOneOrFail(Account, userId);
      if (heir.eraseAt) throw new CannotOwn('This member deleted their account: choose somebody who stays.');
      const workspace = await em.findOneOrFail(Workspace, workspaceId);
      this.record(em, workspaceId, who, { userId, before });
      await this.mails.handedOver(em, workspace, owner, heir);
    });
    return { workspaceId, ownerId: userId, role: 'admin' };
  }

  private record(
    em: EntityManager,
    workspaceId: string,
    who: Person,
    heir: { userId: string; before: HeldRole },
  ): void {
    const about = { workspaceId, actor: who };
    const { userId, before } = heir;
    this.events.record(em, 'workspace.handed_over', { ...about, subjectId: workspaceId, data: { userId } });
    const roles = {
      before: before.role,
      after: 'owner',
      ...(before.roleId ? { beforeRoleId: before.roleId } : {}),
    } as const;
    this.events.record(em, 'member.role_changed', { ...about, subjectId: userId, data: roles });
    const stepped = { before: 'owner', after: 'admin' } as const;
    this.events.record(em, 'member.role_changed', { ...about, subjectId: who.userId, data: stepped });
  }
}
