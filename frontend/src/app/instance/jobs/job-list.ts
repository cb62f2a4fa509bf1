import { ChangeDetectionStrategy, Component, effect, inject, input, signal, untracked } from '@angular/core';
import { Router } from '@angular/router';
import { lucideListTodo, lucidePlay, lucideSearch } from '@ng-icons/lucide';
import { type Item, jobsList, jobsRelease, problemOf, Requests } from '../../api';
import { Ago, Confirm, EmptyState, FilterBar, Icon, Page, Paged, poll, ProblemNote, Skeleton, Toasts } from '../../ui';
import { JobDialog } from './job-dialog';
import { jobStanding } from './job-words';

export type Job = Item<typeof jobsList>;

/** Every side effect that waits, runs, ran or failed for good. */
@Component({
  selector: 'sb-job-list',
  imports: [Ago, EmptyState, FilterBar, Icon, JobDialog, Page, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './job-list.html',
})
export class JobList {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  /** In the filter language. */
  readonly filter = input('', { transform: (text: string | undefined) => text ?? '' });
  protected readonly icons = { lucideListTodo, lucidePlay, lucideSearch };
  protected readonly standing = jobStanding;
  protected readonly quick: readonly { readonly filter: string; readonly title: string }[] = [
    { filter: '', title: $localize`All` },
    { filter: 'state:parked', title: $localize`Failed for good` },
    { filter: 'state:queued', title: $localize`Waiting` },
    { filter: 'state:running', title: $localize`Running` },
    { filter: 'held:true', title: $localize`Held` },
  ];
  /** The one whose details are shown. */
  protected readonly opened = signal<Job | undefined>(undefined);
  protected readonly list = new Paged<Job>((cursor) =>
    this.requests.ask(jobsList, {
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
    poll(5000, () => this.list.refresh());
  }

  protected narrow(filter: string): void {
    void this.router.navigate([], { queryParams: { filter: filter || null } });
  }

  protected async release(): Promise<void> {
    const yes = await this.confirm.ask({
      heading: $localize`Release all that is held?`,
      text: $localize`Mails, alerts and webhooks that a restore held are sent now. The other side may have had them before the restore: look through what is held first.`,
      action: $localize`Release it`,
    });
    if (!yes) return;
    try {
      const { count } = await this.requests.ask(jobsRelease, { body: {} });
      this.toasts.say({ text: $localize`${count}:count: released` });
      await this.list.reload();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }
}
