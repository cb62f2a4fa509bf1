import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { Source } from './source-kinds';

/** Whether a source works, in a word. */
@Component({
  selector: 'sb-source-status',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @switch (status()) {
      @case ('active') {
        <span class="badge badge-ok" i18n>active</span>
      }
      @case ('paused') {
        <span class="badge badge-warn" i18n>paused</span>
      }
      @case ('failing') {
        <span class="badge badge-bad" i18n>failing</span>
      }
    }
  `,
})
export class SourceStatus {
  readonly status = input.required<Source['status']>();
}
