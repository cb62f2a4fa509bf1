import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Clock, Code, Copy } from '../../ui';
import { pretty } from '../deliveries/delivery-words';
import { asCurl } from './as-curl';
import type { Received } from './inbox-detail';

/** One request that came in: when, its headers, its body read best. */
@Component({
  selector: 'sb-inbox-request',
  imports: [Code, Copy],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'panel block min-w-0 overflow-hidden' },
  template: `
    @let one = request();
    <header class="flex flex-wrap items-center gap-x-3 gap-y-1 px-5 pt-4 pb-3">
      <h2 class="m-0 min-w-0 flex-1 text-sm font-semibold">
        <span class="font-mono">{{ one.method }}</span>
        <span class="ml-3 font-normal text-muted">{{ clock.whole(one.receivedAt) }}</span>
      </h2>
      <span class="flex items-center gap-1 text-xs text-muted"
        ><span i18n>curl</span><sb-copy [text]="curl()" label="Copy as curl" i18n-label
      /></span>
    </header>
    <div class="px-5 pb-5">
      <h3 class="mt-0 mb-2 text-xs font-medium text-muted">
        <ng-container i18n>Body</ng-container>
        <span class="tabular"> · {{ one.size }} B</span>
        @if (one.encoding === 'base64') {
          · <ng-container i18n>no text: shown as base64</ng-container>
        }
      </h3>
      @if (one.body) {
        <sb-code [text]="body()" label="Body" i18n-label />
      } @else {
        <p class="hint m-0" i18n>It had no body.</p>
      }
    </div>
    <h3 class="m-0 border-t border-line px-5 pt-4 pb-1 text-xs font-medium text-muted" i18n>Headers</h3>
    <dl class="facts pb-2 font-mono text-[0.8125rem]">
      @for (header of headers(); track header[0]) {
        <div>
          <dt>{{ header[0] }}</dt>
          <dd>{{ header[1] }}</dd>
        </div>
      }
    </dl>
  `,
})
export class InboxRequest {
  protected readonly clock = inject(Clock);
  readonly request = input.required<Received>();
  readonly url = input.required<string>();
  protected readonly body = computed(() => pretty(this.request().body));
  protected readonly headers = computed(() => Object.entries(this.request().headers));
  protected readonly curl = computed(() => asCurl(this.request(), this.url()));
}
