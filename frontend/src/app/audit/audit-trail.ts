import { ChangeDetectionStrategy, Component, effect, inject, input, signal, untracked } from '@angular/core';
import { Router } from '@angular/router';
import { lucideDownload, lucideScrollText } from '@ng-icons/lucide';
import { trailed } from '../activity/happened';
import { Narrator } from '../activity/narrator';
import { auditEventsList, auditExportBegin, type Item, problemOf, Requests } from '../api';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { Ago, EmptyState, FilterBar, Icon, Page, Paged, ProblemNote, Skeleton, Toasts } from '../ui';
import { save } from '../ui/save';
import { AuditEntry } from './audit-entry';

type Entry = Item<typeof auditEventsList>;

/** Who did what, when and from where, with one entry opened beside; the filter and the entry stand in the address. */
@Component({
  selector: 'sb-audit-trail',
  imports: [Ago, AuditEntry, EmptyState, FilterBar, Icon, Page, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './audit-trail.html',
})
export class AuditTrail {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  protected readonly narrator = inject(Narrator);
  protected readonly trailed = trailed;
  protected readonly icons = { lucideDownload, lucideScrollText };

  readonly filter = input('', { transform: (text: string | undefined) => text ?? '' });
  /** The entry that is open, by the address. */
  readonly eventId = input<string>();

  protected readonly list = new Paged<Entry>((cursor) =>
    this.requests.ask(auditEventsList, {
      workspaceId: this.workspaceId,
      sort: '-position',
      limit: 50,
      ...(this.filter() && { filter: this.filter() }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  protected readonly wrongFilter = this.list.wrongFilter;
  /** How many came since the list was read. */
  protected readonly news = signal(0);
  protected readonly exporting = signal(false);
  protected readonly ideas = [
    { title: $localize`What people and programs did`, filter: '-by:system' },
    { title: $localize`What you did`, filter: 'actor:me' },
    { title: $localize`People and roles`, filter: 'type:member.*,invitation.*,role.*' },
    { title: $localize`Keys`, filter: 'type:api_key.*,service_account.*' },
    { title: $localize`Refusals`, filter: 'type:access.refused' },
    { title: $localize`By programs`, filter: 'by:api_key,service_account' },
    { title: $localize`Exports`, filter: 'type:audit.*' },
  ];

  constructor() {
    effect(() => {
      this.filter();
      untracked(() => this.again());
    });
    inject(Live).watch(
      { workspaceId: this.workspaceId },
      { event: () => this.news.update((count) => count + 1), reset: () => this.again() },
    );
  }

  protected again(): void {
    this.news.set(0);
    void this.list.reload();
  }

  protected narrow(filter: string): void {
    void this.router.navigate(this.home, { queryParams: { filter: filter || null } });
  }

  protected open(entry?: Entry): void {
    const to = entry ? [...this.home, entry.id] : this.home;
    void this.router.navigate(to, { queryParamsHandling: 'preserve' });
  }

  /** Saves all that the filter finds as a file. */
  protected async export(format: 'csv' | 'jsonl'): Promise<void> {
    this.exporting.set(true);
    try {
      const text = await this.requests.ask(auditExportBegin, {
        workspaceId: this.workspaceId,
        format,
        ...(this.filter() && { filter: this.filter() }),
      });
      save(`audit-${new Date().toISOString().slice(0, 10)}.${format}`, text);
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.exporting.set(false);
    }
  }

  private get home(): string[] {
    return ['/workspaces', this.workspaceId, 'audit'];
  }
}
