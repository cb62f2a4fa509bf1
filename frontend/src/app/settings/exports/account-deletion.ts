import { ChangeDetectionStrategy, Component, computed, inject, resource, signal } from '@angular/core';
import { Router } from '@angular/router';
import { deletionsPlan, deletionsSchedule, problemOf, Requests } from '../../api';
import { Session } from '../../session';
import { Clock, Confirm, ProblemNote, Skeleton, Toasts } from '../../ui';

/** What the end of the account would take along, what stands in its way, and the button. */
@Component({
  selector: 'sb-account-deletion',
  imports: [ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (asked.error(); as error) {
      <sb-problem-note [problem]="problemOf(error)" (retry)="asked.reload()" />
    } @else if (plan(); as plan) {
      <div class="grid justify-items-start gap-3">
        @if (plan.erased.length > 0) {
          <p class="m-0" i18n>
            These workspaces are only yours and go with it, with all that is in them:
            <strong>{{ names(plan.erased) }}</strong>.
          </p>
        }
        @if (plan.left.length > 0) {
          <p class="m-0" i18n>
            You leave these: <strong>{{ names(plan.left) }}</strong>.
          </p>
        }
        @if (plan.ownerless.length > 0) {
          <p class="m-0 rounded-[10px] bg-warn-soft px-3 py-2 text-warn" i18n>
            Hand these over first, nobody else owns them: <strong>{{ names(plan.ownerless) }}</strong>.
          </p>
        }
        @if (plan.lastOperator) {
          <p class="m-0 rounded-[10px] bg-warn-soft px-3 py-2 text-warn" i18n>
            You are the only operator of this console: make somebody else one first.
          </p>
        }
        <button
          type="button"
          class="btn btn-bad"
          [disabled]="plan.ownerless.length > 0 || plan.lastOperator"
          [attr.aria-disabled]="busy()"
          (click)="end()"
          i18n
        >
          Delete my account
        </button>
      </div>
    } @else {
      <sb-skeleton [rows]="2" [height]="40" />
    }
  `,
})
export class AccountDeletion {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  private readonly router = inject(Router);
  private readonly clock = inject(Clock);

  protected readonly problemOf = problemOf;
  protected readonly asked = resource({ loader: () => this.requests.ask(deletionsPlan, {}) });
  protected readonly plan = computed(() => (this.asked.hasValue() ? this.asked.value() : undefined));
  protected readonly busy = signal(false);

  protected names(workspaces: readonly { readonly name: string }[]): string {
    return workspaces.map(({ name }) => name).join(', ');
  }

  protected async end(): Promise<void> {
    const plan = this.plan();
    const person = this.session.person();
    if (!plan || !person || this.busy()) return;
    const sure = await this.confirm.ask({
      heading: $localize`Delete your account`,
      text:
        plan.graceDays > 0
          ? $localize`You are signed out everywhere and your API keys end now. Sign in within ${plan.graceDays}:days: days to keep the account; after that everything about you is erased.`
          : $localize`You are signed out everywhere, your API keys end, and everything about you is erased now.`,
      action: $localize`Delete my account`,
      bad: true,
      type: person.email,
    });
    if (sure) await this.schedule();
  }

  private async schedule(): Promise<void> {
    this.busy.set(true);
    try {
      const { eraseAt } = await this.requests.ask(deletionsSchedule, {});
      const day = this.clock.day(eraseAt);
      await this.session.signOut();
      await this.router.navigateByUrl('/sign-in');
      this.toasts.say({ text: $localize`Your account ends on ${day}:day:. Sign in before then to keep it.` });
    } catch (error) {
      this.toasts.problem(problemOf(error));
      this.asked.reload();
    } finally {
      this.busy.set(false);
    }
  }
}
