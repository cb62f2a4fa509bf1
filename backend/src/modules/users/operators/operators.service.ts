import { LockMode } from '@mikro-orm/core';
import { Injectable, Optional } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { type EntityManager, isoTime, Reads, Transactions } from '#platform/database/index.js';
import { Forbidden, NotFound } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { WorkspaceSigns } from '#platform/workspace-signs/index.js';
import { Account } from '../accounts/account.entity.js';
import { Reauthentications } from '../accounts/reauthentications/reauthentications.service.js';
import { lockOperators, othersOperate } from './all-operators.js';
import { OperatorMails } from './operator-mails.js';
import { CannotOperate, OnlyOperator } from './operators.errors.js';
import type { OperatorShown, WorkspaceHealth } from './operators.schemas.js';

const OPERATORS = `
  select u.id as "userId", u.name, u.email,
         exists (select from second_factor_held h where h.user_id = u.id) as "secondFactor",
         ${isoTime('(select max(s.last_used_at) from session s where s.user_id = u.id)')} as "lastUsedAt"
    from user_account u where u.operator and ($1::uuid is null or u.id = $1) order by u.created_at, u.id`;

const LIST: SortedList = {
  name: 'instance-workspaces',
  sorts: { createdAt: { sql: 'w.created_at', type: 'timestamptz' }, name: { sql: 'w.name', type: 'text' } },
  id: { sql: 'w.id', type: 'uuid' },
};
// Counted for the workspaces of one page only; the last event is the end of an index.
const HEALTH = `w.id, w.name, w.suspension, ${isoTime('w.created_at')} as "createdAt",
  (select count(*)::int from membership m where m.workspace_id = w.id) as members,
  (select count(*)::int from membership m where m.workspace_id = w.id and m.suspended_at is not null) as "suspendedMembers",
  (select count(*)::int from job j where j.workspace_id = w.id and j.state = 'parked') as "parkedJobs",
  ${isoTime('(select e.occurred_at from event e where e.workspace_id = w.id order by e.position desc limit 1)')} as "lastActivityAt"`;

type Person = Actor & { userId: string };

/** Who runs the instance. What operators do is recorded in the system workspace. */
@Injectable()
export class OperatorsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly events: EventLog,
    private readonly reauthentications: Reauthentications,
    private readonly cursor: Cursor,
    private readonly mails: OperatorMails,
    @Optional() private readonly signs?: WorkspaceSigns,
  ) {}

  /** The operators, the oldest account first. */
  async list(): Promise<{ items: OperatorShown[] }> {
    return { items: await this.reads.all<OperatorShown>('users.operators', OPERATORS, [null]) };
  }

  /** @throws NotFound, CannotOperate, ReauthenticationRequired */
  async add(who: Person, email: { key: string }): Promise<OperatorShown> {
    const userId = await this.transactions.run(async (em) => {
      const operators = await this.requireOperator(em, who);
      const account = await em.findOne(Account, { emailKey: email.key }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!account) throw new NotFound('Nobody has an account with this address.');
      if (account.eraseAt) throw new CannotOperate('This person deleted their account.');
      if (!account.emailVerifiedAt) throw new CannotOperate('This person has not confirmed their address yet.');
      if (!account.operator) {
        account.becomeOperator();
        this.record(em, 'operator.added', account.id, who);
        await this.tell(em, 'added', account, who, operators);
      }
      return account.id;
    });
    const [shown] = await this.reads.all<OperatorShown>('users.operators', OPERATORS, [userId]);
    if (!shown) throw new NotFound('This person is no operator any more.');
    return shown;
  }

  /** @throws NotFound, OnlyOperator, ReauthenticationRequired */
  async remove(who: Person, userId: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const operators = await this.requireOperator(em, who);
      const account = await em.findOne(Account, { id: userId, operator: true });
      if (!account) throw new NotFound('This person is no operator.');
      if (!(await othersOperate(em, userId))) throw new OnlyOperator();
      account.ceaseToOperate();
      this.record(em, 'operator.removed', userId, who);
      await this.tell(em, 'removed', account, who, operators);
    });
  }

  /** A page of all workspaces, with how they fare. */
  async health(listQuery: ListQuery): Promise<Page<WorkspaceHealth>> {
    const seek = this.cursor.seek(LIST, listQuery, 1);
    const rows = await this.reads.adHoc<WorkspaceHealth & { _key: string[] }>(
      `select ${HEALTH}, ${seek.key} from workspace w where ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      [...seek.values],
    );
    const signs = await this.signs?.of(rows.map(({ id }) => id));
    return this.cursor.page(
      LIST,
      listQuery,
      rows.map((row) => ({ ...row, signs: signs?.get(row.id) ?? {} })),
    );
  }

  /**
   * Locks all operators in one order, so that two who unmake each other at once cannot both find the other one staying.
   *
   * @returns their ids
   */
  private async requireOperator(em: EntityManager, who: Person): Promise<string[]> {
    const operators = await lockOperators(em);
    if (!operators.includes(who.userId)) throw new Forbidden('You are no operator any more.');
    await this.reauthentications.require(em, who, await em.findOneOrFail(Account, who.userId));
    return operators;
  }

  private async tell(
    em: EntityManager,
    what: 'added' | 'removed',
    person: Account,
    who: Person,
    operators: readonly string[],
  ): Promise<void> {
    const ids = operators.filter((id) => id !== person.id);
    const others = await em.find(Account, { id: { $in: ids }, erasing: false }, { orderBy: { id: 1 } });
    const by = await em.findOneOrFail(Account, who.userId);
    await this.mails.changed(em, { what, person, by, others });
  }

  private record(
    em: EntityManager,
    type: 'operator.added' | 'operator.removed',
    subjectId: string,
    actor: Actor,
  ): void {
    this.events.record(em, type, { workspaceId: SYSTEM_WORKSPACE, subjectId, actor, data: {} });
  }
}
