import { ChangeDetectionStrategy, Component, computed, inject, input, output, resource, signal } from '@angular/core';
import { ideasTemplates, type Problem, problemOf, Requests, subscriptionsCreate } from '../../api';
import { ProblemNote, Skeleton } from '../../ui';
import { FormProblem } from '../../ui/form';

/** One thing to be told of, from a template. */
@Component({
  selector: 'sb-first-subscription',
  imports: [FormProblem, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h1 class="m-0 mb-1 text-xl font-semibold" i18n>What should we tell you of?</h1>
    <p class="m-0 mb-6 text-muted" i18n>
      A subscription watches for you and tells you at once. Pick one to begin with; you can change its filter later.
    </p>
    @if (templates.error(); as error) {
      <sb-problem-note [problem]="problemOf(error)" (retry)="templates.reload()" />
    } @else if (templates.isLoading()) {
      <sb-skeleton [rows]="4" [height]="52" />
    } @else {
      <fieldset class="m-0 mb-4 grid gap-2 border-0 p-0">
        <legend class="sr-only" i18n>Templates</legend>
        @for (template of offered(); track template.id) {
          <label
            class="check rounded-[10px] border border-line px-3 py-2.5 hover:bg-raised has-checked:border-brand has-checked:bg-brand-soft"
          >
            <input
              type="radio"
              name="template"
              [value]="template.id"
              [checked]="chosen() === template.id"
              (change)="chosen.set(template.id)"
            />
            <span>
              <span class="block font-medium">{{ template.title }}</span>
              <span class="hint block">{{ template.description }}</span>
            </span>
          </label>
        }
      </fieldset>
    }
    <div class="grid gap-2">
      <sb-form-problem [of]="problem()" />
      <button
        type="button"
        class="btn btn-primary"
        [attr.aria-disabled]="busy() || chosen() === undefined"
        (click)="subscribe()"
        i18n
      >
        Subscribe and go to the workspace
      </button>
      <button type="button" class="btn" (click)="done.emit()" i18n>Not now</button>
    </div>
  `,
})
export class FirstSubscription {
  private readonly requests = inject(Requests);
  readonly workspaceId = input.required<string>();
  readonly done = output();

  protected readonly problemOf = problemOf;
  protected readonly chosen = signal<string | undefined>(undefined);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly templates = resource({
    params: () => this.workspaceId(),
    loader: ({ params }) => this.requests.ask(ideasTemplates, { workspaceId: params }),
  });
  /** A handful, those about deals first: that is what a new workspace has. */
  protected readonly offered = computed(() => {
    const all = this.templates.hasValue() ? this.templates.value().items : [];
    return all.toSorted((a, b) => Number(b.target === 'deal') - Number(a.target === 'deal')).slice(0, 5);
  });

  protected async subscribe(): Promise<void> {
    const template = this.offered().find(({ id }) => id === this.chosen());
    if (!template || this.busy()) return;
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      await this.requests.ask(subscriptionsCreate, { workspaceId: this.workspaceId(), body: template.subscription });
      this.done.emit();
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
