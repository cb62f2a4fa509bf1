import { ChangeDetectionStrategy, Component, computed, effect, inject, signal, untracked } from '@angular/core';
import { lucideDatabase } from '@ng-icons/lucide';
import {
  type Item,
  personalExportsArchive,
  personalExportsAsk,
  personalExportsList,
  personalExportsRemove,
  problemOf,
  Requests,
} from '../../api';
import { Ago, Clock, Page, Paged, ProblemNote, Skeleton, Toasts } from '../../ui';
import { save } from '../../ui/save';
import { AccountDeletion } from './account-deletion';

type Export = Item<typeof personalExportsList>;

/** A copy of what Signalbox has of the person, and the end of their account. */
@Component({
  selector: 'sb-exports',
  imports: [AccountDeletion, Ago, Page, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './exports.html',
})
export class Exports {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  protected readonly icon = lucideDatabase;
  protected readonly list = new Paged<Export>((cursor) =>
    this.requests.ask(personalExportsList, { limit: 20, ...(cursor && { cursor }) }),
  );
  protected readonly making = computed(() => this.list.items().some(({ state }) => state === 'pending'));
  /** What is being asked for or downloaded: the id of an export, or `new`. */
  protected readonly busy = signal<string | undefined>(undefined);

  constructor() {
    const clock = inject(Clock);
    // Exports belong to no workspace, and only workspaces are told live: while one is made, it is asked how it stands.
    effect(() => {
      clock.minute();
      untracked(() => {
        if (this.making() || this.list.first()) void this.list.reload();
      });
    });
  }

  protected ask(): Promise<void> {
    return this.work('new', async () => this.list.put(await this.requests.ask(personalExportsAsk, {})));
  }

  protected download({ id, requestedAt }: Export): Promise<void> {
    return this.work(id, async () => {
      const archive = (await this.requests.ask(personalExportsArchive, { exportId: id })) as unknown as Blob;
      save(`signalbox-${requestedAt.slice(0, 10)}.zip`, archive);
    });
  }

  protected remove({ id }: Export): Promise<void> {
    const back = this.list.take(id);
    return this.work(id, () => this.requests.ask(personalExportsRemove, { exportId: id }), back);
  }

  protected size({ size }: Export): string {
    const kilobytes = (size ?? 0) / 1000;
    return kilobytes < 1000 ? `${Math.ceil(kilobytes)} kB` : `${(kilobytes / 1000).toFixed(1)} MB`;
  }

  private async work(what: string, work: () => Promise<unknown>, back?: () => void): Promise<void> {
    if (this.busy() !== undefined) return;
    this.busy.set(what);
    try {
      await work();
    } catch (error) {
      back?.();
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(undefined);
    }
  }
}
