import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideLock } from '@ng-icons/lucide';
import { Session } from '../session';
import { EmptyState, Page } from '../ui';

/** In the place of every page of a workspace that is closed to the person for now: why, and what opens it. */
@Component({
  selector: 'sb-closed-workspace',
  imports: [EmptyState, Page, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-page [heading]="name()">
      <div class="panel">
        @switch (workspace()?.closedBecause) {
          @case ('second_factor_needed') {
            <sb-empty-state [icon]="lock" title="This workspace asks for a second factor" i18n-title>
              <span i18n>
                It opens the moment you have an authenticator app or a passkey. That takes a minute, and guards your
                account everywhere.
              </span>
              <a action class="btn btn-primary" routerLink="/settings/security" i18n>Set one up</a>
            </sb-empty-state>
          }
          @case ('member_suspended') {
            <sb-empty-state [icon]="lock" title="Closed to you for now" i18n-title>
              <span i18n
                >An admin of the workspace suspended you. What is yours in it is kept; ask them to let you in
                again.</span
              >
            </sb-empty-state>
          }
          @default {
            <sb-empty-state [icon]="lock" title="Closed for now" i18n-title>
              <span i18n
                >The operators of this console suspended the workspace. Its owners were told why; nothing is lost.</span
              >
            </sb-empty-state>
          }
        }
      </div>
    </sb-page>
  `,
})
export class ClosedWorkspace {
  private readonly session = inject(Session);
  readonly workspaceId = input.required<string>();
  protected readonly lock = lucideLock;
  protected readonly workspace = computed(() => this.session.workspaces().find(({ id }) => id === this.workspaceId()));
  protected readonly name = computed(() => this.workspace()?.name ?? '');
}
