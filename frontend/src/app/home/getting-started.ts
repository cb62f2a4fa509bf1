import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideCircle, lucideCircleCheck, lucideX } from '@ng-icons/lucide';
import { dealsList, membersList, Problem, Requests, sourcesList, subscriptionsList } from '../api';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { Icon } from '../ui';

const KEY = 'signalbox.started';

interface Step {
  readonly title: string;
  readonly text: string;
  readonly link: string;
  readonly done: boolean;
}

/** What a new workspace needs before it is of use; goes when all of it is done, or when the person has seen enough of it. */
@Component({
  selector: 'sb-getting-started',
  imports: [Icon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (shown()) {
      <section class="panel mb-4 overflow-hidden" aria-labelledby="start">
        <header class="flex items-center gap-3 px-5 pt-4 pb-2">
          <h2 id="start" class="m-0 flex-1 text-sm font-semibold" i18n>Get this workspace going</h2>
          <span class="text-xs text-muted tabular" i18n>{{ done() }} of {{ steps().length }}</span>
          <button
            type="button"
            class="btn btn-quiet btn-icon btn-small"
            (click)="hide()"
            aria-label="Hide these steps"
            i18n-aria-label
          >
            <sb-icon [svg]="icons.lucideX" [size]="16" />
          </button>
        </header>
        <ol class="rows m-0 list-none p-0">
          @for (step of steps(); track step.link) {
            <li>
              <a
                class="flex items-start gap-3 px-5 py-2.5 text-ink no-underline hover:bg-raised"
                [routerLink]="step.link"
              >
                <sb-icon
                  class="mt-px"
                  [class.text-ok]="step.done"
                  [class.text-muted]="!step.done"
                  [svg]="step.done ? icons.lucideCircleCheck : icons.lucideCircle"
                  [size]="18"
                  [name]="step.done ? isDone : toDo"
                />
                <span class="min-w-0">
                  <span class="font-medium" [class.text-muted]="step.done">{{ step.title }}</span>
                  @if (!step.done) {
                    <span class="block text-muted">{{ step.text }}</span>
                  }
                </span>
              </a>
            </li>
          }
        </ol>
      </section>
    }
  `,
})
export class GettingStarted {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  protected readonly icons = { lucideCircle, lucideCircleCheck, lucideX };
  protected readonly isDone = $localize`Done`;
  protected readonly toDo = $localize`To do`;
  private readonly hidden = signal(localStorage.getItem(`${KEY}.${this.workspaceId}`) === 'hidden');
  protected readonly steps = signal<readonly Step[]>([]);
  protected readonly done = computed(() => this.steps().filter(({ done }) => done).length);
  protected readonly shown = computed(() => !this.hidden() && this.done() < this.steps().length);

  constructor() {
    if (this.hidden()) return;
    void this.look();
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:source.created,deal.found,subscription.created,member.added' },
      { event: () => this.shown() && void this.look() },
    );
  }

  protected hide(): void {
    this.hidden.set(true);
    localStorage.setItem(`${KEY}.${this.workspaceId}`, 'hidden');
  }

  private async look(): Promise<void> {
    const { requests, workspaceId } = this;
    try {
      const [sources, deals, subscriptions, members] = await Promise.all([
        requests.ask(sourcesList, { workspaceId, limit: 1 }),
        requests.ask(dealsList, { workspaceId, limit: 1 }),
        requests.ask(subscriptionsList, { workspaceId, limit: 1 }),
        requests.ask(membersList, { workspaceId, limit: 2 }),
      ]);
      this.steps.set([
        {
          title: $localize`Add a source`,
          text: $localize`Where newsletters come from: an address of its own, a mailbox, a feed, or files that you upload.`,
          link: 'sources',
          done: sources.items.length > 0,
        },
        {
          title: $localize`Catch the first deal`,
          text: $localize`Forward a newsletter to the source; what it offers is read out of it at once.`,
          link: 'deals',
          done: deals.items.length > 0,
        },
        {
          title: $localize`Say what to tell you`,
          text: $localize`A subscription picks the deals that you want to hear of, and how.`,
          link: 'subscriptions',
          done: subscriptions.items.length > 0,
        },
        {
          title: $localize`Invite your people`,
          text: $localize`They see the same deals and choose their own alerts.`,
          link: 'members/invitations',
          done: members.items.length > 1,
        },
      ]);
    } catch (error) {
      // A help for the beginning: whoever may not see some of it, or cannot now, goes without.
      if (!(error instanceof Problem)) throw error;
    }
  }
}
