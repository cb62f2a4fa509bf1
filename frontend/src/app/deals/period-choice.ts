import { ChangeDetectionStrategy, Component, LOCALE_ID, inject, model } from '@angular/core';

/** Days that charts look back. */
export const PERIODS = [7, 30, 90, 365] as const;

/** How far charts look back. */
@Component({
  selector: 'sb-period-choice',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'flex gap-1', role: 'group', '[attr.aria-label]': 'label' },
  template: `
    @for (period of periods; track period) {
      <button
        type="button"
        class="btn btn-quiet btn-small"
        [class.btn-chosen]="days() === period"
        [attr.aria-pressed]="days() === period"
        (click)="days.set(period)"
      >
        {{ words(period) }}
      </button>
    }
  `,
})
export class PeriodChoice {
  readonly days = model.required<number>();
  private readonly locale = inject(LOCALE_ID);
  protected readonly label = $localize`Period`;
  protected readonly periods = PERIODS;

  protected words(period: number): string {
    const [unit, count] = period === 365 ? ['year', 1] : ['day', period];
    return new Intl.NumberFormat(this.locale, { style: 'unit', unit: String(unit), unitDisplay: 'long' }).format(
      Number(count),
    );
  }
}
