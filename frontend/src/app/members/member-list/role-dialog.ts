import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
  output,
  signal,
} from '@angular/core';
import { type Problem, problemOf } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Dialog } from '../../ui';
import { FormProblem } from '../../ui/form';
import { RoleChoice } from '../role-choice';
import { type Member, MemberStore } from './member.store';

/** Gives a member another role. */
@Component({
  selector: 'sb-role-dialog',
  imports: [Dialog, FormProblem, RoleChoice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog [heading]="heading()" [open]="true" (closed)="closed.emit()">
      <sb-role-choice [builtIn]="roles()" [(value)]="choice" />
      <sb-form-problem class="mt-4 block" [of]="problem()" />
      <button action type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
      <button action type="button" class="btn btn-primary" [disabled]="sending()" (click)="save()" i18n>
        Change the role
      </button>
    </sb-dialog>
  `,
})
export class RoleDialog {
  private readonly store = inject(MemberStore);
  private readonly current = inject(CurrentWorkspace);
  readonly member = input.required<Member>();
  readonly closed = output();
  protected readonly heading = computed(() => $localize`Role of ${this.member().name}:member:`);
  protected readonly roles = computed(() => {
    const others = ['admin', 'member', 'viewer'];
    return this.current.workspace()?.role === 'owner' ? ['owner', ...others] : others;
  });
  protected readonly choice = linkedSignal(() => this.member().roleId ?? this.member().role);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly sending = signal(false);

  protected async save(): Promise<void> {
    this.sending.set(true);
    try {
      await this.store.changeRole(this.member(), this.choice());
      this.closed.emit();
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.sending.set(false);
    }
  }
}
