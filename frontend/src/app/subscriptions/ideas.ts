import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  LOCALE_ID,
  output,
  resource,
  signal,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideLightbulb, lucidePlus } from '@ng-icons/lucide';
import {
  type Body,
  ideasSuggestions,
  ideasTemplates,
  type Item,
  problemOf,
  Requests,
  subscriptionsChange,
  subscriptionsCreate,
  subscriptionsRemove,
} from '../api';
import { CurrentWorkspace } from '../session';
import { Icon, ProblemNote, Skeleton, Toasts } from '../ui';
import { rhythmWords, type Subscription } from './subscription';

type Suggestion = Item<typeof ideasSuggestions>;
type Made = NonNullable<Body<typeof subscriptionsCreate>>;

/** Filters that one click makes a subscription: for what one works on, and general ones. */
@Component({
  selector: 'sb-ideas',
  imports: [Icon, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <section class="panel overflow-hidden" aria-labelledby="ideas">
      <header class="px-5 pt-4 pb-3">
        <h2 id="ideas" class="m-0 text-sm font-semibold" i18n>Ideas</h2>
        <p class="hint m-0" i18n>One click subscribes; all of it can be changed afterwards.</p>
      </header>
      @if (problem(); as wrong) {
        <sb-problem-note [problem]="wrong" (retry)="found.reload()" />
      } @else if (found.hasValue()) {
        <ul class="rows m-0 list-none border-t border-line p-0">
          @for (one of suggestions(); track $index) {
            <li class="flex items-center gap-3 px-5 py-3">
              <sb-icon [svg]="icons.lucideLightbulb" [size]="18" class="text-warn" />
              <span class="min-w-0 flex-1">
                @if (one.kind === 'new') {
                  <span class="block font-medium">{{ one.subscription.name ?? one.subscription.filter }}</span>
                }
                <span class="block text-muted">{{ one.because }}</span>
              </span>
              <button type="button" class="btn btn-small" [disabled]="busy()" (click)="take(one)">
                {{ label(one) }}
              </button>
            </li>
          }
          @for (one of templates(); track one.id) {
            <li class="flex items-center gap-3 px-5 py-3">
              <span class="min-w-0 flex-1">
                <span class="block font-medium">{{ one.title }}</span>
                <span class="block text-muted">{{ one.description }}</span>
                <code class="block truncate font-mono text-xs text-muted">{{ one.subscription.filter }}</code>
              </span>
              <a
                class="btn btn-quiet btn-small max-sm:hidden"
                routerLink="new"
                [queryParams]="asked(one.subscription)"
                i18n
                >Adapt</a
              >
              <button type="button" class="btn btn-small" [disabled]="busy()" (click)="subscribe(one.subscription)">
                <sb-icon [svg]="icons.lucidePlus" [size]="14" /><span i18n>Subscribe</span>
              </button>
            </li>
          }
        </ul>
      } @else {
        <sb-skeleton [rows]="4" [height]="68" />
      }
    </section>
  `,
})
export class Ideas {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly locale = inject(LOCALE_ID);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly taken = output<Subscription>();
  readonly changed = output();
  protected readonly icons = { lucideLightbulb, lucidePlus };
  protected readonly busy = signal(false);
  private readonly done = signal<readonly unknown[]>([]);

  protected readonly found = resource({
    loader: async () => {
      const path = { workspaceId: this.workspaceId };
      const [suggestions, templates] = await Promise.all([
        this.requests.ask(ideasSuggestions, path),
        this.requests.ask(ideasTemplates, path),
      ]);
      return { suggestions: suggestions.items, templates: templates.items };
    },
  });
  protected readonly problem = computed(() => {
    const error = this.found.error();
    return error && problemOf(error);
  });
  protected readonly suggestions = computed(() =>
    this.found.hasValue() ? this.found.value().suggestions.filter((one) => !this.done().includes(one)) : [],
  );
  protected readonly templates = computed(() =>
    this.found.hasValue() ? this.found.value().templates.filter((one) => !this.done().includes(one.subscription)) : [],
  );

  protected asked({ name, target, filter }: Made) {
    return { name: name ?? null, target, filter };
  }

  protected label(one: Suggestion): string {
    if (one.kind === 'new') return $localize`Subscribe`;
    return one.change.rhythm
      ? $localize`Tell me ${rhythmWords(one.change.rhythm, this.locale)}:rhythm:`
      : $localize`Change it`;
  }

  protected take(one: Suggestion): Promise<void> {
    return one.kind === 'new' ? this.subscribe(one.subscription, one) : this.change(one);
  }

  protected subscribe(body: Made, idea: unknown = body): Promise<void> {
    return this.work(async () => {
      const made = await this.requests.ask(subscriptionsCreate, { workspaceId: this.workspaceId, body });
      this.done.update((all) => [...all, idea]);
      this.taken.emit(made);
      this.toasts.undoable($localize`“${made.name}:name:” tells you from now on`, () =>
        this.work(async () => {
          await this.requests.ask(subscriptionsRemove, { workspaceId: this.workspaceId, subscriptionId: made.id });
          this.done.update((all) => all.filter((other) => other !== idea));
          this.changed.emit();
        }),
      );
    });
  }

  private change(one: Extract<Suggestion, { kind: 'change' }>): Promise<void> {
    return this.work(async () => {
      const { subscriptionId, change } = one;
      await this.requests.ask(subscriptionsChange, { workspaceId: this.workspaceId, subscriptionId, body: change });
      this.done.update((all) => [...all, one]);
      this.changed.emit();
      this.toasts.say({ text: $localize`Changed` });
    });
  }

  private async work(act: () => Promise<void>): Promise<void> {
    this.busy.set(true);
    try {
      await act();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
