import { ChangeDetectionStrategy, Component, computed, effect, inject, input, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucidePlus, lucideSearch, lucideWebhook } from '@ng-icons/lucide';
import { endpointsList, Requests } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { Ago, EmptyState, FilterBar, Icon, Paged, ProblemNote, Removals, Skeleton } from '../../ui';
import { type Endpoint, EndpointNames, hostOf } from './endpoint-names';
import { standing, typesInWords } from './endpoint-words';

/** Where events of the workspace are posted to, and how each fares. */
@Component({
  selector: 'sb-endpoint-list',
  imports: [Ago, EmptyState, FilterBar, Icon, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './endpoint-list.html',
})
export class EndpointList {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly removals = inject(Removals);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  protected readonly names = inject(EndpointNames);
  /** In the filter language. */
  readonly filter = input('', { transform: (text: string | undefined) => text ?? '' });
  protected readonly icons = { lucidePlus, lucideSearch, lucideWebhook };
  protected readonly hostOf = hostOf;
  protected readonly standing = standing;
  protected readonly typesInWords = typesInWords;
  protected readonly mayWrite = computed(() => this.current.may('webhooks:write'));

  protected readonly list = new Paged<Endpoint>((cursor) =>
    this.requests.ask(endpointsList, {
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
      { workspaceId: this.workspaceId, filter: 'type:webhook_endpoint.*' },
      { event: reload, reset: reload },
    );
  }

  protected narrow(filter: string): void {
    void this.router.navigate([], { queryParams: { filter: filter || null } });
  }
}
