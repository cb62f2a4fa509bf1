import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { WORLD_DOTS } from './world-dots';

/** A destination that can be shown on a map. */
export interface MapPoint {
  readonly key: string;
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly deals: number;
  /** Beside the name, for people. */
  readonly words: string;
}

/** Of a square of the dots, in degrees. */
const STEP = 2.5;
/** So far north and south of that nobody flies to; degrees. */
const [NORTH, SOUTH] = [80, -57];

const dots = (): string =>
  WORLD_DOTS.flatMap((row, y) =>
    [...row].flatMap((digit, x) =>
      [0, 1, 2, 3].flatMap((bit) =>
        (parseInt(digit, 16) >> (3 - bit)) & 1
          ? [`M${(x * 4 + bit + 0.5) * STEP - 180} ${(y + 0.5) * STEP - 90}h0`]
          : [],
      ),
    ),
  ).join('');

/** Where deals go, on a map of dots: there is land where there are airports. Longitude and latitude are drawn as they are (plate carrée). */
@Component({
  selector: 'sb-world-map',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <svg class="block h-auto w-full" [attr.viewBox]="box" role="group" [attr.aria-label]="label">
      <path class="land" [attr.d]="land" aria-hidden="true" />
      @for (point of placed(); track point.key) {
        <a
          class="point"
          [routerLink]="link()"
          [queryParams]="{ filter: 'destination:' + point.key }"
          [attr.aria-label]="point.name + ', ' + point.words"
        >
          <circle [attr.cx]="point.longitude" [attr.cy]="-point.latitude" [attr.r]="point.radius" />
          <title>{{ point.name }}, {{ point.words }}</title>
        </a>
      }
      @for (point of named(); track point.key) {
        <text
          class="name"
          [attr.x]="point.longitude + point.radius + 1.5"
          [attr.y]="1.2 - point.latitude"
          aria-hidden="true"
        >
          {{ point.name }}
        </text>
      }
    </svg>
  `,
  styles: `
    .land {
      stroke: var(--line-strong);
      stroke-width: 1.1;
      stroke-linecap: round;
      opacity: 0.45;
    }
    .point circle {
      fill: var(--chart-1);
      fill-opacity: 0.55;
      stroke: var(--chart-1);
      stroke-width: 0.4;
    }
    .point:hover circle,
    .point:focus-visible circle {
      fill-opacity: 0.95;
    }
    .point:focus-visible {
      outline: none;
    }
    .point:focus-visible circle {
      stroke: var(--ink);
      stroke-width: 1.4;
    }
    .name {
      fill: var(--ink);
      font-size: 3.6px;
      font-weight: 500;
      paint-order: stroke;
      stroke: var(--surface);
      stroke-width: 1;
      pointer-events: none;
    }
  `,
})
export class WorldMap {
  readonly points = input.required<readonly MapPoint[]>();
  /** The list that a point leads to, with a filter for it. */
  readonly link = input.required<string>();
  protected readonly box = `-170 ${-NORTH} 350 ${NORTH - SOUTH}`;
  protected readonly land = dots();
  protected readonly label = $localize`Map of destinations`;
  /** The largest below, so that small ones can be pointed at. */
  protected readonly placed = computed(() => {
    const most = Math.max(1, ...this.points().map(({ deals }) => deals));
    return this.points()
      .map((point) => ({ ...point, radius: 1.2 + 2.8 * Math.sqrt(point.deals / most) }))
      .sort((a, b) => b.deals - a.deals);
  });
  /** The first few by name, unless a larger one is too near to read it. */
  protected readonly named = computed(() => {
    const shown: { longitude: number; latitude: number }[] = [];
    return this.placed()
      .slice(0, 12)
      .filter((point) => {
        const free = shown.every(
          (one) => Math.abs(one.latitude - point.latitude) > 4.5 || Math.abs(one.longitude - point.longitude) > 24,
        );
        if (free) shown.push(point);
        return free;
      });
  });
}
