import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { problemOf, recoveryCodesReplace, Requests } from '../../api';
import { Confirm, Toasts } from '../../ui';
import { Factors } from './factors';

/** How many recovery codes are left, and new ones. */
@Component({
  selector: 'sb-recovery-part',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="panel flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <p class="m-0 min-w-0 flex-1">
        @switch (left()) {
          @case (0) {
            <span class="badge badge-bad" i18n>None left</span>
          }
          @case (1) {
            <span class="badge badge-warn" i18n>One left</span>
          }
          @default {
            <span class="tabular" i18n>{{ left() }} left</span>
          }
        }
      </p>
      <button type="button" class="btn btn-small" (click)="replace()" i18n>Make new ones</button>
    </div>
  `,
})
export class RecoveryPart {
  private readonly requests = inject(Requests);
  private readonly factors = inject(Factors);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  readonly left = input.required<number>();

  protected async replace(): Promise<void> {
    const sure = await this.confirm.ask({
      heading: $localize`Make new recovery codes`,
      text: $localize`The earlier ones stop working at once.`,
      action: $localize`Make new ones`,
    });
    if (!sure) return;
    try {
      const { recoveryCodes } = await this.requests.ask(recoveryCodesReplace, {});
      await this.factors.changed(recoveryCodes);
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }
}
