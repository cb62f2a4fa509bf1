import { ChangeDetectionStrategy, Component, effect, inject, input, untracked } from '@angular/core';
import { type Item, Requests, subscriptionDeliveriesList } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Ago, Paged, ProblemNote, Skeleton } from '../../ui';

/** What a subscription sent beside the inbox, newest first. */
@Component({
  selector: 'sb-sent',
  imports: [Ago, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="panel overflow-hidden" aria-labelledby="sent">
      <header class="px-5 pt-4 pb-3"><h2 id="sent" class="m-0 text-sm font-semibold" i18n>What was sent</h2></header>
      @if (list.problem(); as problem) {
        <sb-problem-note [problem]="problem" (retry)="list.reload()" />
      } @else if (list.first()) {
        <sb-skeleton [rows]="3" [height]="44" />
      } @else if (list.empty()) {
        <p class="m-0 px-5 pb-5 text-muted" i18n>Nothing left for another channel than the inbox yet.</p>
      } @else {
        <ul class="rows m-0 list-none border-t border-line p-0">
          @for (one of list.items(); track one.id) {
            <li class="px-5 py-2.5">
              <div class="flex items-baseline gap-2">
                <span class="flex-1">{{ channels[one.channel] }}</span>
                <span
                  class="badge"
                  [class.badge-ok]="one.state === 'sent'"
                  [class.badge-bad]="one.state === 'failed'"
                  >{{ states[one.state] }}</span
                >
                <sb-ago class="text-xs text-muted" [at]="one.createdAt" />
              </div>
              @if (one.error ?? one.response; as answer) {
                <p class="hint m-0 truncate" [title]="answer">{{ answer }}</p>
              }
            </li>
          }
        </ul>
        @if (list.hasMore()) {
          <div class="border-t border-line p-3 text-center">
            <button type="button" class="btn btn-small" [disabled]="list.loading()" (click)="list.more()" i18n>
              Show older
            </button>
          </div>
        }
      }
    </section>
  `,
})
export class Sent {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly subscriptionId = input.required<string>();
  protected readonly channels = {
    mail: $localize`Mail`,
    push: $localize`Browser`,
    slack: 'Slack',
    discord: 'Discord',
    webhook: $localize`Webhook`,
  };
  protected readonly states = {
    queued: $localize`on its way`,
    sent: $localize`sent`,
    failed: $localize`failed`,
  };
  protected readonly list = new Paged<Item<typeof subscriptionDeliveriesList>>((cursor) =>
    this.requests.ask(subscriptionDeliveriesList, {
      workspaceId: this.workspaceId,
      subscriptionId: this.subscriptionId(),
      limit: 10,
      ...(cursor !== undefined && { cursor }),
    }),
  );

  constructor() {
    effect(() => {
      this.subscriptionId();
      untracked(() => void this.list.reload({ keep: false }));
    });
  }
}
