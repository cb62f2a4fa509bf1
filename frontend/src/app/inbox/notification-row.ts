import {
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  input,
  output,
  viewChild,
} from '@angular/core';
import { lucideArchive, lucideArchiveRestore, lucideMail, lucideMailOpen } from '@ng-icons/lucide';
import { Ago, Icon, SnoozeMenu } from '../ui';
import { InboxStore, type Notification } from './inbox.store';

/** One notification in the list, and what can be done with it by hand and by key: j and k, e, u, s. */
@Component({
  selector: 'sb-notification-row',
  imports: [Ago, Icon, SnoozeMenu],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'group relative block', '[class.bg-raised]': 'chosen()' },
  templateUrl: './notification-row.html',
})
export class NotificationRow {
  protected readonly store = inject(InboxStore);
  readonly one = input.required<Notification>();
  /** Whether it is the one that is open. */
  readonly chosen = input(false);
  readonly opened = output();
  /** So many rows on. */
  readonly stepped = output<{ row: HTMLElement; by: number }>();
  /** It is about to leave the list. */
  readonly leaving = output<HTMLElement | undefined>();

  private readonly row = viewChild.required<ElementRef<HTMLElement>>('row');
  private readonly snoozeMenu = viewChild(SnoozeMenu);
  protected readonly icons = { lucideArchive, lucideArchiveRestore, lucideMail, lucideMailOpen };
  protected readonly archiveLabel = computed(() =>
    this.one().archivedAt === null ? $localize`Archive` : $localize`Back to the inbox`,
  );
  protected readonly readLabel = computed(() =>
    this.one().readAt === null ? $localize`Mark as read` : $localize`Mark as unread`,
  );

  protected press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (by !== undefined) this.stepped.emit({ row: this.row().nativeElement, by });
    else if (event.key === 'e') this.archive();
    else if (event.key === 'u') this.turn();
    else if (event.key === 's') this.snoozeMenu()?.open();
    else return;
    event.preventDefault();
  }

  protected archive(): void {
    this.leave();
    void this.store.archive(this.one());
  }

  protected snooze(until: string | null): void {
    this.leave();
    void this.store.snooze(this.one(), until);
  }

  protected turn(): void {
    void this.store.read(this.one(), this.one().readAt === null);
  }

  private leave(): void {
    this.leaving.emit(this.row().nativeElement);
  }
}
