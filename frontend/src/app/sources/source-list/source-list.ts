import { ChangeDetectionStrategy, Component, computed, effect, inject, input, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucidePlus, lucideRadioTower, lucideSearch } from '@ng-icons/lucide';
import { Requests, sourcesList } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { Ago, EmptyState, FilterBar, Icon, Page, Paged, ProblemNote, Skeleton, Removals } from '../../ui';
import { kindOf, placeOf, type Source, sourceKinds } from '../source-kinds';
import { SourceStatus } from '../source-status';

/** Where deals come from, and whether each source works. */
@Component({
  selector: 'sb-source-list',
  imports: [Ago, EmptyState, FilterBar, Icon, Page, ProblemNote, RouterLink, Skeleton, SourceStatus],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './source-list.html',
})
export class SourceList {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly removals = inject(Removals);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  readonly filter = input('', { transform: (text: string | undefined) => text ?? '' });
  protected readonly icons = { lucidePlus, lucideRadioTower, lucideSearch };
  protected readonly kinds = sourceKinds();
  protected readonly kindOf = kindOf;
  protected readonly placeOf = placeOf;
  protected readonly mayWrite = computed(() => this.current.may('sources:write'));

  protected readonly list = new Paged<Source>((cursor) =>
    this.requests.ask(sourcesList, {
      workspaceId: this.workspaceId,
      sort: 'name',
      limit: 100,
      ...(this.filter() && { filter: this.filter() }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  protected readonly shown = computed(() => this.list.items().filter(({ id }) => !this.removals.hides(id)));
  protected readonly wrong = computed(() => {
    const problem = this.list.problem();
    return problem?.status === 400 ? problem : undefined;
  });

  constructor() {
    effect(() => {
      this.filter();
      untracked(() => void this.list.reload());
    });
    const reload = () => void this.list.reload();
    inject(Live).watch(
      { workspaceId: this.workspaceId, target: 'activity', filter: 'type:source.*' },
      { event: reload, reset: reload },
    );
  }

  protected narrow(filter: string): void {
    void this.router.navigate([], { queryParams: { filter: filter || null } });
  }
}
