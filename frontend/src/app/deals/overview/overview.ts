import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  numberAttribute,
  input,
  resource,
  signal,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideMap, lucidePlane, lucideTable } from '@ng-icons/lucide';
import { problemOf, Requests, statisticsPerDay, statisticsPopular } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Clock, EmptyState, Icon, MoneyPipe, Page, ProblemNote, Skeleton } from '../../ui';
import { Chart, type ChartData } from '../../ui/chart';
import { DealTabs } from '../deal-tabs';
import { PERIODS, PeriodChoice } from '../period-choice';
import { perDayChart } from './per-day';
import { type MapPoint, WorldMap } from './world-map';

const SHOWN = 10;

/** Deals from above: where they go, and how many each source brings a day. */
@Component({
  selector: 'sb-deal-overview',
  imports: [Chart, DealTabs, EmptyState, Icon, Page, PeriodChoice, ProblemNote, RouterLink, Skeleton, WorldMap],
  providers: [MoneyPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './overview.html',
})
export class Overview {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly clock = inject(Clock);
  private readonly money = inject(MoneyPipe);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  /** How far back, in days; in the address. */
  readonly days = input<number, unknown>(30, {
    transform: (text) => PERIODS.find((period) => period === numberAttribute(text)) ?? 30,
  });
  protected readonly icons = { lucideMap, lucidePlane, lucideTable };
  protected readonly list = `/workspaces/${this.workspaceId}/deals`;
  protected readonly asTable = signal(false);

  protected readonly popular = resource({
    params: () => ({ workspaceId: this.workspaceId, days: this.days(), limit: 100 }),
    loader: ({ params }) => this.requests.ask(statisticsPopular, params),
  });
  protected readonly perDay = resource({
    params: () => ({ workspaceId: this.workspaceId, days: this.days(), zone: this.clock.zone() }),
    loader: ({ params }) => this.requests.ask(statisticsPerDay, params),
  });
  protected readonly problem = computed(() => {
    const error = this.popular.error() ?? this.perDay.error();
    return error && problemOf(error);
  });
  protected readonly zone = this.clock.zone;

  protected readonly destinations = computed(() =>
    (this.popular.hasValue() ? this.popular.value().items : []).map(({ destination, name, lowest, ...rest }) => ({
      ...rest,
      key: destination,
      name: name ?? destination.replace(/^\w+:/, ''),
      from: lowest.map(({ priceMinor, currency }) => this.money.transform(priceMinor, currency)).join(', '),
    })),
  );
  protected readonly points = computed<readonly MapPoint[]>(() =>
    this.destinations().flatMap(({ key, name, deals, latitude, longitude, from }) =>
      latitude === null || longitude === null
        ? []
        : [{ key, name, deals, latitude, longitude, words: $localize`${deals}:count: deals, from ${from}:price:` }],
    ),
  );
  protected readonly unplaced = computed(() => this.destinations().length - this.points().length);
  protected readonly top = computed<ChartData>(() => {
    const shown = this.destinations().slice(0, SHOWN);
    return {
      axis: $localize`Destination`,
      places: shown.map(({ name }) => name),
      series: [{ name: $localize`Deals`, values: shown.map(({ deals }) => deals) }],
    };
  });
  protected readonly daily = computed<ChartData>(() =>
    perDayChart(this.perDay.hasValue() ? this.perDay.value().items : [], this.days(), this.zone()),
  );
  protected readonly none = computed(
    () =>
      this.popular.hasValue() &&
      this.perDay.hasValue() &&
      this.destinations().length === 0 &&
      this.daily().series.length === 0,
  );

  protected look(days: number): void {
    void this.router.navigate([], { queryParams: { days: days === 30 ? null : days }, queryParamsHandling: 'merge' });
  }

  protected retry(): void {
    this.popular.reload();
    this.perDay.reload();
  }
}
