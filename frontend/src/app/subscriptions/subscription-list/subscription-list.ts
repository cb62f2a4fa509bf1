import { ChangeDetectionStrategy, Component, computed, effect, inject, input, LOCALE_ID } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import {
  lucideBellRing,
  lucideHash,
  lucidePause,
  lucidePlay,
  lucidePlus,
  lucideTrash2,
  lucideUsers,
} from '@ng-icons/lucide';
import { Ago, Clock, EmptyState, FilterBar, Icon, Page, ProblemNote, Skeleton, SnoozeMenu } from '../../ui';
import { Ideas } from '../ideas';
import { rhythmWords, type State, stateOf, type Subscription } from '../subscription';
import { SubscriptionsStore } from '../subscriptions.store';

type View = 'mine' | 'shared' | 'quiet';

/** What the person is told of in this workspace, what others share, and ideas for more. */
@Component({
  selector: 'sb-subscription-list',
  imports: [Ago, EmptyState, FilterBar, Icon, Ideas, Page, ProblemNote, RouterLink, Skeleton, SnoozeMenu],
  providers: [SubscriptionsStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './subscription-list.html',
})
export class SubscriptionList {
  protected readonly store = inject(SubscriptionsStore);
  private readonly clock = inject(Clock);
  private readonly locale = inject(LOCALE_ID);
  private readonly router = inject(Router);
  /** Which part of the list, by the address; all of it when absent. */
  readonly view = input<View>();
  /** In the filter language, by the address. */
  readonly filter = input('', { transform: (text: string | undefined) => text ?? '' });
  protected readonly wrongFilter = this.store.list.wrongFilter;
  protected readonly icons = {
    lucideBellRing,
    lucideHash,
    lucidePause,
    lucidePlay,
    lucidePlus,
    lucideTrash2,
    lucideUsers,
  };
  protected readonly pause = $localize`Pause`;
  protected readonly resume = $localize`Resume`;
  protected readonly views: readonly { id: View | undefined; title: string }[] = [
    { id: undefined, title: $localize`All` },
    { id: 'mine', title: $localize`Telling you` },
    { id: 'shared', title: $localize`Shared` },
    { id: 'quiet', title: $localize`Paused and over` },
  ];
  protected readonly shown = computed(() => {
    const view = this.view();
    return this.store.list.items().filter((one) => view === undefined || this.belongs(one, view));
  });
  protected readonly words: Record<State, string> = {
    listening: '',
    paused: $localize`paused`,
    expired: $localize`over`,
    snoozed: $localize`snoozed`,
    offered: $localize`not joined`,
  };

  constructor() {
    effect(() => this.store.filter.set(this.filter()));
    this.store.follow();
  }

  protected stateOf = (one: Subscription): State => stateOf(one, this.clock.minute());
  protected rhythm = (one: Subscription): string => rhythmWords(one.rhythm, this.locale);

  protected choose(view: View | undefined): void {
    void this.router.navigate([], { queryParams: { view: view ?? null }, queryParamsHandling: 'merge' });
  }

  protected narrow(filter: string): void {
    void this.router.navigate([], { queryParams: { filter: filter || null }, queryParamsHandling: 'merge' });
  }

  private belongs(one: Subscription, view: View): boolean {
    if (view === 'shared') return one.shared;
    const quiet = ['paused', 'expired', 'snoozed'].includes(this.stateOf(one));
    return view === 'quiet' ? quiet : one.joined && !quiet;
  }
}
