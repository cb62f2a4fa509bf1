import {
  ChangeDetectionStrategy,
  Component,
  type ComponentRef,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  EnvironmentInjector,
  inject,
  input,
  LOCALE_ID,
  signal,
  viewChild,
  ViewContainerRef,
} from '@angular/core';
import { lucideChartColumn, lucideDownload, lucideTable } from '@ng-icons/lucide';
import { Icon } from '../icon';
import { type ChartData, type ChartKind, csvOf } from './chart-data';
import type { Drawing } from './drawing';

let last = 0;

/**
 * Figures as a picture with a legend that can be read, as a table, and as a file. The picture is walked with pointer or arrow keys, and what it
 * shows there is said in words.
 */
@Component({
  selector: 'sb-chart',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  templateUrl: './chart.html',
  styleUrl: './chart.css',
})
export class Chart {
  private readonly injector = inject(EnvironmentInjector);
  private readonly destroyed = inject(DestroyRef);
  private readonly locale = inject(LOCALE_ID);
  private readonly room = viewChild.required<ElementRef<HTMLElement>>('room');
  private readonly host = viewChild.required('picture', { read: ViewContainerRef });
  readonly kind = input.required<ChartKind>();
  readonly chart = input.required<ChartData>();
  /** What it shows, in a few words; also the name of the file. */
  readonly heading = input.required<string>();
  /** Writes a value for people. */
  readonly format = input<(value: number) => string>((value) => value.toLocaleString(this.locale));
  /** A value as the file has it, such as an amount in whole units. */
  readonly plain = input<(value: number) => number>((value) => value);
  /** Of the picture, in pixels; of `rows` it follows from their number. */
  readonly height = input(260);

  protected readonly icons = { lucideChartColumn, lucideDownload, lucideTable };
  protected readonly id = `chart-${++last}`;
  protected readonly asTable = signal(false);
  protected readonly width = signal(0);
  protected readonly failed = signal(false);
  protected readonly at = signal<number | undefined>(undefined);
  protected readonly colours = [
    'var(--chart-1)',
    'var(--chart-2)',
    'var(--chart-3)',
    'var(--chart-4)',
    'var(--chart-5)',
    'var(--chart-6)',
  ];
  protected readonly tall = computed(() =>
    this.kind() === 'rows' ? this.chart().places.length * 30 + 40 : this.height(),
  );
  protected readonly empty = computed(() => this.chart().places.length === 0);
  private readonly day = new Intl.DateTimeFormat(this.locale, { month: 'short', day: 'numeric', timeZone: 'UTC' });
  protected readonly place = (text: string): string =>
    /^\d{4}-\d\d-\d\d$/.test(text) ? this.day.format(new Date(`${text}T12:00:00Z`)) : text;
  /** What stands at the place that is looked at. */
  protected readonly looked = computed(() => {
    const at = this.at();
    const { places, series } = this.chart();
    const place = at === undefined ? undefined : places[at];
    if (at === undefined || place === undefined) return undefined;
    const values = series.flatMap(({ name, values }, index) => {
      const value = values[at];
      return value === null || value === undefined || (value === 0 && series.length > 1)
        ? []
        : [{ name, value: this.format()(value), colour: this.colours[index % this.colours.length] ?? '' }];
    });
    return { place: this.place(place), values };
  });
  protected readonly words = computed(() => {
    const looked = this.looked();
    if (!looked) return $localize`Arrow keys go through the values`;
    return [looked.place, ...looked.values.map(({ name, value }) => `${name} ${value}`)].join(', ');
  });
  protected readonly tip = signal<{ x: number; y: number } | undefined>(undefined);
  private drawing?: Promise<ComponentRef<Drawing> | undefined>;

  constructor() {
    effect((onCleanup) => {
      const observer = new ResizeObserver(([entry]) => this.width.set(Math.floor(entry?.contentRect.width ?? 0)));
      observer.observe(this.room().nativeElement);
      onCleanup(() => observer.disconnect());
    });
    effect(() => {
      const inputs = {
        kind: this.kind(),
        chart: this.chart(),
        size: [this.width(), this.tall()],
        format: this.format(),
        place: this.place,
        colours: this.colours,
      };
      if (this.width() > 0 && !this.empty()) void this.draw(inputs);
    });
  }

