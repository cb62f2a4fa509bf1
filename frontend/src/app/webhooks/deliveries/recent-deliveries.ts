import { ChangeDetectionStrategy, Component, computed, effect, inject, input, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { historyList, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Paged, poll, ProblemNote, Skeleton } from '../../ui';
import { DeliveryRows } from './delivery-rows';
import type { Delivery } from './delivery-words';

/** As many as a page of the API holds: what the share of successes is taken of. */
const MOST = 200;
const SHOWN = 10;

/** What one endpoint was sent in the last day, and how much of it arrived. */
@Component({
  selector: 'sb-recent-deliveries',
  imports: [DeliveryRows, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <section class="panel overflow-hidden" aria-labelledby="recent">
      <header class="flex flex-wrap items-baseline gap-x-3 px-5 pt-4 pb-2">
        <h2 id="recent" class="m-0 text-sm font-semibold" i18n>Deliveries of the last day</h2>
        @if (share(); as rate) {
          <p class="m-0 flex-1 text-xs text-muted tabular">
            <ng-container i18n>{{ rate.percent }} % of {{ rate.of }} arrived</ng-container>
          </p>
        }
        <a
          class="link ml-auto text-xs"
          [routerLink]="['/workspaces', workspaceId, 'webhooks', 'deliveries']"
          [queryParams]="{ filter: 'endpoint:' + endpointId() }"
          i18n
          >All of them</a
        >
      </header>
      @if (list.problem(); as problem) {
        <sb-problem-note [problem]="problem" (retry)="list.reload()" />
      } @else if (list.first()) {
        <sb-skeleton [rows]="3" />
      } @else if (list.empty()) {
        <p class="m-0 px-5 pb-5 text-muted" i18n>
          Nothing was sent in the last day. Send a test to see how the receiver answers.
        </p>
      } @else {
        <sb-delivery-rows [deliveries]="shown()" [showEndpoint]="false" />
      }
    </section>
  `,
})
export class RecentDeliveries {
  private readonly requests = inject(Requests);
  protected readonly workspaceId = inject(CurrentWorkspace).required();
  readonly endpointId = input.required<string>();
  protected readonly list = new Paged<Delivery>(() =>
    this.requests.ask(historyList, {
      workspaceId: this.workspaceId,
      filter: `endpoint:${this.endpointId()} at>-1d`,
      limit: MOST,
    }),
  );
  protected readonly shown = computed(() => this.list.items().slice(0, SHOWN));
  protected readonly share = computed(() => {
    const over = this.list.items().filter(({ state, test }) => state !== 'queued' && !test);
    const arrived = over.filter(({ state }) => state === 'delivered').length;
    return over.length > 0 ? { percent: Math.floor((100 * arrived) / over.length), of: over.length } : undefined;
  });

  constructor() {
    effect(() => {
      this.endpointId();
      untracked(() => void this.list.reload());
    });
    poll(5000, () => this.list.refresh());
  }
}
