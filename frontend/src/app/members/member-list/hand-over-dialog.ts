import { ChangeDetectionStrategy, Component, computed, inject, input, output, signal } from '@angular/core';
import {
  factorReauthenticationsProve,
  ownMembershipsHandOver,
  type Problem,
  problemOf,
  reauthenticationsProve,
  Requests,
} from '../../api';
import { CurrentWorkspace, Session } from '../../session';
import { Dialog, Toasts } from '../../ui';
import { FormProblem } from '../../ui/form';
import type { Member } from './member.store';

/** Makes another member the owner, after a recent proof of who one is. */
@Component({
  selector: 'sb-hand-over-dialog',
  imports: [Dialog, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog [heading]="heading()" [open]="true" (closed)="closed.emit()">
      <form id="hand-over" (submit)="$event.preventDefault(); go(box.value)">
        <p class="mt-0 text-muted" i18n>
          {{ member().name }} becomes an owner, and you an admin. Only they can give it back. Both of you get a mail.
        </p>
        <label class="field">
          <span class="label" i18n>Your password, or a code of your authenticator app</span>
          <input #box class="input" type="password" autocomplete="current-password" required />
        </label>
      </form>
      <sb-form-problem class="mt-4 block" [of]="problem()" />
      <button action type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
      <button action form="hand-over" class="btn btn-primary btn-danger" [disabled]="sending()" i18n>Hand over</button>
    </sb-dialog>
  `,
})
export class HandOverDialog {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  private readonly toasts = inject(Toasts);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly member = input.required<Member>();
  readonly closed = output();
  protected readonly heading = computed(() => $localize`Hand over to ${this.member().name}:member:?`);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly sending = signal(false);

  protected async go(proof: string): Promise<void> {
    this.sending.set(true);
    this.problem.set(undefined);
    try {
      await this.prove(proof.trim());
      const { userId, name } = this.member();
      await this.requests.ask(ownMembershipsHandOver, { membershipId: this.workspaceId, body: { userId } });
      await this.session.refresh();
      this.toasts.say({ text: $localize`${name}:member: owns the workspace now` });
      this.closed.emit();
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.sending.set(false);
    }
  }

  private async prove(proof: string): Promise<unknown> {
    if (!/^\d{6}$/.test(proof)) return this.requests.ask(reauthenticationsProve, { body: { password: proof } });
    return this.requests.ask(factorReauthenticationsProve, { body: { proof: { method: 'totp', code: proof } } });
  }
}
