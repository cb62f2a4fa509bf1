import { ChangeDetectionStrategy, Component, effect, inject, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { type Item, ownInboxList, Requests } from '../api';
import { Live } from '../live/live';
import { Ago, EmptyState, Paged, ProblemNote, Skeleton } from '../ui';

/** The newest of the inbox, live. */
@Component({
  selector: 'sb-inbox-summary',
  imports: [Ago, EmptyState, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (list.problem(); as problem) {
      <sb-problem-note [problem]="problem" (retry)="list.reload()" />
    } @else if (list.first()) {
      <sb-skeleton [rows]="4" [height]="44" />
    } @else if (list.empty()) {
      <sb-empty-state i18n-title title="All caught up"
        ><span i18n>What you asked to be told of arrives here.</span></sb-empty-state
      >
    } @else {
      <ul class="rows m-0 list-none p-0">
        @for (one of list.items(); track one.id) {
          <li>
            <a
              class="flex items-baseline gap-3 px-5 py-2.5 text-ink no-underline hover:bg-raised"
              [routerLink]="['/inbox', one.id]"
            >
              <span class="min-w-0 flex-1 truncate" [class.font-semibold]="!one.readAt">{{
                one.title ?? one.type
              }}</span>
              <sb-ago class="text-xs text-muted" [at]="one.createdAt" />
            </a>
          </li>
        }
      </ul>
    }
  `,
})
export class InboxSummary {
  private readonly requests = inject(Requests);
  private readonly live = inject(Live);
  protected readonly list = new Paged<Item<typeof ownInboxList>>(() => this.requests.ask(ownInboxList, { limit: 6 }));

  constructor() {
    effect(() => {
      this.live.inbox();
      untracked(() => void this.list.reload());
    });
  }
}
