import { ChangeDetectionStrategy, Component, effect, inject, signal, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideSend } from '@ng-icons/lucide';
import { deliveriesList, type Item, Requests } from '../../api';
import { CurrentWorkspace, Session } from '../../session';
import { Ago, EmptyState, FilterBar, Paged, ProblemNote, Skeleton } from '../../ui';

/** What was sent to this person beside the inbox, with every attempt and what the other side said. */
@Component({
  selector: 'sb-sent-list',
  imports: [Ago, EmptyState, FilterBar, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  templateUrl: './sent-list.html',
})
export class SentList {
  private readonly requests = inject(Requests);
  protected readonly session = inject(Session);
  protected readonly workspaceId = signal(inject(CurrentWorkspace).preferred() ?? '');
  protected readonly filter = signal('');
  protected readonly icon = lucideSend;
  protected readonly waiting = $localize`It waits for its first attempt.`;
  protected readonly channels = {
    mail: $localize`Mail`,
    push: $localize`Browser`,
    slack: 'Slack',
    discord: 'Discord',
    webhook: $localize`Webhook`,
  };
  protected readonly states = { queued: $localize`on its way`, sent: $localize`sent`, failed: $localize`failed` };
  protected readonly list = new Paged<Item<typeof deliveriesList>>((cursor) =>
    this.requests.ask(deliveriesList, {
      workspaceId: this.workspaceId(),
      limit: 50,
      ...(this.filter() && { filter: this.filter() }),
      ...(cursor !== undefined && { cursor }),
    }),
  );

  constructor() {
    effect(() => {
      this.filter();
      if (this.workspaceId()) untracked(() => void this.list.reload());
    });
  }

  protected wrongFilter() {
    const problem = this.list.problem();
    return problem?.status === 400 ? problem : undefined;
  }
}
