import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import {
  type Item,
  membersChangeRole,
  membersList,
  membersRemove,
  membersResume,
  membersSuspend,
  ownMembershipsHandOver,
  problemOf,
  Requests,
} from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace, Session } from '../../session';
import { Confirm, Paged, Toasts } from '../../ui';
import { roleBody } from '../role-catalogue';

export type Member = Item<typeof membersList> & { readonly id: string };

const withId = (member: Item<typeof membersList>): Member => ({ ...member, id: member.userId });

/** A text without a field is looked for in names and addresses. */
const asked = (text: string) =>
  /[:=<>]/.test(text) ? text : `name:${JSON.stringify(text)} or email:${JSON.stringify(text)}`;

/** The members of a workspace, and what is done with them. */
@Injectable()
export class MemberStore {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  private readonly session = inject(Session);
  private readonly workspaceId = inject(CurrentWorkspace).required();

  /** In the filter language. */
  readonly filter = signal('');
  readonly list = new Paged<Member>(async (cursor) => {
    const { items, nextCursor } = await this.requests.ask(membersList, {
      workspaceId: this.workspaceId,
      sort: 'name',
      limit: 100,
      ...(this.filter() && { filter: asked(this.filter()) }),
      ...(cursor !== undefined && { cursor }),
    });
    return { items: items.map(withId), nextCursor };
  });
  readonly wrongFilter = this.list.wrongFilter;

  constructor() {
    effect(() => {
      this.filter();
      untracked(() => void this.list.reload());
    });
    const again = () => void this.list.reload();
    inject(Live).watch({ workspaceId: this.workspaceId, filter: 'type:member.*' }, { event: again, reset: again });
  }

  /** Gives a member another role. @param role the name of a built-in one, or an id @throws Problem */
  async changeRole({ userId }: Member, role: string): Promise<void> {
    const member = await this.requests.ask(membersChangeRole, {
      workspaceId: this.workspaceId,
      userId,
      body: roleBody<'owner' | 'admin' | 'member' | 'viewer'>(role),
    });
    this.list.put(withId(member));
    if (userId === this.session.person()?.id) await this.session.refresh();
  }

  /** Closes the workspace to a member, or opens it again; shown at once, with a way back. */
  async suspend(member: Member): Promise<void> {
    const away = member.suspendedAt === null;
    this.list.put({ ...member, suspendedAt: away ? new Date().toISOString() : null });
    const { workspaceId } = this;
    const { userId } = member;
    try {
      const now = await this.requests.ask(away ? membersSuspend : membersResume, { workspaceId, userId });
      this.list.put(withId(now));
      const text = away
        ? $localize`${member.name}:member: is suspended`
        : $localize`${member.name}:member: is let in again`;
      this.toasts.undoable(text, () => this.suspend(withId(now)));
    } catch (error) {
      this.list.put(member);
      this.toasts.problem(problemOf(error));
    }
  }

  /** Makes a member the owner, and oneself an admin; the server asks for a fresh proof of who one is. */
  async handOver({ userId, name }: Member): Promise<void> {
    const sure = await this.confirm.ask({
      heading: $localize`Hand over to ${name}:member:?`,
      text: $localize`${name}:member: becomes an owner, and you an admin. Only an owner can give it back. Both of you get a mail.`,
      action: $localize`Hand over`,
      bad: true,
    });
    if (!sure) return;
    try {
      await this.requests.ask(ownMembershipsHandOver, { membershipId: this.workspaceId, body: { userId } });
      await this.session.refresh();
      this.toasts.say({ text: $localize`${name}:member: owns the workspace now` });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  async remove(member: Member): Promise<void> {
    const sure = await this.confirm.ask({
      heading: $localize`Remove ${member.name}:member:?`,
      text: $localize`They lose this workspace at once, their API keys are revoked and their alerts end. What they made stays. To have them back, invite them again.`,
      action: $localize`Remove`,
      bad: true,
    });
    if (!sure) return;
    const back = this.list.take(member.id);
    try {
      await this.requests.ask(membersRemove, { workspaceId: this.workspaceId, userId: member.userId });
      this.toasts.say({ text: $localize`${member.name}:member: is removed` });
    } catch (error) {
      back();
      this.toasts.problem(problemOf(error));
    }
  }

  initials({ name }: Member): string {
    return name
      .split(/\s+/)
      .slice(0, 2)
      .map((word) => [...word][0]?.toUpperCase() ?? '')
      .join('');
  }

  moreAbout({ name }: Member): string {
    return $localize`More about ${name}:member:`;
  }
}
