import { ChangeDetectionStrategy, Component, effect, inject, input, signal, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideRadar } from '@ng-icons/lucide';
import { type Item, matchesList, Requests } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { Ago, Clock, EmptyState, Paged, ProblemNote, Skeleton } from '../../ui';

type Match = Item<typeof matchesList>;
type State = Match['state'];

/** What a subscription matched, and what became of each match. */
@Component({
  selector: 'sb-matches',
  imports: [Ago, EmptyState, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="panel overflow-hidden" aria-labelledby="matches">
      <header class="flex flex-wrap items-center gap-2 px-5 pt-4 pb-3">
        <h2 id="matches" class="m-0 flex-1 text-sm font-semibold" i18n>What it found</h2>
        <div class="flex gap-1" role="group" aria-label="Show" i18n-aria-label>
          @for (one of states; track one.id) {
            <button
              type="button"
              class="btn btn-quiet btn-small"
              [class.btn-chosen]="state() === one.id"
              [attr.aria-pressed]="state() === one.id"
              (click)="state.set(one.id)"
            >
              {{ one.title }}
            </button>
          }
        </div>
      </header>
      @if (list.problem(); as problem) {
        <sb-problem-note [problem]="problem" (retry)="list.reload()" />
      } @else if (list.first()) {
        <sb-skeleton [rows]="5" [height]="56" />
      } @else if (list.empty()) {
        <sb-empty-state [icon]="radar" i18n-title title="Nothing yet">
          <span i18n>Each match appears here, with what became of it: told, waiting, or held back and why.</span>
        </sb-empty-state>
      } @else {
        <ul class="rows m-0 list-none border-t border-line p-0">
          @for (one of list.items(); track one.id) {
            <li class="grid grid-cols-[1fr_auto] items-baseline gap-x-3 px-5 py-2.5">
              @if (one.subjectType === 'deal') {
                <a class="truncate" [routerLink]="['/workspaces', workspaceId, 'deals', one.subjectId]" i18n>A deal</a>
              } @else {
                <code class="truncate font-mono text-[0.8125rem]">{{ one.eventType }}</code>
              }
              <span
                class="badge"
                [class.badge-ok]="one.state === 'told'"
                [class.badge-warn]="one.state === 'waiting'"
                >{{ stateWords[one.state] }}</span
              >
              <span class="truncate text-xs text-muted">{{ whyOf(one) }}</span>
              <span class="text-right text-xs text-muted">
                @if (one.notificationId; as told) {
                  <a class="link" [routerLink]="['/inbox', told]" i18n>notification</a> ·
                }
                <sb-ago [at]="one.occurredAt" />
              </span>
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
export class Matches {
  private readonly requests = inject(Requests);
  private readonly clock = inject(Clock);
  protected readonly workspaceId = inject(CurrentWorkspace).required();
  readonly subscriptionId = input.required<string>();
  protected readonly radar = lucideRadar;
  protected readonly state = signal<State | undefined>(undefined);
  protected readonly states: readonly { id: State | undefined; title: string }[] = [
    { id: undefined, title: $localize`All` },
    { id: 'told', title: $localize`Told` },
    { id: 'waiting', title: $localize`Waiting` },
    { id: 'held', title: $localize`Held back` },
  ];
  protected readonly stateWords: Record<State, string> = {
    told: $localize`told`,
    waiting: $localize`waiting`,
    held: $localize`held back`,
  };
  private readonly whys: Record<NonNullable<Match['why']>, string> = {
    digest: $localize`for the next digest`,
    snoozed: $localize`until the snooze is over`,
    quiet: $localize`until the quiet hours end`,
    burst: $localize`many came at once; they are told together`,
    rule: $localize`the alert rule was not met`,
    not_crossed: $localize`it matched before, too`,
    not_improved: $localize`not better by enough`,
    cooldown: $localize`told of not long ago`,
    ended: $localize`the subscription was paused or ended`,
    hidden: $localize`you may not see it any more`,
  };
  protected readonly list = new Paged<Match>((cursor) =>
    this.requests.ask(matchesList, {
      workspaceId: this.workspaceId,
      subscriptionId: this.subscriptionId(),
      limit: 50,
      ...(this.state() && { filter: `state:${this.state()}` }),
      ...(cursor !== undefined && { cursor }),
    }),
  );

  constructor() {
    effect(() => {
      this.subscriptionId();
      this.state();
      untracked(() => void this.list.reload({ keep: false }));
    });
    const live = inject(Live);
    effect(() => {
      if (live.inbox()) untracked(() => this.list.items().length <= 50 && void this.list.reload());
    });
  }

  protected whyOf({ state, why, dueAt }: Match): string {
    const words = why ? this.whys[why] : '';
    return state === 'waiting' && dueAt !== null ? `${words} · ${this.clock.short(dueAt)}` : words;
  }
}
