import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { CurrentWorkspace } from '../../session';
import { Ago } from '../../ui';
import { EndpointNames } from '../endpoints/endpoint-names';
import { type Delivery, deliveryStanding } from './delivery-words';

/** Deliveries, one a row: what of, where to, how it went. */
@Component({
  selector: 'sb-delivery-rows',
  imports: [Ago, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <ul class="rows m-0 list-none p-0" aria-label="Deliveries" i18n-aria-label>
      @for (one of deliveries(); track one.id) {
        @let stands = standing(one);
        <li>
          <a
            class="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-0.5 px-5 py-2.5 text-ink no-underline hover:bg-raised"
            [routerLink]="['/workspaces', current.id(), 'webhooks', 'deliveries', one.id]"
          >
            <span class="flex min-w-0 items-center gap-2">
              <span class="truncate font-mono text-[0.8125rem]">{{ one.type }}</span>
              @if (one.test) {
                <span class="badge" i18n>test</span>
              }
            </span>
            <span class="badge justify-self-end tabular" [class]="stands.badge">{{ stands.word }}</span>
            <span class="flex min-w-0 flex-wrap gap-x-3 text-xs text-muted tabular">
              @if (showEndpoint()) {
                <span class="max-w-full truncate">{{ names.nameOf(one.endpointId) }}</span>
              }
              @if (one.attempts > 1) {
                <span i18n>{{ one.attempts }} attempts</span>
              }
              @if (one.durationMs !== null) {
                <span>{{ one.durationMs }} ms</span>
              }
              @if (one.nextAttemptAt && one.state === 'queued' && one.attempts > 0) {
                <span><span i18n>next</span>&ngsp;<sb-ago [at]="one.nextAttemptAt" /></span>
              }
              @if (one.error; as error) {
                <span class="max-w-full truncate text-bad">{{ error }}</span>
              }
            </span>
            <sb-ago class="text-right text-xs text-muted" [at]="one.createdAt" />
          </a>
        </li>
      }
    </ul>
  `,
})
export class DeliveryRows {
  protected readonly names = inject(EndpointNames);
  protected readonly current = inject(CurrentWorkspace);
  readonly deliveries = input.required<readonly Delivery[]>();
  readonly showEndpoint = input(true);
  protected readonly standing = deliveryStanding;
}
