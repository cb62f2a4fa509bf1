import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { lucideShieldPlus } from '@ng-icons/lucide';
import { problemOf, Requests, rolesRemove } from '../../api';
import { CurrentWorkspace } from '../../session';
import { type Act, Confirm, EmptyState, More, ProblemNote, Skeleton, Toasts } from '../../ui';
import { type OwnRole, RoleCatalogue } from '../role-catalogue';
import { roleName, roleSentence } from '../role-words';
import { RoleEditor } from './role-editor';

/** The built-in roles explained, and those that the workspace made. */
@Component({
  selector: 'sb-role-list',
  imports: [EmptyState, More, ProblemNote, RoleEditor, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './role-list.html',
})
export class RoleList {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  protected readonly catalogue = inject(RoleCatalogue);
  protected readonly icon = lucideShieldPlus;
  protected readonly mayWrite = this.current.may('members:write');
  protected readonly builtIn = ['owner', 'admin', 'member', 'viewer'].map((name) => ({
    name,
    title: roleName(name),
    text: roleSentence(name),
  }));
  /** What is edited: a role, or a new one like another; undefined while nothing is. */
  protected readonly editing = signal<{ role?: OwnRole; like?: OwnRole } | undefined>(undefined);

  protected allowed(name: string): string[] {
    return this.catalogue
      .permissions()
      .filter(({ roles }) => (roles as readonly string[]).includes(name))
      .map(({ sentence }) => sentence);
  }

  protected moreAbout({ name }: OwnRole): string {
    return $localize`More about the role ${name}:role:`;
  }

  protected acts(role: OwnRole): Act[] {
    return [
      { title: $localize`Change`, run: () => this.editing.set({ role }) },
      { title: $localize`Make another like it`, run: () => this.editing.set({ like: role }) },
      { title: $localize`Remove`, bad: true, run: () => this.remove(role) },
    ];
  }

  private async remove({ id, name, version }: OwnRole): Promise<void> {
    const sure = await this.confirm.ask({
      heading: $localize`Remove the role ${name}:role:?`,
      text: $localize`Only a role that nobody has, and that no open invitation offers, can be removed.`,
      action: $localize`Remove the role`,
      bad: true,
    });
    if (!sure) return;
    const back = this.catalogue.own.take(id);
    try {
      await this.requests.ask(rolesRemove, { workspaceId: this.workspaceId, roleId: id, 'If-Match': `"${version}"` });
    } catch (error) {
      back();
      this.toasts.problem(problemOf(error));
    }
  }
}
