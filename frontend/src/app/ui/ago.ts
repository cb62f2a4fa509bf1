import { ChangeDetectionStrategy, Component, computed, inject, input, LOCALE_ID } from '@angular/core';
import { Clock } from './clock';

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago, or until; the whole time, in the person's zone, when one points at it. */
@Component({
  selector: 'sb-ago',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<time [attr.datetime]="at()" [title]="whole()">{{ words() }}</time>`,
})
export class Ago {
  /** RFC 3339. */
  readonly at = input.required<string>();
  private readonly clock = inject(Clock);
  private readonly relative = new Intl.RelativeTimeFormat(inject(LOCALE_ID), { numeric: 'auto', style: 'short' });

  protected readonly words = computed(() => {
    const seconds = (Date.parse(this.at()) - this.clock.minute()) / 1000;
    const [unit, length] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
    return unit === 'second' ? $localize`just now` : this.relative.format(Math.trunc(seconds / length), unit);
  });
  protected readonly whole = computed(() => this.clock.whole(this.at()));
}
