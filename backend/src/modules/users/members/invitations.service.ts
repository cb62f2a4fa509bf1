import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { invitationFields } from '#contract/filter/index.js';
import {
  type Actor,
  AlreadyMember,
  type Member,
  MembershipApi,
  WorkspaceReadOnly,
  WorkspaceSuspended,
} from '#platform/access/index.js';
import { type EntityManager, isoTime, query, Reads, Transactions } from '#platform/database/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog } from '#platform/event-log/index.js';
import {
  Cursor,
  type ListQuery,
  type Page,
  RateLimits,
  type RatePolicy,
  type SortedList,
} from '#platform/http/index.js';
import { Quotas } from '#platform/quotas/index.js';
import { Account } from '../accounts/account.entity.js';
import { EmailVerificationsService } from '../accounts/email-verifications.service.js';
import { newToken, tokenHash } from '../accounts/tokens.js';
import { Invitation } from './invitation.entity.js';
import { InvitationMails } from './invitation-mails.js';
import { InvitationClosed } from './members.errors.js';
import type { InvitationShown, Joined, NewInvitation, Offer } from './members.schemas.js';
import { MEMBERS } from './seats.js';
import { chosenRole, requireRightsOver, requireStill, toldRole } from '../roles/role-rights.js';

const LIST: SortedList = {
  name: 'invitations',
  sorts: { createdAt: { sql: 'i.created_at', type: 'timestamptz' }, email: { sql: 'i.email_key', type: 'text' } },
  id: { sql: 'i.id', type: 'uuid' },
};

/** How often one person may invite one address, over all workspaces: nobody's mailbox is filled by invitations. */
const INVITING: RatePolicy = { name: 'invitation', limit: 5, windowSeconds: 3600 };

const SHOWN = `i.id, i.email, i.role, i.role_id as "roleId", i.invited_by as "invitedBy", ${isoTime('i.created_at')} as "createdAt",
  ${isoTime('i.expires_at')} as "expiresAt", i.expires_at <= now() as expired`;

