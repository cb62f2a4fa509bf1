import {
  CdkFixedSizeVirtualScroll,
  CdkVirtualForOf,
  CdkVirtualScrollableWindow,
  CdkVirtualScrollViewport,
} from '@angular/cdk/scrolling';
import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideArrowRight, lucideBellPlus, lucidePlane, lucideSearch } from '@ng-icons/lucide';
import { dealsList, type Item, Requests } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { Ago, EmptyState, FilterBar, Icon, MoneyPipe, Page, Paged, ProblemNote, Skeleton } from '../../ui';
import { DealTabs } from '../deal-tabs';
import { routeOf } from '../route-of';
import { SourceNames } from '../source-names';

export type Deal = Item<typeof dealsList>;

const SORTS = ['-foundAt', 'price', 'percentile'] as const;
type Sort = (typeof SORTS)[number];
/** So many rows before the end the next page is asked for. */
const AHEAD = 60;

/**
 * The deals of a workspace, narrowed by a filter and sorted as the address says. Only the rows in sight are in the page, however many were read;
 * new ones announce themselves.
 */
@Component({
  selector: 'sb-deal-list',
  imports: [
    Ago,
    CdkFixedSizeVirtualScroll,
    CdkVirtualForOf,
    CdkVirtualScrollableWindow,
    CdkVirtualScrollViewport,
    DealTabs,
    EmptyState,
    FilterBar,
    MoneyPipe,
    Icon,
    Page,
    ProblemNote,
    RouterLink,
    Skeleton,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './deal-list.html',
})
export class DealList {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  private readonly sources = inject(SourceNames);
  /** In the filter language. */
  readonly filter = input('', { transform: (text: string | undefined) => text ?? '' });
  readonly sort = input<Sort, string | undefined>('-foundAt', {
    transform: (text) => SORTS.find((one) => one === text) ?? '-foundAt',
  });
  protected readonly icons = { lucideArrowRight, lucideBellPlus, lucidePlane, lucideSearch };
  protected readonly routeOf = routeOf;
  protected readonly rowHeight = 65;
  protected readonly known = computed(() => ({ source: this.sources.values() }));
  protected readonly maySubscribe = computed(() => this.current.may('subscriptions:write'));

  protected readonly list = new Paged<Deal>((cursor) =>
    this.requests.ask(dealsList, {
      workspaceId: this.workspaceId,
      limit: 100,
      sort: this.sort(),
      ...(this.filter() && { filter: this.filter() }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  /** How many came since the list was read. */
  protected readonly news = signal(0);
  /** A filter that cannot be read is told beside its field, and the list stays. */
  protected readonly wrongFilter = this.list.wrongFilter;

  constructor() {
    effect(() => {
      this.filter();
      this.sort();
      untracked(() => void this.showNews());
    });
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:deal.found' },
      { event: () => this.news.update((count) => count + 1), reset: () => void this.list.reload() },
    );
  }

  protected narrow(filter: string): void {
    this.go({ filter: filter.trim() || null });
  }

  protected sortBy(sort: string): void {
    this.go({ sort: sort === '-foundAt' ? null : sort });
  }

  /** The first row in sight: the next page comes before one reaches the end. */
  protected reach(first: number): void {
    if (first + AHEAD > this.list.items().length && !this.list.problem()) void this.list.more();
  }

  protected async showNews(): Promise<void> {
    this.news.set(0);
    await this.list.reload();
  }

  protected cheaperThan(percentile: number): number {
    return Math.round(100 - percentile);
  }

  protected idOf(_: number, { id }: Deal): string {
    return id;
  }

  private go(queryParams: Record<string, string | null>): void {
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge' });
  }
}
