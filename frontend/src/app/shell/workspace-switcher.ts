import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { CdkMenu, CdkMenuItem, CdkMenuItemRadio, CdkMenuTrigger } from '@angular/cdk/menu';
import { lucideCheck, lucideChevronsUpDown, lucidePlus } from '@ng-icons/lucide';
import { CurrentWorkspace, Session } from '../session';
import { Icon } from '../ui';

/** Which workspace this is, and the way to the others. */
@Component({
  selector: 'sb-workspace-switcher',
  imports: [CdkMenu, CdkMenuItem, CdkMenuItemRadio, CdkMenuTrigger, Icon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <button
      type="button"
      class="flex min-h-9 w-full cursor-pointer items-center gap-2.5 rounded-[10px] px-1.5 text-left font-semibold hover:bg-raised"
      [cdkMenuTriggerFor]="menu"
      [attr.aria-label]="label()"
    >
      <span
        class="grid size-7 shrink-0 place-items-center rounded-lg bg-brand text-xs font-semibold text-on-brand"
        aria-hidden="true"
        >{{ initial() }}</span
      >
      @if (!narrow()) {
        <span class="min-w-0 flex-1 truncate">{{ name() }}</span>
        <sb-icon [svg]="icons.lucideChevronsUpDown" [size]="16" class="text-muted" />
      }
    </button>
    <ng-template #menu>
      <div cdkMenu class="menu w-64">
        @for (one of session.workspaces(); track one.id) {
          <button
            cdkMenuItemRadio
            class="menu-item"
            [cdkMenuItemChecked]="one.id === current.id()"
            (cdkMenuItemTriggered)="go(one.id)"
          >
            <span class="min-w-0 flex-1 truncate">{{ one.name }}</span>
            @if (one.id === current.id()) {
              <sb-icon [svg]="icons.lucideCheck" [size]="16" />
            }
          </button>
        }
        <div class="menu-line" role="separator"></div>
        <a cdkMenuItem class="menu-item" routerLink="/welcome" [queryParams]="{ new: true }"
          ><sb-icon [svg]="icons.lucidePlus" [size]="16" /><span i18n>New workspace</span></a
        >
      </div>
    </ng-template>
  `,
})
export class WorkspaceSwitcher {
  readonly narrow = input(false);
  protected readonly session = inject(Session);
  protected readonly current = inject(CurrentWorkspace);
  private readonly router = inject(Router);
  protected readonly icons = { lucideCheck, lucideChevronsUpDown, lucidePlus };
  protected readonly name = computed(
    () => this.current.workspace()?.name ?? this.session.workspaces()[0]?.name ?? 'Signalbox',
  );
  protected readonly label = computed(() => $localize`Workspace: ${this.name()}:workspace:`);
  protected readonly initial = computed(() => [...this.name()][0]?.toUpperCase());

  protected go(id: string): void {
    void this.router.navigate(['/workspaces', id]);
  }
}
