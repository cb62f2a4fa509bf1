import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  ElementRef,
  inject,
  input,
  resource,
  viewChild,
} from '@angular/core';
import { Router } from '@angular/router';
import { lucideCheckCheck, lucideInbox } from '@ng-icons/lucide';
import { preferencesOwn, Requests } from '../api';
import { EmptyState, FilterBar, Icon, Page, ProblemNote, Skeleton } from '../ui';
import { GroupRow } from './group-row';
import { type Box, type Group, InboxStore, type Notification } from './inbox.store';
import { NotificationDetail } from './notification-detail';
import { NotificationRow } from './notification-row';

const text = (value: string | undefined): string => value ?? '';

/** All that this person was told, newest first, with one of them opened beside. What is shown stands in the address. */
@Component({
  selector: 'sb-inbox',
  imports: [EmptyState, FilterBar, GroupRow, Icon, NotificationDetail, NotificationRow, Page, ProblemNote, Skeleton],
  providers: [InboxStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './inbox.html',
})
export class InboxPage {
  protected readonly store = inject(InboxStore);
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  /** The one that is open. */
  readonly notificationId = input<string>();
  readonly box = input<Box, Box | undefined>('inbox', { transform: (box) => box ?? 'inbox' });
  readonly filter = input('', { transform: text });
  readonly unread = input('', { transform: text });
  readonly kind = input('', { transform: text });
  readonly by = input('', { transform: text });

  private readonly rows = viewChild<ElementRef<HTMLElement>>('rows');
  protected readonly icons = { lucideCheckCheck, lucideInbox };
  protected readonly boxes: readonly { id: Box; title: string }[] = [
    { id: 'inbox', title: $localize`Inbox` },
    { id: 'snoozed', title: $localize`Put off` },
    { id: 'archived', title: $localize`Archived` },
  ];
  protected readonly narrowed = computed(() => [this.filter(), this.unread(), this.kind()].some(Boolean));
  protected readonly wrongFilter = computed(() => this.store.current().wrongFilter());
  private readonly preferences = resource({ loader: () => this.requests.ask(preferencesOwn, {}) });
  /** What one can be told of, by topic. */
  protected readonly topics = computed(() => {
    const kinds = this.preferences.hasValue() ? this.preferences.value().kinds : [];
    const told = kinds.filter(({ kind, mandatory }) => kind.includes('.') && !mandatory);
    return [...new Set(told.map(({ topic }) => topic))].map((topic) => ({
      topic,
      of: told.filter((one) => one.topic === topic),
    }));
  });

  constructor() {
    effect(() => {
      const parts = [this.unread() && 'read:false', this.kind() && `type:${this.kind()}`];
      // Someone's own words may hold an "or", which binds less than what stands beside it.
      const own = this.filter() && (parts.some(Boolean) ? `(${this.filter()})` : this.filter());
      const filter = [...parts, own].filter(Boolean).join(' ');
      this.store.shown.set({ box: this.box(), filter, grouped: this.by() === 'subject' });
    });
  }

  protected open(one: Notification | undefined): void {
    void this.router.navigate(one ? ['/inbox', one.id] : ['/inbox'], { queryParamsHandling: 'merge' });
  }

  /** Changes what is shown; null takes a choice out of the address. */
  protected show(queryParams: Record<string, string | null>): void {
    void this.router.navigate(['/inbox'], { queryParams, queryParamsHandling: 'merge' });
  }

  protected showGroup({ subject }: Group): void {
    this.show({ by: null, filter: `subject:${subject.id}` });
  }

  /** The row that takes the focus when one leaves. */
  protected leave(row: HTMLElement | undefined): void {
    const all = this.all();
    const at = row ? all.indexOf(row) : -1;
    (all[at + 1] ?? all[at - 1])?.focus();
  }

  protected step(row: HTMLElement, by: number): void {
    const all = this.all();
    all[all.indexOf(row) + by]?.focus();
  }

  private all(): HTMLElement[] {
    return [...(this.rows()?.nativeElement.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
  }
}
