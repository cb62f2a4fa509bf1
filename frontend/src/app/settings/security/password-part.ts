import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { form, FormField as Field, minLength, required } from '@angular/forms/signals';
import { passwordChangesChange, Requests } from '../../api';
import { Session } from '../../session';
import { Dialog, Toasts } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { Factors } from './factors';

/** Changing the password, or setting a first one. */
@Component({
  selector: 'sb-password-part',
  imports: [Dialog, Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="panel flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <p class="m-0 min-w-0 flex-1">
        @if (held()) {
          <ng-container i18n>You have a password.</ng-container>
        } @else {
          <ng-container i18n>You have none, and sign in another way.</ng-container>
        }
      </p>
      <button type="button" class="btn btn-small" (click)="open.set(true)">{{ held() ? change : setOne }}</button>
    </div>
    <sb-dialog [heading]="held() ? changeHeading : setHeading" [open]="open()" (closed)="close()">
      <form id="password-change" class="grid gap-4" novalidate (submit)="save($event)">
        <input class="hidden" type="email" autocomplete="username" readonly [value]="session.person()?.email ?? ''" />
        @if (held()) {
          <sb-form-field label="Present password" i18n-label [field]="wanted.currentPassword"
            ><input class="input" type="password" autocomplete="current-password" [formField]="wanted.currentPassword"
          /></sb-form-field>
        }
        <sb-form-field
          label="New password"
          i18n-label
          hint="Ten characters or more."
          i18n-hint
          [field]="wanted.newPassword"
          ><input class="input" type="password" autocomplete="new-password" [formField]="wanted.newPassword"
        /></sb-form-field>
        <sb-form-problem [of]="sending.problem()" />
      </form>
      <button action type="button" class="btn" (click)="close()" i18n>Cancel</button>
      <button action form="password-change" class="btn btn-primary" [attr.aria-disabled]="wanted().submitting()" i18n>
        Save the password
      </button>
    </sb-dialog>
  `,
})
export class PasswordPart {
  private readonly requests = inject(Requests);
  private readonly factors = inject(Factors);
  private readonly toasts = inject(Toasts);
  protected readonly session = inject(Session);
  /** Whether there is one. */
  readonly held = input.required<boolean>();

  protected readonly change = $localize`Change`;
  protected readonly setOne = $localize`Set one`;
  protected readonly changeHeading = $localize`Change your password`;
  protected readonly setHeading = $localize`Set a password`;
  protected readonly open = signal(false);
  protected readonly sending = sending();
  protected readonly wanted = form(signal({ currentPassword: '', newPassword: '' }), (path) => {
    required(path.currentPassword, { when: () => this.held(), message: $localize`Your present password is needed.` });
    required(path.newPassword, { message: $localize`A password is needed.` });
    minLength(path.newPassword, 10, { message: $localize`Ten characters or more.` });
  });

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const taken = await send(this.wanted, this.sending, ({ currentPassword, newPassword }) =>
      this.requests.ask(passwordChangesChange, {
        body: this.held() ? { currentPassword, newPassword } : { newPassword },
      }),
    );
    if (!taken) return;
    this.close();
    this.factors.reload();
    this.toasts.say({ text: $localize`Your password is set. You are signed out everywhere else.` });
  }

  protected close(): void {
    this.open.set(false);
    this.wanted().reset({ currentPassword: '', newPassword: '' });
    this.sending.problem.set(undefined);
  }
}
