import { ChangeDetectionStrategy, Component, effect, inject, input, untracked } from '@angular/core';
import { Visited } from './visited';

/** A page: its heading, what it is for, its actions, its content. */
@Component({
  selector: 'sb-page',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <header class="mb-6 flex flex-wrap items-center gap-x-4 gap-y-3">
      <div class="min-w-0 flex-1 basis-64">
        <h1 class="m-0 text-[1.375rem]/8 font-semibold tracking-tight wrap-anywhere">{{ heading() }}</h1>
        @if (lead(); as text) {
          <p class="m-0 max-w-[70ch] text-muted">{{ text }}</p>
        }
      </div>
      <div class="flex flex-wrap gap-2"><ng-content select="[action]" /></div>
    </header>
    <ng-content />
  `,
})
export class Page {
  readonly heading = input.required<string>();
  readonly lead = input<string>();

  constructor() {
    const visited = inject(Visited);
    effect(() => {
      const heading = this.heading();
      untracked(() => visited.called(heading));
    });
  }
}
