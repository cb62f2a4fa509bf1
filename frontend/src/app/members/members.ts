import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { Router, RouterOutlet } from '@angular/router';
import { lucideUserPlus } from '@ng-icons/lucide';
import { CurrentWorkspace } from '../session';
import { beginning, Icon, Page, type Tab, Tabs } from '../ui';
import { InviteDialog } from './invitations/invite-dialog';
import { RoleCatalogue } from './role-catalogue';

/** Who belongs to the workspace, who was asked to, and what they may do. */
@Component({
  selector: 'sb-members',
  imports: [Icon, InviteDialog, Page, RouterOutlet, Tabs],
  providers: [RoleCatalogue],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-page heading="Members" i18n-heading lead="Who belongs to this workspace, and what they may do in it." i18n-lead>
      @if (mayWrite) {
        <button action type="button" class="btn btn-primary" (click)="inviting.begin()">
          <sb-icon [svg]="plus" [size]="16" /><span i18n>Invite people</span>
        </button>
      }
      <sb-tabs [tabs]="tabs" />
      <router-outlet />
    </sb-page>
    @if (inviting.open()) {
      <sb-invite-dialog (closed)="done()" (invited)="invited = true" />
    }
  `,
})
export class MembersPage {
  private readonly router = inject(Router);
  private readonly current = inject(CurrentWorkspace);
  private readonly base = `/workspaces/${this.current.required()}/members`;
  protected readonly mayWrite = this.current.may('members:write');
  protected readonly plus = lucideUserPlus;
  protected readonly inviting = beginning(this.mayWrite);
  protected invited = false;
  protected readonly tabs: readonly Tab[] = [
    { link: this.base, title: $localize`People`, exact: true },
    { link: `${this.base}/invitations`, title: $localize`Invitations` },
    { link: `${this.base}/roles`, title: $localize`Roles` },
  ];

  /** Shows who was invited, if anybody was. */
  protected done(): void {
    this.inviting.end();
    if (this.invited) void this.router.navigateByUrl(`${this.base}/invitations`);
    this.invited = false;
  }
}
