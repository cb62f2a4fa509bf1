import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  output,
  resource,
  untracked,
} from '@angular/core';
import { lucideArchive, lucideArchiveRestore, lucideArrowLeft } from '@ng-icons/lucide';
import { RouterLink } from '@angular/router';
import { ownInboxOne, problemOf, Requests } from '../api';
import { Ago, Icon, ProblemNote, Skeleton, SnoozeMenu } from '../ui';
import { InboxStore } from './inbox.store';
import { NotificationBlocks } from './notification-blocks';

/** One notification: what it says, and why it came. */
@Component({
  selector: 'sb-notification-detail',
  imports: [Ago, Icon, NotificationBlocks, ProblemNote, RouterLink, Skeleton, SnoozeMenu],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './notification-detail.html',
})
export class NotificationDetail {
  private readonly requests = inject(Requests);
  readonly notificationId = input.required<string>();
  readonly closed = output();
  /** Asks for all that is about one thing, by its id. */
  readonly about = output<string>();
  protected readonly store = inject(InboxStore);
  private seen?: string;
  protected readonly icons = { lucideArchive, lucideArchiveRestore };
  protected readonly back = lucideArrowLeft;
  protected readonly states = { queued: $localize`on its way`, sent: $localize`sent`, failed: $localize`failed` };

  protected readonly found = resource({
    params: () => this.notificationId(),
    loader: ({ params }) => this.requests.ask(ownInboxOne, { notificationId: params }),
  });
  protected readonly one = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly problem = computed(() => {
    const error = this.found.error();
    return error && problemOf(error);
  });
  /** The filter in pieces; those that were true are marked. */
  protected readonly pieces = computed(() => {
    const why = this.one()?.why;
    return why?.filter ? cut(why.filter, why.terms) : [];
  });

  constructor() {
    effect(() => {
      const open = this.one();
      // Once for each that is opened: what is marked as unread again, or could not be marked, stays so.
      if (!open || open.id === this.seen) return;
      this.seen = open.id;
      untracked(() => void this.store.read(open));
    });
  }
}

function cut(text: string, marks: readonly { start: number; end: number }[]): { text: string; marked: boolean }[] {
  const pieces: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const { start, end } of marks) {
    if (start > at) pieces.push({ text: text.slice(at, start), marked: false });
    pieces.push({ text: text.slice(Math.max(start, at), end), marked: true });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), marked: false });
  return pieces;
}
