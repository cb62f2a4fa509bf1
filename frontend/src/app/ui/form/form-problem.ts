import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { Problem } from '../../api';

/** Why a form was not taken, above its button. */
@Component({
  selector: 'sb-form-problem',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (of(); as problem) {
      <p class="m-0 rounded-[10px] bg-bad-soft px-3 py-2 text-bad" role="alert">{{ problem.message }}</p>
    }
  `,
})
export class FormProblem {
  readonly of = input<Problem>();
}
