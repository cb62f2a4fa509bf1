import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideMapPinOff } from '@ng-icons/lucide';
import { EmptyState } from '../ui';

/** For an address that leads nowhere, or to what this person may not see. */
@Component({
  selector: 'sb-not-found',
  imports: [EmptyState, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <main class="grid min-h-dvh place-items-center">
      <sb-empty-state [icon]="icon" i18n-title title="There is nothing here">
        <span i18n>The address is wrong, what was here is gone, or you may not see it.</span>
        <a action class="btn btn-primary" routerLink="/" i18n>Go to the start</a>
      </sb-empty-state>
    </main>
  `,
})
export class NotFound {
  protected readonly icon = lucideMapPinOff;
}
