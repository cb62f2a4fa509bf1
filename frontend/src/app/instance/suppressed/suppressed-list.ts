import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { lucideMailX } from '@ng-icons/lucide';
import { type Item, Requests, suppressedAddressesList, suppressedAddressesRelease } from '../../api';
import { Ago, EmptyState, Page, Paged, ProblemNote, Removals, Skeleton } from '../../ui';

type Suppressed = Item<typeof suppressedAddressesList>;

/** Addresses that get no notifications, because mail came back from them. */
@Component({
  selector: 'sb-suppressed-list',
  imports: [Ago, EmptyState, Page, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-page
      heading="Suppressed addresses"
      i18n-heading
      lead="Mail came back from them, so they get no notifications. Mails of accounts, such as password resets, still go there."
      i18n-lead
    >
      <div class="panel overflow-hidden">
        @if (list.problem(); as problem) {
          <sb-problem-note [problem]="problem" (retry)="list.reload()" />
        } @else if (list.first()) {
          <sb-skeleton [rows]="5" />
        } @else if (!shown().length) {
          <sb-empty-state [icon]="icons.lucideMailX" i18n-title title="No address is suppressed">
            <span i18n
              >An address is put here when its server says that it does not exist, or its reader complains about a
              mail.</span
            >
          </sb-empty-state>
        } @else {
          <ul class="rows m-0 list-none p-0" aria-label="Addresses" i18n-aria-label>
            @for (one of shown(); track one.id) {
              <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
                <div class="min-w-0 flex-1 basis-60">
                  <p class="m-0 flex items-baseline gap-3">
                    <span class="truncate font-medium">{{ one.address }}</span>
                    <span class="text-xs text-muted">{{ reason(one) }} · <sb-ago [at]="one.since" /></span>
                  </p>
                  @if (one.detail; as detail) {
                    <p class="m-0 font-mono text-xs text-muted wrap-anywhere">{{ detail }}</p>
                  }
                </div>
                <button type="button" class="btn btn-small" (click)="release(one)" i18n>Send there again</button>
              </li>
            }
          </ul>
          @if (list.hasMore()) {
            <div class="border-t border-line p-3 text-center">
              <button type="button" class="btn btn-small" [disabled]="list.loading()" (click)="list.more()" i18n>
                Show older
              </button>
            </div>
          }
        }
      </div>
    </sb-page>
  `,
})
export class SuppressedList {
  private readonly requests = inject(Requests);
  private readonly removals = inject(Removals);
  protected readonly icons = { lucideMailX };
  protected readonly list = new Paged<Suppressed>((cursor) =>
    this.requests.ask(suppressedAddressesList, { limit: 50, ...(cursor !== undefined && { cursor }) }),
  );
  protected readonly shown = computed(() => this.list.items().filter(({ id }) => !this.removals.hides(id)));

  constructor() {
    void this.list.reload();
  }

  protected reason({ reason }: Suppressed): string {
    switch (reason) {
      case 'bounce':
        return $localize`its server refused a mail for good`;
      case 'complaint':
        return $localize`its reader complained`;
      case 'operator':
        return $localize`an operator put it here`;
    }
  }

  protected release({ id, address }: Suppressed): void {
    this.removals.remove(id, $localize`Notifications go to ${address}:address: again`, () =>
      this.requests.ask(suppressedAddressesRelease, { addressId: id }),
    );
  }
}
