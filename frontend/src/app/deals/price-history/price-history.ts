import { ChangeDetectionStrategy, Component, computed, inject, input, resource, signal } from '@angular/core';
import { type Answer, type dealsOne, problemOf, Requests, statisticsRoutePrices } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Clock, MoneyPipe, ProblemNote, Skeleton } from '../../ui';
import { Chart, type ChartData } from '../../ui/chart';
import { inUnits } from '../like-this';
import { PERIODS, PeriodChoice } from '../period-choice';

/** What a route cost over time, with the range that is usual: the mean, and one standard deviation to either side. */
@Component({
  selector: 'sb-price-history',
  imports: [Chart, PeriodChoice, ProblemNote, Skeleton],
  providers: [MoneyPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <div class="panel p-5">
      <sb-period-choice class="mb-3" [(days)]="days" />
      @if (problem(); as wrong) {
        <sb-problem-note [problem]="wrong" (retry)="found.reload()" />
      } @else if (chart(); as data) {
        <sb-chart kind="line" [heading]="heading" [chart]="data" [format]="format()" [plain]="plain()" [height]="240">
          <span empty i18n>No price of this route is known in this time.</span>
        </sb-chart>
      } @else if (route()) {
        <sb-skeleton [rows]="5" [height]="52" />
      } @else {
        <p class="m-0 py-6 text-center text-muted" i18n>
          Where it begins or ends is not known well enough to compare prices.
        </p>
      }
    </div>
  `,
})
export class PriceHistory {
  private readonly requests = inject(Requests);
  private readonly clock = inject(Clock);
  private readonly money = inject(MoneyPipe);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly deal = input.required<Answer<typeof dealsOne>>();
  protected readonly heading = $localize`Prices of this route`;
  protected readonly days = signal<number>(PERIODS[2]);

  /** City to city, as prices are kept; undefined when an end is an area or unknown. */
  protected readonly route = computed(() => {
    const { origins, destinations } = this.deal();
    const ofCity = (places: typeof origins) =>
      places.map(({ key }) => key).find((key) => /^(?:city|airport):/.test(key ?? ''));
    const [origin, destination] = [ofCity(origins), ofCity(destinations)];
    return origin && destination ? { origin, destination } : undefined;
  });
  protected readonly found = resource({
    params: () => {
      const route = this.route();
      const { currency, tripType, cabin } = this.deal();
      if (!route) return undefined;
      return {
        ...route,
        workspaceId: this.workspaceId,
        currency,
        days: this.days(),
        zone: this.clock.zone(),
        tripType: tripType === 'oneway' ? ('oneway' as const) : ('roundtrip' as const),
        cabin: cabinOf(cabin),
      };
    },
    loader: ({ params }) => this.requests.ask(statisticsRoutePrices, params),
  });
  protected readonly problem = computed(() => this.found.error() && problemOf(this.found.error()));
  protected readonly chart = computed<ChartData | undefined>(() => {
    if (!this.found.hasValue()) return undefined;
    const { days, summary } = this.found.value();
    const { mean, deviation } = summary;
    return {
      axis: $localize`Day`,
      places: days.map(({ day }) => day),
      series: [
        { name: $localize`Lowest`, values: days.map(({ lowest }) => lowest) },
        { name: $localize`Median`, values: days.map(({ median }) => median) },
      ],
      ...(mean !== null &&
        deviation !== null && {
          band: { name: $localize`Usual`, low: Math.max(0, mean - deviation), high: mean + deviation },
        }),
    };
  });
  protected readonly format = computed(() => {
    const { currency } = this.deal();
    return (value: number) => this.money.transform(Math.round(value), currency);
  });
  protected readonly plain = computed(() => {
    const { currency } = this.deal();
    return (value: number) => inUnits(value, currency);
  });
}

function cabinOf(cabin: string | null): 'economy' | 'premium' | 'business' | 'first' {
  if (cabin === 'business' || cabin === 'first') return cabin;
  return cabin?.startsWith('premium') ? 'premium' : 'economy';
}
