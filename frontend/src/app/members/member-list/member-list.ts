import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { lucideUsers } from '@ng-icons/lucide';
import { People } from '../../people/people';
import { Presence } from '../../people/presence';
import { CurrentWorkspace, Session } from '../../session';
import { type Act, Ago, EmptyState, FilterBar, More, ProblemNote, Skeleton } from '../../ui';
import { Leaving } from '../leaving';
import { RoleCatalogue } from '../role-catalogue';
import { type Member, MemberStore } from './member.store';
import { MemberAccess } from './member-access';
import { RoleDialog } from './role-dialog';

/** The people of the workspace. */
@Component({
  selector: 'sb-member-list',
  imports: [Ago, EmptyState, FilterBar, MemberAccess, More, ProblemNote, RoleDialog, Skeleton],
  providers: [MemberStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './member-list.html',
})
export class MemberList {
  protected readonly store = inject(MemberStore);
  protected readonly roles = inject(RoleCatalogue);
  protected readonly people = inject(People);
  protected readonly here = inject(Presence).here;
  private readonly current = inject(CurrentWorkspace);
  private readonly leaving = inject(Leaving);
  protected readonly me = inject(Session).person()?.id;
  protected readonly icon = lucideUsers;
  protected readonly changing = signal<Member | undefined>(undefined);
  protected readonly looking = signal<Member | undefined>(undefined);
  private readonly myRole = computed(() => this.current.workspace()?.role);

  /** What can be done with a member, as far as it can be told here; the server decides. */
  protected acts(member: Member): Act[] {
    const mine = member.userId === this.me;
    const mayWrite = this.current.may('members:write') && (member.role !== 'owner' || this.myRole() === 'owner');
    const acts: (Act | false)[] = [
      mayWrite && { title: $localize`Change the role`, run: () => this.changing.set(member) },
      this.current.may('audit:read') && {
        title: $localize`What can they do, and why?`,
        run: () => this.looking.set(member),
      },
      !mine &&
        this.myRole() === 'owner' &&
        member.suspendedAt === null && {
          title: $localize`Hand the workspace over`,
          run: () => this.store.handOver(member),
        },
      !mine &&
        mayWrite && {
          title: member.suspendedAt === null ? $localize`Suspend` : $localize`Let in again`,
          run: () => this.store.suspend(member),
        },
      !mine && mayWrite && { title: $localize`Remove`, bad: true, run: () => this.store.remove(member) },
      mine && { title: $localize`Leave the workspace`, bad: true, run: () => this.leaving.leave() },
    ];
    return acts.filter((act) => act !== false);
  }
}
