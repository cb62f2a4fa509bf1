import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { CdkMenu, CdkMenuItem, CdkMenuTrigger } from '@angular/cdk/menu';
import {
  lucideKeyboard,
  lucideLogOut,
  lucideMonitor,
  lucideMoon,
  lucideServer,
  lucideSettings,
  lucideSun,
} from '@ng-icons/lucide';
import { ThemeChoice } from '../preferences/theme';
import { Session } from '../session';
import { Shortcuts } from './shortcuts';
import { Icon } from '../ui';

/** The person: settings, look, keys, and the way out. */
@Component({
  selector: 'sb-account-menu',
  imports: [CdkMenu, CdkMenuItem, CdkMenuTrigger, Icon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button
      type="button"
      class="grid size-9 cursor-pointer place-items-center rounded-full bg-brand-soft text-xs font-semibold text-brand-ink"
      [cdkMenuTriggerFor]="menu"
      aria-label="Your account"
      i18n-aria-label
    >
      {{ initials() }}
    </button>
    <ng-template #menu>
      <div cdkMenu class="menu w-64">
        <div class="px-2.5 pt-1">
          <p class="m-0 truncate font-semibold">{{ session.person()?.name }}</p>
          <p class="m-0 truncate text-muted">{{ session.person()?.email }}</p>
        </div>
        <div class="menu-line" role="separator"></div>
        <a cdkMenuItem class="menu-item" routerLink="/settings/profile"
          ><sb-icon [svg]="icons.lucideSettings" [size]="16" /><span i18n>Settings</span></a
        >
        @if (session.person()?.operator) {
          <a cdkMenuItem class="menu-item" routerLink="/instance"
            ><sb-icon [svg]="icons.lucideServer" [size]="16" /><span i18n>Instance</span></a
          >
        }
        <button cdkMenuItem class="menu-item" (cdkMenuItemTriggered)="theme.turn()">
          <sb-icon [svg]="look().icon" [size]="16" /><span>{{ look().name }}</span>
        </button>
        <button cdkMenuItem class="menu-item" (cdkMenuItemTriggered)="shortcuts.openSheet()">
          <sb-icon [svg]="icons.lucideKeyboard" [size]="16" /><span class="flex-1" i18n>Keyboard shortcuts</span
          ><kbd>?</kbd>
        </button>
        <div class="menu-line" role="separator"></div>
        <button cdkMenuItem class="menu-item" (cdkMenuItemTriggered)="session.signOut()">
          <sb-icon [svg]="icons.lucideLogOut" [size]="16" /><span i18n>Sign out</span>
        </button>
      </div>
    </ng-template>
  `,
})
export class AccountMenu {
  protected readonly session = inject(Session);
  protected readonly theme = inject(ThemeChoice);
  protected readonly shortcuts = inject(Shortcuts);
  protected readonly icons = { lucideKeyboard, lucideLogOut, lucideServer, lucideSettings };
  protected readonly initials = computed(() =>
    (this.session.person()?.name ?? '')
      .split(/\s+/)
      .slice(0, 2)
      .map((word) => [...word][0]?.toUpperCase() ?? '')
      .join(''),
  );
  protected readonly look = computed(
    () =>
      ({
        system: { icon: lucideMonitor, name: $localize`Look: as the system` },
        light: { icon: lucideSun, name: $localize`Look: light` },
        dark: { icon: lucideMoon, name: $localize`Look: dark` },
      })[this.theme.theme()],
  );
}
