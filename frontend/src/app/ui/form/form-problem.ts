import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { Problem } from '../../api';

/** Why a form was not taken, above its button; what can be done about it goes inside. */
@Component({
  selector: 'sb-form-problem',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (of(); as problem) {
      <div class="rounded-[10px] bg-bad-soft px-3 py-2 text-bad" role="alert">
        <p class="m-0">{{ problem.message }}</p>
        <ng-content />
      </div>
    }
  `,
})
export class FormProblem {
  readonly of = input<Problem>();
}
