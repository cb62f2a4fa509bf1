import { ChangeDetectionStrategy, Component, computed, inject, input, LOCALE_ID } from '@angular/core';
import type { Answer, usageOf } from '../api';
import { Clock } from '../ui';
import { amount } from './amount';
import { atLimit, quotaName } from './quota-words';

type Quota = Answer<typeof usageOf>['quotas'][number];

/** One limit: how much of it is used, what happens at its end, and the months before. */
@Component({
  selector: 'sb-quota-row',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'grid gap-x-8 gap-y-3 px-5 py-4', '[class.md:grid-cols-[1fr_220px]]': 'months().length > 1' },
  template: `
    <div class="min-w-0">
      <div class="flex items-baseline gap-3">
        <h3 class="m-0 flex-1 font-medium" [id]="id()">{{ name() }}</h3>
        @if (state() === 'full') {
          <span class="badge badge-bad" i18n>limit reached</span>
        } @else if (state() === 'near') {
          <span class="badge badge-warn" i18n>nearly used</span>
        }
        <span class="tabular">
          <strong class="font-semibold">{{ used() }}</strong>
          @if (allowed(); as limit) {
            <span class="ml-1 text-muted" i18n>of {{ limit }}</span>
          } @else {
            <span class="ml-1 text-muted" i18n>no limit</span>
          }
        </span>
      </div>
      @if (quota().allowed !== null) {
        <div
          class="my-2 flex h-2 overflow-hidden rounded-full bg-raised"
          role="meter"
          aria-valuemin="0"
          [attr.aria-valuemax]="quota().allowed"
          [attr.aria-valuenow]="quota().used + quota().reserved"
          [attr.aria-valuetext]="used()"
          [attr.aria-labelledby]="id()"
        >
          <div
            [class.bg-brand]="state() === 'fine'"
            [class.bg-warn]="state() === 'near'"
            [class.bg-bad]="state() === 'full'"
            [style.width.%]="share(quota().used)"
          ></div>
          <div class="bg-line-strong" [style.width.%]="share(quota().reserved)"></div>
        </div>
      }
      <p class="hint m-0">
        {{ meaning() }}
        @if (reserved(); as more) {
          <span i18n>{{ more }} more are reserved by open invitations.</span>
        }
        @if (quota().resetsAt; as at) {
          <span i18n>Begins anew on {{ clock.day(at) }}.</span>
        }
      </p>
    </div>
    @if (months().length > 1) {
      <table class="block" [attr.aria-labelledby]="id()">
        <caption class="sr-only" i18n>
          The most of each month
        </caption>
        <tbody class="flex h-16 items-end gap-1">
          @for (month of months(); track month.key) {
            <tr class="flex h-full flex-1 flex-col justify-end" [title]="month.title">
              <th class="sr-only" scope="row">{{ month.name }}</th>
              <td class="block rounded-t-sm bg-brand p-0 opacity-70" [style.height.%]="month.height">
                <span class="sr-only">{{ month.most }}</span>
              </td>
            </tr>
          }
        </tbody>
      </table>
    }
  `,
})
export class QuotaRow {
  readonly quota = input.required<Quota>();
  private readonly locale = inject(LOCALE_ID);
  protected readonly clock = inject(Clock);
  protected readonly id = computed(() => `quota-${this.quota().quota}`);
  protected readonly name = computed(() => quotaName(this.quota().quota));
  protected readonly meaning = computed(() => atLimit(this.quota().quota));
  protected readonly used = computed(() => this.amount(this.quota().used));
  protected readonly allowed = computed(() => {
    const { allowed } = this.quota();
    return allowed === null ? undefined : this.amount(allowed);
  });
  protected readonly reserved = computed(() => {
    const { reserved } = this.quota();
    return reserved > 0 ? this.amount(reserved) : undefined;
  });
  protected readonly state = computed<'fine' | 'near' | 'full'>(() => {
    const { used, reserved, allowed } = this.quota();
    if (allowed === null) return 'fine';
    const taken = used + reserved;
    return taken >= allowed ? 'full' : taken >= allowed * 0.8 ? 'near' : 'fine';
  });
  /** Oldest first, each with its height against the highest. */
  protected readonly months = computed(() => {
    const months = this.quota().months.toSorted((a, b) => a.month.localeCompare(b.month));
    const highest = Math.max(1, ...months.map(({ most }) => most));
    const format = new Intl.DateTimeFormat(this.locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
    return months.map(({ month, most }) => {
      const name = format.format(new Date(`${month}-01T00:00:00Z`));
      const value = this.amount(most);
      return { key: month, name, most: value, title: `${name}: ${value}`, height: Math.max(3, (most / highest) * 100) };
    });
  });

  protected share(part: number): number {
    return Math.min(100, (part / Math.max(1, this.quota().allowed ?? 1)) * 100);
  }

  private amount(value: number): string {
    return amount(value, this.quota().unit, this.locale);
  }
}
