import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
  LOCALE_ID,
  output,
  signal,
} from '@angular/core';
import { assignmentsAssign, assignmentsTakeBack, type Problem, problemOf, Requests } from '../../api';
import { Dialog } from '../../ui';
import { FormProblem } from '../../ui/form';
import { amountInWords } from './quota-words';
import type { Plan, Workspace } from './workspace-list';

/** Assigns a plan to a workspace, or takes that back. */
@Component({
  selector: 'sb-plan-dialog',
  imports: [Dialog, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog [heading]="heading()" [open]="true" (closed)="closed.emit(false)">
      <div class="grid gap-4">
        <p class="m-0 text-muted" i18n>
          What you assign goes before what it pays for, and holds at once. A smaller plan takes nothing away: it refuses
          what is new.
        </p>
        <fieldset class="m-0 grid gap-3 border-0 p-0">
          <legend class="sr-only" i18n>Plan</legend>
          @for (plan of plans(); track plan.name) {
            <label class="check">
              <input type="radio" name="plan" [checked]="chosen() === plan.name" (change)="chosen.set(plan.name)" />
              <span class="grid"
                ><span>{{ plan.title }}</span
                ><span class="hint tabular">{{ limits(plan) }}</span></span
              >
            </label>
          }
        </fieldset>
        <sb-form-problem [of]="problem()" />
      </div>
      @if (assigned()) {
        <button action type="button" class="btn" [disabled]="busy()" (click)="takeBack()" i18n>
          Take the assignment back
        </button>
      }
      <button
        action
        type="button"
        class="btn btn-primary"
        [disabled]="busy() || chosen() === undefined"
        (click)="assign()"
        i18n
      >
        Assign
      </button>
    </sb-dialog>
  `,
})
export class PlanDialog {
  private readonly requests = inject(Requests);
  private readonly locale = inject(LOCALE_ID);
  readonly workspace = input.required<Workspace>();
  readonly plans = input.required<readonly Plan[]>();
  /** Whether something was changed. */
  readonly closed = output<boolean>();
  protected readonly assigned = computed(() => this.workspace().usage?.assigned ?? undefined);
  protected readonly chosen = linkedSignal(() => this.workspace().usage?.plan.name);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);

  protected heading(): string {
    return $localize`The plan of ${this.workspace().name}:name:`;
  }

  protected limits({ limits }: Plan): string {
    return Object.entries(limits)
      .map(
        ([name, limit]) =>
          `${name.replaceAll('_', ' ')} ${amountInWords(limit, name === 'storage' ? 'bytes' : 'count', this.locale)}`,
      )
      .join(' · ');
  }

  protected assign(): Promise<void> {
    const plan = this.chosen();
    if (plan === undefined) return Promise.resolve();
    return this.change(() =>
      this.requests.ask(assignmentsAssign, { workspaceId: this.workspace().id, body: { plan } }),
    );
  }

  protected takeBack(): Promise<void> {
    return this.change(() => this.requests.ask(assignmentsTakeBack, { workspaceId: this.workspace().id }));
  }

  private async change(work: () => Promise<unknown>): Promise<void> {
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      await work();
      this.closed.emit(true);
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
