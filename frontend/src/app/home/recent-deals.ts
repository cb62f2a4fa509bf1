import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { dealsList, type Item, Requests } from '../api';
import { routeOf } from '../deals/route-of';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { EmptyState, MoneyPipe, Paged, ProblemNote, Skeleton } from '../ui';

/** The newest deals, live. */
@Component({
  selector: 'sb-recent-deals',
  imports: [EmptyState, MoneyPipe, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (list.problem(); as problem) {
      <sb-problem-note [problem]="problem" (retry)="list.reload()" />
    } @else if (list.first()) {
      <sb-skeleton [rows]="4" [height]="44" />
    } @else if (list.empty()) {
      <sb-empty-state i18n-title title="No deals yet"
        ><span i18n>Forward a newsletter to a source of this workspace.</span></sb-empty-state
      >
    } @else {
      <ul class="rows m-0 list-none p-0">
        @for (deal of list.items(); track deal.id) {
          <li>
            <a
              class="flex items-baseline gap-3 px-5 py-2.5 text-ink no-underline hover:bg-raised"
              [routerLink]="['deals', deal.id]"
            >
              <span class="min-w-0 flex-1 truncate"
                >{{ routeOf(deal.origins) }} → {{ routeOf(deal.destinations) }}</span
              >
              <span class="font-semibold tabular">{{ deal.priceMinor | money: deal.currency }}</span>
            </a>
          </li>
        }
      </ul>
    }
  `,
})
export class RecentDeals {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  protected readonly routeOf = routeOf;
  protected readonly list = new Paged<Item<typeof dealsList>>(() =>
    this.requests.ask(dealsList, { workspaceId: this.workspaceId, limit: 6 }),
  );

  constructor() {
    void this.list.reload();
    const again = () => void this.list.reload();
    inject(Live).watch({ workspaceId: this.workspaceId, filter: 'type:deal.found' }, { event: again, reset: again });
  }
}
