import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideMailSearch } from '@ng-icons/lucide';
import { type Item, previewMailboxClear, previewMailboxList, problemOf, Requests } from '../../api';
import { Ago, Confirm, EmptyState, Page, Paged, poll, ProblemNote, Skeleton, Toasts } from '../../ui';
import { MailDetail } from './mail-detail';

type Mail = Item<typeof previewMailboxList>;

/** Mails that were kept instead of sent, with one of them opened beside. */
@Component({
  selector: 'sb-mailbox',
  imports: [Ago, EmptyState, MailDetail, Page, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './mailbox.html',
})
export class Mailbox {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  /** The one that is open, by the address. */
  readonly mailId = input<string>();
  protected readonly icons = { lucideMailSearch };
  protected readonly busy = signal(false);
  protected readonly list = new Paged<Mail>((cursor) =>
    this.requests.ask(previewMailboxList, { limit: 50, ...(cursor !== undefined && { cursor }) }),
  );

  constructor() {
    void this.list.reload();
    poll(4000, () => this.list.refresh());
  }

  protected async clear(): Promise<void> {
    const yes = await this.confirm.ask({
      heading: $localize`Empty the preview mailbox?`,
      text: $localize`All mails in it are forgotten, with the links that they hold.`,
      action: $localize`Empty it`,
      bad: true,
    });
    if (!yes) return;
    this.busy.set(true);
    try {
      const { count } = await this.requests.ask(previewMailboxClear, {});
      this.toasts.say({ text: $localize`${count}:count: mails forgotten` });
      await this.router.navigate(['/instance', 'mailbox']);
      await this.list.reload();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
