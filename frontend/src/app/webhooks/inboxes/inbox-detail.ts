import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  resource,
  untracked,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideArrowLeft, lucideInbox, lucideTrash2, lucideWebhook } from '@ng-icons/lucide';
import { type Item, problemOf, Requests, webhookInboxClose, webhookInboxOne, webhookInboxRequests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Ago, Code, EmptyState, Icon, Page, Paged, poll, ProblemNote, Removals, Secret, Skeleton } from '../../ui';
import { InboxRequest } from './inbox-request';

export type Received = Item<typeof webhookInboxRequests>;

/** A debugging inbox: what came, as it comes, with one request opened beside. */
@Component({
  selector: 'sb-inbox-detail',
  imports: [Ago, Code, EmptyState, Icon, InboxRequest, Page, ProblemNote, RouterLink, Secret, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './inbox-detail.html',
})
export class InboxDetail {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly removals = inject(Removals);
  private readonly current = inject(CurrentWorkspace);
  protected readonly workspaceId = this.current.required();
  readonly inboxId = input.required<string>();
  protected readonly icons = { lucideArrowLeft, lucideInbox, lucideTrash2, lucideWebhook };
  protected readonly problemOf = problemOf;
  protected readonly title = $localize`Debugging inbox`;
  protected readonly mayWrite = computed(() => this.current.may('webhooks:write'));
  protected readonly found = resource({
    params: () => this.inboxId(),
    loader: ({ params: inboxId }) => this.requests.ask(webhookInboxOne, { workspaceId: this.workspaceId, inboxId }),
  });
  protected readonly inbox = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly url = computed(() => this.inbox()?.url ?? '');
  protected readonly example = computed(
    () => `curl -X POST '${this.url()}' -H 'content-type: application/json' -d '{"hello":"inbox"}'`,
  );
  protected readonly list = new Paged<Received>((cursor) =>
    this.requests.ask(webhookInboxRequests, {
      workspaceId: this.workspaceId,
      inboxId: this.inboxId(),
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    }),
  );
  /** The one that is open: the newest until one is chosen. */
  private readonly chosenId = linkedSignal<string, string | undefined>({
    source: this.inboxId,
    computation: () => undefined,
  });
  protected readonly open = computed(
    () => this.list.items().find(({ id }) => id === this.chosenId()) ?? this.list.items()[0],
  );

  constructor() {
    effect(() => {
      this.inboxId();
      untracked(() => void this.list.reload({ keep: false }));
    });
    poll(2000, () => this.list.refresh());
  }

  protected choose(one: Received): void {
    this.chosenId.set(one.id);
  }

  protected close(): void {
    const inboxId = this.inboxId();
    this.removals.remove(inboxId, $localize`The inbox was closed, and what it received forgotten`, () =>
      this.requests.ask(webhookInboxClose, { workspaceId: this.workspaceId, inboxId }),
    );
    void this.router.navigate(['/workspaces', this.workspaceId, 'webhooks', 'inboxes']);
  }
}