/** Invitations to workspaces, from the mail to the membership. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly events: EventLog,
    private readonly memberships: MembershipApi,
    private readonly verifications: EmailVerificationsService,
    private readonly mails: InvitationMails,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
    private readonly quotas: Quotas,
    private readonly limits: RateLimits,
  ) {}

  /** A page of the invitations that nobody has used or taken back. @throws FilterRefused */
  async list(who: Member, query: ListQuery): Promise<Page<InvitationShown>> {
    const filter = filterCondition(query.filter, invitationFields, await this.contexts.context(who), 3);
    const seek = this.cursor.seek(LIST, query, 3 + filter.params.length);
    const rows = await this.reads.adHoc<InvitationShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key}
       from invitation i join access_grant g on g.workspace_id = i.workspace_id and g.principal_id = $1
       where i.workspace_id = $2 and i.accepted_at is null and i.revoked_at is null and ${filter.text} and ${seek.condition}
       order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, ...filter.params, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  /**
   * Invites an address, or invites it again: then the earlier link stops working.
   *
   * @throws OwnersOnly, BeyondOwnPermissions, NoSuchRole, AlreadyMember, QuotaExceeded, TooManyRequests
   */
  async invite(who: Member & { userId: string }, { email, ...choice }: NewInvitation): Promise<InvitationShown> {
    await this.limits.spend(INVITING, tokenHash(`${who.userId} ${email.key}`).toString('base64url'));
    const token = newToken();
    return this.transactions.run(async (em) => {
      // One invitation at a time in a workspace: an address has at most one that is open.
      const [workspace] = await query<{ name: string }>(
        em,
        `select name from workspace where id = $1 for no key update`,
        [who.workspaceId],
      );
      if (!workspace) throw new NotFound('There is no such workspace.');
      const now = await requireStill(em, who, 'members:write');
      const offered = await chosenRole(em, who.workspaceId, choice);
      await requireRightsOver(em, now, offered);
      const open = { workspaceId: who.workspaceId, emailKey: email.key, acceptedAt: null, revokedAt: null };
      // Waits for whoever is just accepting it or taking it back: a link to what is over would be of no use.
      const earlier = await em.findOne(Invitation, open, { lockMode: LockMode.PESSIMISTIC_WRITE });
      await this.refuseMember(em, who.workspaceId, email.key);
      if (earlier) await requireRightsOver(em, now, earlier);
      if (!earlier?.holdsSeat()) await this.quotas.take(em, who.workspaceId, MEMBERS);
      const invitation = earlier ?? Invitation.to(who.workspaceId, email);
      invitation.offer(offered, tokenHash(token), who.userId);
      await em.persist(invitation).flush();
      this.record(em, 'invitation.created', invitation, who);
      await this.mails.invitation(em, invitation, { token, workspace: workspace.name, inviterId: who.userId });
      return shown(invitation);
    });
  }

  /** @throws NotFound, InvitationClosed */
  async revoke(who: Member, invitationId: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const now = await requireStill(em, who, 'members:write');
      const where = { id: invitationId, workspaceId: who.workspaceId };
      const invitation = await em.findOne(Invitation, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!invitation) throw new NotFound('There is no such invitation.');
      await requireRightsOver(em, now, invitation);
      invitation.revoke();
      this.record(em, 'invitation.revoked', invitation, who);
    });
  }

  /** What an open invitation offers. @throws InvitationClosed */
  async preview(token: string): Promise<Offer> {
    const row = await this.reads.one<Offer>(
      'users.invitation.offer',
      `select w.name as "workspaceName", i.email, i.role, u.name as "invitedBy",
              exists (select from user_account a where a.email_key = i.email_key) as "hasAccount"
       from invitation i
       join workspace w on w.id = i.workspace_id
       left join user_account u on u.id = i.invited_by
       where i.token_hash = $1 and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()`,
      [tokenHash(token)],
    );
    if (!row) throw new InvitationClosed();
    return row;
  }

  /**
   * Accepts an invitation for a person who is signed in.
   *
   * @throws InvitationClosed, OtherAddress, AlreadyMember, WorkspaceReadOnly, WorkspaceSuspended, QuotaExceeded when the plan
   *   shrank since the invitation
   */
  async accept(actor: Actor, token: string): Promise<Joined> {
    return this.transactions.run(async (em) => {
      const invitation = await this.claim(em, token);
      const account = await em.findOneOrFail(Account, actor.userId ?? '', { lockMode: LockMode.PESSIMISTIC_WRITE });
      return this.join(em, invitation, account, actor);
    });
  }

  /** Locks the invitation of a token, so that of several people who hold it one goes first. @throws InvitationClosed */
  async claim(em: EntityManager, token: string): Promise<Invitation> {
    const invitation = await em.findOne(
      Invitation,
      { tokenHash: tokenHash(token) },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    if (!invitation) throw new InvitationClosed();
    invitation.requireOpen();
    return invitation;
  }

  /** Makes the person a member by a claimed invitation. Holding its link confirms the address it was mailed to. */
  async join(em: EntityManager, invitation: Invitation, account: Account, actor: Actor): Promise<Joined> {
    const { workspaceId, role, roleId } = invitation;
    invitation.accept(account);
    await this.requireOpen(em, workspaceId);
    await this.quotas.redeem(em, workspaceId, MEMBERS);
    await this.memberships.add(em, { workspaceId, userId: account.id, role, roleId });
    this.verifications.confirm(em, account, { address: actor.address, requestId: actor.requestId });
    this.events.record(em, 'invitation.accepted', {
      workspaceId,
      subjectId: invitation.id,
      actor,
      data: { ...toldRole(invitation), userId: account.id },
    });
    this.events.record(em, 'member.added', { workspaceId, subjectId: account.id, actor, data: toldRole(invitation) });
    return { workspaceId, role };
  }

  /** Nobody joins a workspace that operators closed, or made read-only; the invitation stays as it is. */
  private async requireOpen(em: EntityManager, workspaceId: string): Promise<void> {
    const text = 'select suspension, suspension_reason as reason from workspace where id = $1 for key share';
    const [found] = await query<{ suspension: string | null; reason: string | null }>(em, text, [workspaceId]);
    if (found?.suspension === 'read_only') throw new WorkspaceReadOnly();
    if (found?.suspension) throw new WorkspaceSuspended(found.reason);
  }

  private async refuseMember(em: EntityManager, workspaceId: string, emailKey: string): Promise<void> {
    const found = await query(
      em,
      `select from membership m join user_account u on u.id = m.user_id where m.workspace_id = $1 and u.email_key = $2`,
      [workspaceId, emailKey],
    );
    if (found.length > 0) throw new AlreadyMember('This person belongs to the workspace already.');
  }

  private record(
    em: EntityManager,
    type: 'invitation.created' | 'invitation.revoked',
    invitation: Invitation,
    actor: Actor,
  ): void {
    const { id: subjectId, workspaceId } = invitation;
    this.events.record(em, type, { workspaceId, subjectId, actor, data: toldRole(invitation) });
  }
}

function shown(invitation: Invitation): InvitationShown {
  const { id, email, role, roleId, invitedBy, createdAt, expiresAt } = invitation;
  const times = { createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
  return { id, email, role, roleId, invitedBy, ...times, expired: expiresAt <= new Date() };
}
