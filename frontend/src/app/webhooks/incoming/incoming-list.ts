import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideArrowDownToLine, lucidePlus, lucideSearch } from '@ng-icons/lucide';
import { incomingList, Requests } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { Ago, EmptyState, FilterBar, Icon, Paged, ProblemNote, Removals, Skeleton } from '../../ui';
import { IncomingDialog } from './incoming-dialog';
import { RestHooksNote } from './rest-hooks-note';
import { type Incoming, wordsOf } from './schemes';

/** Addresses at which other systems tell this workspace of what happens there. */
@Component({
  selector: 'sb-incoming-list',
  imports: [Ago, EmptyState, FilterBar, Icon, IncomingDialog, ProblemNote, RestHooksNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './incoming-list.html',
})
export class IncomingList {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly removals = inject(Removals);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  /** In the filter language. */
  readonly filter = input('', { transform: (text: string | undefined) => text ?? '' });
  protected readonly icons = { lucideArrowDownToLine, lucidePlus, lucideSearch };
  protected readonly wordsOf = wordsOf;
  protected readonly mayWrite = computed(() => this.current.may('webhooks:write'));
  protected readonly making = signal(false);
  protected readonly list = new Paged<Incoming>((cursor) =>
    this.requests.ask(incomingList, {
      workspaceId: this.workspaceId,
      limit: 50,
      ...(this.filter() && { filter: this.filter() }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  protected readonly shown = computed(() => this.list.items().filter(({ id }) => !this.removals.hides(id)));
  protected readonly wrongFilter = this.list.wrongFilter;

  constructor() {
    effect(() => {
      this.filter();
      untracked(() => void this.list.reload());
    });
    const reload = () => void this.list.reload();
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:incoming_webhook.* OR type:incoming.received' },
      { event: reload, reset: reload },
    );
  }

  protected narrow(filter: string): void {
    void this.router.navigate([], { queryParams: { filter: filter || null } });
  }
}
