import { Injectable } from '@nestjs/common';
import { type Member, MembershipApi, type Role } from '#platform/access/index.js';
import { isoTime, Reads, Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { OwnersOnly } from './members.errors.js';
import type { MemberShown } from './members.schemas.js';

const LIST: SortedList = {
  name: 'members',
  sorts: { joinedAt: { sql: 'm.created_at', type: 'timestamptz' }, name: { sql: 'u.name', type: 'text' } },
  id: { sql: 'u.id', type: 'uuid' },
};

const SHOWN = `u.id as "userId", u.name, u.email, m.role, ${isoTime('m.created_at')} as "joinedAt"`;
const VISIBLE = `
  membership m
  join user_account u on u.id = m.user_id
  join access_grant g on g.workspace_id = m.workspace_id and g.principal_id = $1
  where m.workspace_id = $2`;

/** The people of a workspace. */
@Injectable()
export class MembersService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly events: EventLog,
    private readonly memberships: MembershipApi,
    private readonly cursor: Cursor,
  ) {}

  /** A page of the members. */
  async list(who: Member, query: ListQuery): Promise<Page<MemberShown>> {
    const seek = this.cursor.seek(LIST, query, 3);
    const rows = await this.reads.adHoc<MemberShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key} from ${VISIBLE} and ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  /**
   * Gives a member another role.
   *
   * @throws NotFound, OwnersOnly, LastOwner
   */
  async changeRole(who: Member, userId: string, role: Role): Promise<MemberShown> {
    await this.transactions.run(async (em) => {
      const before = await this.memberships.changeRole(em, who.workspaceId, userId, role);
      requireOwnerFor(who, before, role);
      if (before === role) return;
      const { workspaceId } = who;
      this.events.record(em, 'member.role_changed', {
        workspaceId,
        subjectId: userId,
        actor: who,
        data: { before, after: role },
      });
    });
    return this.one(who, userId);
  }

  /**
   * Takes a member out of the workspace; the keys they made there stop working.
   *
   * @throws NotFound, OwnersOnly, LastOwner
   */
  async remove(who: Member, userId: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const role = await this.memberships.remove(em, who.workspaceId, userId);
      requireOwnerFor(who, role);
      this.events.record(em, 'member.removed', {
        workspaceId: who.workspaceId,
        subjectId: userId,
        actor: who,
        data: { role },
      });
    });
  }

  private async one(who: Member, userId: string): Promise<MemberShown> {
    const row = await this.reads.one<MemberShown>(
      'users.member',
      `select ${SHOWN} from ${VISIBLE} and m.user_id = $3`,
      [who.id, who.workspaceId, userId],
    );
    if (!row) throw new NotFound('This person is not a member of the workspace.');
    return row;
  }
}

/** What touches an owner is for owners. @throws OwnersOnly */
export function requireOwnerFor(who: Member, ...roles: Role[]): void {
  if (roles.includes('owner') && who.role !== 'owner') throw new OwnersOnly();
}
