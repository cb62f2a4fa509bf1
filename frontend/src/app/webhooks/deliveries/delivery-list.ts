import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { Router } from '@angular/router';
import { lucideRotateCw, lucideSearch, lucideSend } from '@ng-icons/lucide';
import { historyList, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { EmptyState, FilterBar, Icon, Paged, poll, ProblemNote, Skeleton } from '../../ui';
import { DeliveryRows } from './delivery-rows';
import type { Delivery } from './delivery-words';
import { ReplayDialog } from './replay-dialog';
import { ReplayProgress } from './replay-progress';
import { Replays } from './replays';

/** What was sent to endpoints, or waits: the newest first, as it goes on. */
@Component({
  selector: 'sb-delivery-list',
  imports: [DeliveryRows, EmptyState, FilterBar, Icon, ProblemNote, ReplayDialog, ReplayProgress, Skeleton],
  providers: [Replays],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './delivery-list.html',
})
export class DeliveryList {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  /** In the filter language. */
  readonly filter = input('', { transform: (text: string | undefined) => text ?? '' });
  protected readonly icons = { lucideRotateCw, lucideSearch, lucideSend };
  protected readonly mayWrite = computed(() => this.current.may('webhooks:write'));
  protected readonly choosing = signal(false);
  protected readonly quick: readonly { readonly filter: string; readonly title: string }[] = [
    { filter: '', title: $localize`All` },
    { filter: 'state:failed', title: $localize`Given up` },
    { filter: 'state:queued attempts>0', title: $localize`Trying again` },
    { filter: 'state:queued attempts:0', title: $localize`Waiting` },
  ];
  protected readonly list = new Paged<Delivery>((cursor) =>
    this.requests.ask(historyList, {
      workspaceId: this.workspaceId,
      limit: 50,
      ...(this.filter() && { filter: this.filter() }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  protected readonly wrongFilter = this.list.wrongFilter;

  constructor() {
    effect(() => {
      this.filter();
      untracked(() => void this.list.reload());
    });
    poll(4000, () => this.list.refresh());
  }

  protected narrow(filter: string): void {
    void this.router.navigate([], { queryParams: { filter: filter || null } });
  }
}
