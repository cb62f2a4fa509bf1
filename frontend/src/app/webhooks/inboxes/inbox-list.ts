import { ChangeDetectionStrategy, Component, computed, inject, resource, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideInbox, lucidePlus, lucideTrash2 } from '@ng-icons/lucide';
import { type Item, problemOf, Requests, webhookInboxClose, webhookInboxList } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { type Act, Ago, Copy, EmptyState, Icon, More, poll, ProblemNote, Removals, Skeleton } from '../../ui';
import { InboxDialog } from './inbox-dialog';

export type DebuggingInbox = Item<typeof webhookInboxList>;

/** Addresses that show what they receive. */
@Component({
  selector: 'sb-inbox-list',
  imports: [Ago, Copy, EmptyState, Icon, InboxDialog, More, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './inbox-list.html',
})
export class InboxList {
  private readonly requests = inject(Requests);
  private readonly removals = inject(Removals);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  protected readonly icons = { lucideInbox, lucidePlus };
  protected readonly problemOf = problemOf;
  protected readonly mayWrite = computed(() => this.current.may('webhooks:write'));
  protected readonly opening = signal(false);
  protected readonly found = resource({
    loader: () => this.requests.ask(webhookInboxList, { workspaceId: this.workspaceId }),
  });
  protected readonly shown = computed(() =>
    this.found.hasValue() ? this.found.value().items.filter(({ id }) => !this.removals.hides(id)) : undefined,
  );

  constructor() {
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:webhook_inbox.*' },
      { event: () => this.found.reload(), reset: () => this.found.reload() },
    );
    poll(5000, async () => {
      const fresh = await this.requests.ask(webhookInboxList, { workspaceId: this.workspaceId }).catch(problemOf);
      if ('items' in fresh && this.found.hasValue()) this.found.set(fresh);
    });
  }

  protected acts({ id }: DebuggingInbox): readonly Act[] {
    return [
      {
        title: $localize`Close`,
        icon: lucideTrash2,
        bad: true,
        run: () =>
          this.removals.remove(id, $localize`The inbox was closed, and what it received forgotten`, () =>
            this.requests.ask(webhookInboxClose, { workspaceId: this.workspaceId, inboxId: id }),
          ),
      },
    ];
  }

  protected moreOf({ name }: DebuggingInbox): string {
    return $localize`More to do with ${name}:name:`;
  }
}
