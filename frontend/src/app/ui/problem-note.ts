import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import type { Problem } from '../api';

/** What went wrong, what was kept, and a way to try again, in the place of what could not be shown. */
@Component({
  selector: 'sb-problem-note',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <div role="alert" class="grid justify-items-center gap-3 px-6 py-10 text-center">
      <p class="m-0 max-w-[46ch]">{{ problem().message }}</p>
      @if (problem().requestId; as id) {
        <p class="hint m-0" i18n>
          Request <code class="font-mono">{{ id }}</code>
        </p>
      }
      <button type="button" class="btn" (click)="retry.emit()" i18n>Try again</button>
    </div>
  `,
})
export class ProblemNote {
  readonly problem = input.required<Problem>();
  readonly retry = output();
}
