import {
  ChangeDetectionStrategy,
  Component,
  computed,
  createEnvironmentInjector,
  type EnvironmentInjector,
  input,
  RendererFactory2,
  ViewEncapsulation,
} from '@angular/core';
import { AreaChartModule, BarChartModule, type Color, LineChartModule, ScaleType } from '@swimlane/ngx-charts';
import type { ChartData, ChartKind } from './chart-data';
import { DrawingRenderers } from './drawing-renderers';

/** Where a drawing is made in: see `DrawingRenderers`. */
export const drawingInjector = (parent: EnvironmentInjector): EnvironmentInjector =>
  createEnvironmentInjector(
    [{ provide: RendererFactory2, useValue: new DrawingRenderers(parent.get(RendererFactory2)) }],
    parent,
  );

/** The days of the axis at noon, so that no time zone moves them. */
const noon = (day: string) => new Date(`${day}T12:00:00Z`);

const HOUR_MS = 3_600_000;

/** The picture of a chart. Made apart from the page, since ngx-charts and d3 weigh much. */
@Component({
  selector: 'sb-drawing',
  imports: [AreaChartModule, BarChartModule, LineChartModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  encapsulation: ViewEncapsulation.None,
  host: { class: 'block', 'aria-hidden': 'true' },
  templateUrl: './drawing.html',
  styles: `
    sb-drawing .ngx-charts text {
      fill: var(--muted);
      font: 400 0.75rem var(--font-sans, inherit);
    }
    sb-drawing .ngx-charts .gridline-path {
      stroke: var(--line);
    }
    sb-drawing .ngx-charts .line-series path {
      stroke-width: 2;
    }
    sb-drawing .ngx-charts-outer {
      animation: none;
    }
    sb-drawing .ngx-charts .bar,
    sb-drawing .ngx-charts .circle {
      cursor: default;
    }
  `,
})
export class Drawing {
  readonly kind = input.required<ChartKind>();
  readonly chart = input.required<ChartData>();
  readonly size = input.required<[number, number]>();
  readonly format = input.required<(value: number) => string>();
  readonly place = input.required<(place: string) => string>();
  readonly colours = input.required<readonly string[]>();

  protected readonly scheme = computed<Color>(() => ({
    name: 'console',
    selectable: false,
    group: ScaleType.Ordinal,
    domain: [...this.colours()],
  }));
  protected readonly lines = computed(() => {
    const { places, series, band } = this.chart();
    return series.map(({ name, values }, at) => ({
      name,
      series: places.flatMap((place, index) => {
        const value = values[index];
        if (value === null || value === undefined) return [];
        const point = { value, ...(at === 0 && band && { min: band.low, max: band.high }) };
        // A single day is drawn as long as it is: a point alone would not be seen.
        const times = places.length === 1 ? [0, 24] : [12];
        return times.map((hour) => ({ name: new Date(Date.parse(place) + hour * HOUR_MS), ...point }));
      }),
    }));
  });
  protected readonly stacks = computed(() => {
    const { places, series } = this.chart();
    return places.map((name, at) => ({
      name,
      series: series.map((one) => ({ name: one.name, value: one.values[at] ?? 0 })),
    }));
  });
  protected readonly rows = computed(() => {
    const { places, series } = this.chart();
    return places.map((name, at) => ({ name, value: series[0]?.values[at] ?? 0 }));
  });
  /** As many days as fit beside each other. */
  protected readonly ticks = computed(() => {
    const { places } = this.chart();
    const step = Math.max(1, Math.ceil(places.length / Math.max(2, Math.floor(this.size()[0] / 90))));
    return places.filter((_, at) => at % step === 0);
  });
  protected readonly dayTicks = computed(() => this.ticks().map(noon));
  protected readonly dayOf = (at: Date): string => this.place()(at.toISOString().slice(0, 10));
  protected readonly barDay = (place: string): string => (this.ticks().includes(place) ? this.place()(place) : '');
  protected readonly one = computed(() => [
    { name: this.chart().series[0]?.name ?? '', value: this.colours()[0] ?? '' },
  ]);
  protected readonly rowColour = () => this.colours()[0] ?? '';
}
