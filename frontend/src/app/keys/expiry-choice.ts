import { ChangeDetectionStrategy, Component, computed, inject, model } from '@angular/core';
import { Clock } from '../ui';

const DAY_MS = 86_400_000;

/** When a key ends: after so many days, or not by itself. */
@Component({
  selector: 'sb-expiry-choice',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <label class="field">
      <span class="label" i18n>Expires</span>
      <select #box class="input" (change)="days.set(+box.value)">
        @for (choice of choices; track choice.days) {
          <option [value]="choice.days" [selected]="choice.days === days()">{{ choice.title }}</option>
        }
      </select>
      <span class="hint">
        @if (ends(); as at) {
          <ng-container i18n>On {{ at }}.</ng-container>
        } @else {
          <ng-container i18n
            >A key that never ends is forgotten one day: better give it an end and rotate it.</ng-container
          >
        }
      </span>
    </label>
  `,
})
export class ExpiryChoice {
  private readonly clock = inject(Clock);
  /** From now on; 0 for never. */
  readonly days = model.required<number>();
  protected readonly choices = [
    { days: 30, title: $localize`in 30 days` },
    { days: 90, title: $localize`in 90 days` },
    { days: 365, title: $localize`in a year` },
    { days: 0, title: $localize`never` },
  ];
  protected readonly ends = computed(() => {
    const at = expiry(this.days());
    return at === null ? undefined : this.clock.day(at);
  });
}

/** @returns when it ends, RFC 3339; null for never */
export function expiry(days: number): string | null {
  return days === 0 ? null : new Date(Date.now() + days * DAY_MS).toISOString();
}
