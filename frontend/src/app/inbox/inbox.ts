import {
  ChangeDetectionStrategy,
  Component,
  effect,
  ElementRef,
  inject,
  input,
  untracked,
  viewChild,
} from '@angular/core';
import { Router } from '@angular/router';
import { lucideArchive, lucideArchiveRestore, lucideCheckCheck, lucideClock, lucideInbox } from '@ng-icons/lucide';
import { Ago, EmptyState, Icon, Page, ProblemNote, Skeleton } from '../ui';
import { type Box, InboxStore, type Notification } from './inbox.store';
import { NotificationDetail } from './notification-detail';

/** All that this person was told, newest first, with one of them opened beside. */
@Component({
  selector: 'sb-inbox',
  imports: [Ago, EmptyState, Icon, NotificationDetail, Page, ProblemNote, Skeleton],
  providers: [InboxStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './inbox.html',
})
export class InboxPage {
  protected readonly store = inject(InboxStore);
  private readonly router = inject(Router);
  /** The one that is open, by the address. */
  readonly notificationId = input<string>();
  private seen?: string;
  private readonly rows = viewChild<ElementRef<HTMLElement>>('rows');
  protected readonly icons = { lucideArchive, lucideArchiveRestore, lucideCheckCheck, lucideClock, lucideInbox };
  protected readonly away = $localize`Archive`;
  protected readonly toInbox = $localize`Back to the inbox`;
  protected readonly boxes: readonly { id: Box; title: string }[] = [
    { id: 'inbox', title: $localize`Inbox` },
    { id: 'snoozed', title: $localize`Put off` },
    { id: 'archived', title: $localize`Archived` },
  ];

  constructor() {
    effect(() => {
      const open = this.store.list.items().find(({ id }) => id === this.notificationId());
      // Once for each that is opened: what is marked as unread again, or could not be marked, stays so.
      if (!open || open.id === this.seen) return;
      this.seen = open.id;
      untracked(() => void this.store.read(open));
    });
  }

  protected open(one: Notification | undefined): void {
    void this.router.navigate(one ? ['/inbox', one.id] : ['/inbox']);
  }

  /** Until tomorrow at nine, by this device's clock. */
  protected snooze(one: Notification): void {
    const morning = new Date();
    morning.setDate(morning.getDate() + 1);
    morning.setHours(9, 0, 0, 0);
    void this.store.snooze(one, morning.toISOString());
  }

  /** Lists are walked by arrows, or j and k; e archives, u turns read and unread. */
  protected press(event: KeyboardEvent, one: Notification): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step !== undefined) this.focusBeside(event.currentTarget as HTMLElement, step);
    else if (event.key === 'e') void this.store.archive(one);
    else if (event.key === 'u') void this.store.read(one, one.readAt === null);
    else return;
    event.preventDefault();
  }

  private focusBeside(row: HTMLElement, step: number): void {
    const rows = [...(this.rows()?.nativeElement.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    rows[rows.indexOf(row) + step]?.focus();
  }
}
