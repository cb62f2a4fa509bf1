import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideArrowRight, lucidePlane, lucideSearch } from '@ng-icons/lucide';
import { dealsList, type Item, Requests } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { Ago, EmptyState, FilterBar, Icon, MoneyPipe, Page, Paged, ProblemNote, Skeleton } from '../../ui';
import { routeOf } from '../route-of';

export type Deal = Item<typeof dealsList>;

/** The deals of a workspace, newest first, narrowed by a filter that stands in the address. New ones announce themselves. */
@Component({
  selector: 'sb-deal-list',
  imports: [Ago, EmptyState, FilterBar, MoneyPipe, Icon, Page, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './deal-list.html',
})
export class DealList {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  /** In the filter language. */
  readonly filter = input('', { transform: (text: string | undefined) => text ?? '' });
  protected readonly icons = { lucideArrowRight, lucidePlane, lucideSearch };
  protected readonly routeOf = routeOf;

  protected readonly list = new Paged<Deal>((cursor) =>
    this.requests.ask(dealsList, {
      workspaceId: this.workspaceId,
      limit: 50,
      ...(this.filter() && { filter: this.filter() }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  /** How many came since the list was read. */
  protected readonly news = signal(0);
  /** A filter that cannot be read is told beside its field, and the list stays. */
  protected readonly wrongFilter = computed(() => {
    const problem = this.list.problem();
    return problem?.status === 400 ? problem : undefined;
  });

  constructor() {
    effect(() => {
      this.filter();
      untracked(() => void this.list.reload());
    });
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:deal.found' },
      { event: () => this.news.update((count) => count + 1), reset: () => void this.list.reload() },
    );
  }

  protected narrow(filter: string): void {
    void this.router.navigate([], { queryParams: { filter: filter || null } });
  }

  protected async showNews(): Promise<void> {
    this.news.set(0);
    await this.list.reload();
  }
}
