import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { lucideSearch } from '@ng-icons/lucide';
import type { Problem } from '../api';
import { Icon } from './icon';

let last = 0;

/** The filter of a list, in the filter language. What cannot be read is told beside it, and the list stays. */
@Component({
  selector: 'sb-filter-bar',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'mb-4 block' },
  template: `
    <form role="search" (submit)="$event.preventDefault(); narrow.emit(box.value.trim())">
      <div class="relative">
        <sb-icon [svg]="search" [size]="16" class="absolute top-2.5 left-3 text-muted" />
        <input
          #box
          class="input pl-9 font-mono text-[0.8125rem]"
          type="search"
          autocomplete="off"
          spellcheck="false"
          aria-label="Filter"
          i18n-aria-label
          [placeholder]="example()"
          [attr.aria-invalid]="wrong() !== undefined"
          [attr.aria-describedby]="wrong() ? id : null"
          [value]="filter()"
        />
      </div>
      @if (wrong(); as problem) {
        <p class="error mt-1.5 mb-0" role="alert" [id]="id">{{ problem.message }}</p>
      }
    </form>
  `,
})
export class FilterBar {
  /** What the list shows now; it stands in the address. */
  readonly filter = input.required<string>();
  /** A filter that shows what can be asked here. */
  readonly example = input('');
  /** Why the filter cannot be read; undefined when it can. */
  readonly wrong = input<Problem>();
  /** The filter to show from now on; empty for all. */
  readonly narrow = output<string>();

  protected readonly search = lucideSearch;
  protected readonly id = `filter-${++last}`;
}
