import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { lucideCloudOff } from '@ng-icons/lucide';
import { Live } from '../live/live';
import { Icon } from '../ui';

/** Says so while nothing new can arrive, and connects again on request. */
@Component({
  selector: 'sb-connection-note',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'status' },
  template: `
    @if (live.away()) {
      <p class="m-0 flex items-center gap-2 border-b border-line bg-warn-soft px-4 py-2 text-warn sm:px-6">
        <sb-icon [svg]="icon" [size]="16" />
        <span class="flex-1" i18n>Not connected. What you see is from before; it goes on by itself.</span>
        <button type="button" class="btn btn-small" (click)="live.retry()" i18n>Connect now</button>
      </p>
    }
  `,
})
export class ConnectionNote {
  protected readonly live = inject(Live);
  protected readonly icon = lucideCloudOff;
}
