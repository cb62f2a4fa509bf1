import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { Icon } from './icon';

/** What stands where nothing is yet: what would be here, and, inside the element, what to do next. */
@Component({
  selector: 'sb-empty-state',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <div class="grid justify-items-center gap-2 px-6 py-12 text-center">
      @if (icon(); as svg) {
        <span class="mb-2 grid size-12 place-items-center rounded-xl bg-raised text-muted"
          ><sb-icon [svg]="svg" [size]="24"
        /></span>
      }
      <p class="m-0 text-base font-semibold">{{ title() }}</p>
      <p class="m-0 max-w-[52ch] text-muted"><ng-content /></p>
      <div class="mt-3 flex flex-wrap justify-center gap-2"><ng-content select="[action]" /></div>
    </div>
  `,
})
export class EmptyState {
  readonly title = input.required<string>();
  readonly icon = input<string>();
}
