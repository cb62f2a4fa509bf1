import { ChangeDetectionStrategy, Component, computed, inject, input, resource } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideArrowLeft, lucideExternalLink } from '@ng-icons/lucide';
import { dealsOne, problemOf, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Ago, Clock, Icon, MoneyPipe, Page, ProblemNote, Skeleton } from '../../ui';
import { routeOf } from '../route-of';

/** One deal: what it offers, the words that say so, and where it was seen. */
@Component({
  selector: 'sb-deal-detail',
  imports: [Ago, MoneyPipe, Icon, Page, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './deal-detail.html',
})
export class DealDetail {
  private readonly requests = inject(Requests);
  private readonly clock = inject(Clock);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly dealId = input.required<string>();
  protected readonly icons = { lucideArrowLeft, lucideExternalLink };

  protected readonly found = resource({
    params: () => this.dealId(),
    loader: ({ params }) => this.requests.ask(dealsOne, { workspaceId: this.workspaceId, dealId: params }),
  });
  protected readonly deal = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly problem = computed(() => {
    const error = this.found.error();
    return error && problemOf(error);
  });
  protected readonly heading = computed(() => {
    const deal = this.deal();
    return deal ? `${routeOf(deal.origins)} → ${routeOf(deal.destinations)}` : $localize`Deal`;
  });
  protected readonly facts = computed(() => {
    const deal = this.deal();
    if (!deal) return [];
    const day = (at: string | null) => at && this.clock.day(`${at}T12:00:00Z`);
    const all: [string, string | null | undefined][] = [
      [$localize`Airlines`, deal.airlines.join(', ')],
      [$localize`Cabin`, deal.cabin],
      [$localize`Trip`, deal.tripType],
      [$localize`Travel from`, day(deal.travelFrom)],
      [$localize`Travel before`, day(deal.travelTo)],
      [$localize`Book by`, day(deal.bookBy)],
    ];
    return all.filter((fact): fact is [string, string] => Boolean(fact[1]));
  });
  protected readonly evidence = computed(() => Object.entries(this.deal()?.evidence ?? {}));
}
