import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { CurrentWorkspace } from '../session';
import { Page } from '../ui';
import { LeaveWorkspace } from './leave-workspace';
import { RenameWorkspace } from './rename-workspace';
import { SecondFactorPolicy } from './second-factor-policy';

/** What holds for the whole workspace. */
@Component({
  selector: 'sb-workspace-settings',
  imports: [LeaveWorkspace, Page, RenameWorkspace, RouterLink, SecondFactorPolicy],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-page heading="Workspace settings" i18n-heading lead="What holds for everybody in this workspace." i18n-lead>
      @if (workspace()?.readOnly) {
        <p class="mt-0 mb-4 rounded-[10px] bg-warn-soft px-3 py-2 text-warn" i18n>
          An operator made this workspace read-only: nothing in it can be changed for now.
        </p>
      }
      <section class="part" aria-labelledby="general">
        <div>
          <h2 id="general" i18n>General</h2>
          <p class="m-0 text-muted" i18n>How the workspace is called, here and in mails.</p>
        </div>
        <sb-rename-workspace />
      </section>
      <section class="part" aria-labelledby="security">
        <div>
          <h2 id="security" i18n>Security</h2>
          <p class="m-0 text-muted" i18n>
            What members must have before the workspace opens. Where single keys may be used from is set with each
            <a class="link" routerLink="../keys">API key</a>.
          </p>
        </div>
        <sb-second-factor-policy />
      </section>
      @if (mayRead()) {
        <section class="part" aria-labelledby="data">
          <div>
            <h2 id="data" i18n>Data</h2>
            <p class="m-0 text-muted" i18n>What happened here is kept, chained and sealed.</p>
          </div>
          <p class="m-0" i18n>
            The <a class="link" routerLink="../audit">audit trail</a> can be saved as CSV or JSON lines, as a whole or
            filtered.
          </p>
        </section>
      }
      <section class="part" aria-labelledby="leaving">
        <div>
          <h2 id="leaving" i18n>Leaving</h2>
          <p class="m-0 text-muted" i18n>A workspace always has an owner.</p>
        </div>
        <sb-leave-workspace />
      </section>
    </sb-page>
  `,
})
export class WorkspaceSettings {
  private readonly current = inject(CurrentWorkspace);
  protected readonly workspace = this.current.workspace;
  protected readonly mayRead = computed(() => this.current.may('audit:read'));
}
