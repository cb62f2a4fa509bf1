import { ChangeDetectionStrategy, Component, computed, inject, Injector } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideBell } from '@ng-icons/lucide';
import { Live } from '../live/live';
import { Icon } from '../ui';

/** The way to the inbox, with how much in it is unread. */
@Component({
  selector: 'sb-inbox-bell',
  imports: [Icon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <a class="btn btn-quiet btn-icon relative" routerLink="/inbox" [attr.aria-label]="label()">
      <sb-icon [svg]="bell" [size]="18" />
      @if (unread()) {
        <span
          class="absolute top-0.5 right-0.5 min-w-4 rounded-full bg-brand px-1 text-center text-[0.625rem]/4 font-semibold text-on-brand"
          aria-hidden="true"
          >{{ unread() > 99 ? '99+' : unread() }}</span
        >
      }
    </a>
  `,
})
export class InboxBell {
  protected readonly bell = lucideBell;
  private readonly live = inject(Live);
  protected readonly unread = computed(() => this.live.inbox()?.unread.total ?? 0);
  protected readonly label = computed(() =>
    this.unread() === 0 ? $localize`Inbox` : $localize`Inbox, ${this.unread()}:count: unread`,
  );

  constructor() {
    const injector = inject(Injector);
    // Its code is loaded where the browser has been allowed to show notifications.
    if ('Notification' in window && Notification.permission === 'granted')
      void import('../inbox/desktop-news').then(({ DesktopNews }) => injector.get(DesktopNews));
  }
}
