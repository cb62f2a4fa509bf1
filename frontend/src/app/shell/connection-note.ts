import { ChangeDetectionStrategy, Component, effect, inject, signal, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideCloudOff, lucideHistory, lucideX } from '@ng-icons/lucide';
import { WORTH_TELLING } from '../activity/worth-telling';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { Icon } from '../ui';
import { Places } from './places';

/** Says so while nothing new can arrive, and connects again on request; afterwards, how much was missed. */
@Component({
  selector: 'sb-connection-note',
  imports: [Icon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'status' },
  template: `
    @if (live.away()) {
      <p class="m-0 flex items-center gap-2 border-b border-line bg-warn-soft px-4 py-2 text-warn sm:px-6">
        <sb-icon [svg]="icons.lucideCloudOff" [size]="16" />
        <span class="flex-1" i18n>Not connected. What you see is from before; it goes on by itself.</span>
        <button type="button" class="btn btn-small" (click)="live.retry()" i18n>Connect now</button>
      </p>
    } @else if (missed(); as count) {
      <p class="m-0 flex items-center gap-2 border-b border-line bg-brand-soft px-4 py-2 text-brand-ink sm:px-6">
        <sb-icon [svg]="icons.lucideHistory" [size]="16" />
        <span class="flex-1">
          @if (count === 'many') {
            <ng-container i18n>Connected again. So much happened meanwhile that it was read anew.</ng-container>
          } @else {
            <ng-container i18n
              >Connected again. {count, plural, =1 {You missed 1 change} other {You missed {{ count }} changes}}, which
              you see now.</ng-container
            >
          }
        </span>
        <a class="btn btn-small" [routerLink]="places.home()" (click)="missed.set(0)" i18n>What happened</a>
        <button
          type="button"
          class="btn btn-quiet btn-icon btn-small !text-brand-ink"
          (click)="missed.set(0)"
          aria-label="Dismiss"
          i18n-aria-label
        >
          <sb-icon [svg]="icons.lucideX" [size]="16" />
        </button>
      </p>
    }
  `,
})
export class ConnectionNote {
  protected readonly live = inject(Live);
  protected readonly places = inject(Places);
  private readonly current = inject(CurrentWorkspace);
  protected readonly icons = { lucideCloudOff, lucideHistory, lucideX };
  /** How much happened in this workspace while the connection was lost; 0 for nothing to say. */
  protected readonly missed = signal<number | 'many'>(0);

  constructor() {
    effect((onCleanup) => {
      const back = this.live.back();
      const workspaceId = untracked(this.current.id);
      if (!back || workspaceId === undefined) return;
      let count = 0;
      const tell = (missed: number | 'many') => {
        end();
        this.missed.set(missed);
      };
      const end = this.live.follow(
        { workspaceId, filter: WORTH_TELLING },
        { event: () => count++, reset: () => tell('many'), live: () => tell(count) },
        back,
      );
      onCleanup(end);
    });
  }
}