  protected valueOf(values: readonly (number | null)[], at: number): string {
    const value = values[at];
    return value === null || value === undefined ? '–' : this.format()(value);
  }

  protected press(event: KeyboardEvent): void {
    const end = this.chart().places.length - 1;
    const at = this.at();
    const next = {
      ArrowRight: at === undefined ? 0 : at + 1,
      ArrowDown: at === undefined ? 0 : at + 1,
      ArrowLeft: (at ?? 1) - 1,
      ArrowUp: (at ?? 1) - 1,
      Home: 0,
      End: end,
    }[event.key];
    if (event.key === 'Escape') return this.leave();
    if (next === undefined) return;
    event.preventDefault();
    this.look(Math.min(end, Math.max(0, next)));
  }

  protected point(event: PointerEvent): void {
    const plot = this.plot();
    if (!plot) return;
    const { length } = this.chart().places;
    const share =
      this.kind() === 'rows' ? (event.clientY - plot.top) / plot.height : (event.clientX - plot.left) / plot.width;
    const at = this.kind() === 'line' || this.kind() === 'area' ? this.nearest(share) : Math.floor(share * length);
    if (at < 0 || at >= length) this.leave();
    else this.look(at);
  }

  protected leave(): void {
    this.at.set(undefined);
    this.tip.set(undefined);
  }

  protected save(): void {
    const url = URL.createObjectURL(
      new Blob(['\ufeff', csvOf(this.chart(), this.plain())], { type: 'text/csv;charset=utf-8' }),
    );
    const link = document.createElement('a');
    link.href = url;
    link.download = `${this.heading()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')}.csv`;
    link.click();
    URL.revokeObjectURL(url);
  }

  /** Goes to a place, with the note beside it, inside the picture. */
  private look(at: number): void {
    this.at.set(at);
    const plot = this.plot();
    if (!plot) return;
    const room = this.room().nativeElement.getBoundingClientRect();
    const rows = this.kind() === 'rows';
    const share = this.shareOf(at);
    const x = rows ? plot.left - room.left + plot.width * 0.4 : plot.left - room.left + plot.width * share;
    const y = rows ? plot.top - room.top + plot.height * share : plot.top - room.top;
    this.tip.set({ x, y });
  }

  /** Where a place lies on the axis, 0 to 1: days by time, bars by their number. */
  private shareOf(at: number): number {
    const { places } = this.chart();
    if (this.kind() === 'bars' || this.kind() === 'rows') return (at + 0.5) / places.length;
    const [first = 0, here = 0, end = 0] = [places[0], places[at], places.at(-1)].map((day) => Date.parse(day ?? ''));
    return end === first ? 0.5 : (here - first) / (end - first);
  }

  private nearest(share: number): number {
    const distances = this.chart().places.map((_, at) => Math.abs(this.shareOf(at) - share));
    return distances.indexOf(Math.min(...distances));
  }

  /** Of the part between the axes, on the screen: what the lines of the grid span. */
  private plot(): DOMRect | undefined {
    const room = this.room().nativeElement;
    const lines = [...room.querySelectorAll('.gridline-path')].map((line) => line.getBoundingClientRect());
    if (lines.length === 0) return undefined;
    const [left, right] = [Math.min(...lines.map((one) => one.left)), Math.max(...lines.map((one) => one.right))];
    const [top, bottom] = [Math.min(...lines.map((one) => one.top)), Math.max(...lines.map((one) => one.bottom))];
    return new DOMRect(left, top, right - left, bottom - top);
  }

  private async draw(inputs: Record<string, unknown>): Promise<void> {
    const ref = await (this.drawing ??= this.make());
    if (!ref) return;
    for (const [name, value] of Object.entries(inputs)) ref.setInput(name, value);
  }

  private async make(): Promise<ComponentRef<Drawing> | undefined> {
    const lib = await import('./drawing').catch(() => undefined);
    if (this.destroyed.destroyed) return undefined;
    if (!lib) {
      // The code of pictures did not come: the figures are shown all the same.
      this.failed.set(true);
      this.asTable.set(true);
      return undefined;
    }
    const environmentInjector = lib.drawingInjector(this.injector);
    this.destroyed.onDestroy(() => environmentInjector.destroy());
    return this.host().createComponent(lib.Drawing, { environmentInjector });
  }
}
