import { ChangeDetectionStrategy, Component, effect, inject, input, untracked } from '@angular/core';
import { auditEventsList, type Item, Requests } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { Ago, Code, Paged, ProblemNote, Skeleton } from '../../ui';

type Event = Item<typeof auditEventsList>;

/** What an incoming hook took lately, by the log. */
@Component({
  selector: 'sb-incoming-received',
  imports: [Ago, Code, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <section class="panel overflow-hidden" aria-labelledby="received">
      <h2 id="received" class="m-0 px-5 pt-4 pb-2 text-sm font-semibold" i18n>Received lately</h2>
      @if (list.problem(); as problem) {
        <sb-problem-note [problem]="problem" (retry)="list.reload()" />
      } @else if (list.first()) {
        <sb-skeleton [rows]="3" />
      } @else if (list.empty()) {
        <p class="m-0 px-5 pb-5 text-muted" i18n>Nothing yet. It appears here the moment that it is taken.</p>
      } @else {
        <ul class="rows m-0 list-none p-0">
          @for (event of list.items(); track event.id) {
            <li>
              <details>
                <summary class="flex cursor-pointer items-baseline gap-3 px-5 py-2.5 hover:bg-raised">
                  <span class="min-w-0 flex-1 truncate">{{ event.data?.['kind'] ?? webhook }}</span>
                  <code class="truncate font-mono text-xs text-muted max-sm:hidden">{{
                    event.data?.['deliveryId']
                  }}</code>
                  <sb-ago class="text-xs text-muted" [at]="event.at" />
                </summary>
                <sb-code class="px-5 pb-4" [text]="body(event)" label="Body" i18n-label />
              </details>
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
export class IncomingReceived {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly incomingId = input.required<string>();
  protected readonly webhook = $localize`Webhook`;
  protected readonly list = new Paged<Event>((cursor) =>
    this.requests.ask(auditEventsList, {
      workspaceId: this.workspaceId,
      filter: `type:incoming.received subject:${this.incomingId()}`,
      limit: 20,
      ...(cursor !== undefined && { cursor }),
    }),
  );

  constructor() {
    effect(() => {
      this.incomingId();
      untracked(() => void this.list.reload({ keep: false }));
    });
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:incoming.received' },
      { event: () => void this.list.refresh(), reset: () => void this.list.refresh() },
    );
  }

  protected body({ data }: Event): string {
    return JSON.stringify(data?.['body'] ?? null, null, 2);
  }
}
