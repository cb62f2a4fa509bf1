import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { Answer, historyOne } from '../../api';
import { Ago, Code } from '../../ui';
import { pretty } from './delivery-words';

export type Attempt = Answer<typeof historyOne>['answers'][number];

/** One attempt: what came back, how long it took, or why nothing came. */
@Component({
  selector: 'sb-attempt-view',
  imports: [Ago, Code],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'grid gap-3' },
  template: `
    @let one = attempt();
    <p class="m-0 flex flex-wrap items-center gap-x-3 gap-y-1">
      @if (one.status; as status) {
        <span class="badge tabular" [class]="good() ? 'badge-ok' : 'badge-bad'">{{ status }}</span>
      }
      <span class="text-muted tabular">{{ one.durationMs }} ms</span>
      <sb-ago class="text-muted" [at]="one.startedAt" />
    </p>
    @if (one.error; as error) {
      <p class="m-0 text-bad">{{ error }}</p>
    }
    @if (one.url; as url) {
      <p class="m-0 text-xs text-muted">
        <ng-container i18n>Sent to</ng-container> <code class="font-mono break-all">{{ url }}</code>
      </p>
    }
    @if (headers(); as text) {
      <details>
        <summary class="cursor-pointer text-xs font-medium text-muted" i18n>Headers of the answer</summary>
        <sb-code class="mt-2" [text]="text" label="Headers of the answer" i18n-label />
      </details>
    }
    @if (body(); as text) {
      <sb-code [text]="text" label="Body of the answer" i18n-label />
    } @else if (one.status) {
      <p class="hint m-0" i18n>The answer had no body.</p>
    }
  `,
})
export class AttemptView {
  readonly attempt = input.required<Attempt>();
  protected readonly good = computed(() => {
    const { status } = this.attempt();
    return status !== null && status >= 200 && status < 300;
  });
  protected readonly headers = computed(() =>
    Object.entries(this.attempt().headers ?? {})
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
  );
  protected readonly body = computed(() => {
    const { body } = this.attempt();
    return body && pretty(body);
  });
}
