import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { email, form, FormField as Field, required } from '@angular/forms/signals';
import { factorResetsCreate, Requests, signOutsCreate } from '../../api';
import { Confirm, Toasts } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';

/** What an operator does for somebody who lost a second factor, or whose sessions have to end. */
@Component({
  selector: 'sb-access-help',
  imports: [Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <section class="part border-t! border-line! pt-6!" aria-labelledby="factors">
      <div>
        <h2 id="factors" i18n>Lost second factors</h2>
        <p class="hint m-0" i18n>
          Make sure before that it is them who ask. Authenticator app, passkeys and recovery codes go, all sessions end;
          the password stays. They are told by mail.
        </p>
      </div>
      <form class="grid gap-3" novalidate (submit)="reset($event)">
        <sb-form-field label="Address of the account" i18n-label [field]="factors.email">
          <input class="input" type="email" autocomplete="off" [formField]="factors.email" />
        </sb-form-field>
        <sb-form-problem [of]="resetting.problem()" />
        <div>
          <button class="btn btn-bad" [attr.aria-disabled]="factors().submitting()" i18n>Remove the factors</button>
        </div>
      </form>
    </section>
    <section class="part" aria-labelledby="sessions">
      <div>
        <h2 id="sessions" i18n>Sign somebody out</h2>
        <p class="hint m-0" i18n>
          All their sessions end within a second. Passwords, second factors and API keys stay as they are.
        </p>
      </div>
      <form class="grid gap-3" novalidate (submit)="end($event)">
        <sb-form-field label="Address of the account" i18n-label [field]="sessions.email">
          <input class="input" type="email" autocomplete="off" [formField]="sessions.email" />
        </sb-form-field>
        <sb-form-problem [of]="ending.problem()" />
        <div>
          <button class="btn" [attr.aria-disabled]="sessions().submitting()" i18n>Sign them out everywhere</button>
        </div>
      </form>
    </section>
  `,
})
export class AccessHelp {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  protected readonly resetting = sending();
  protected readonly ending = sending();
  protected readonly factors = addressForm();
  protected readonly sessions = addressForm();

  protected async reset(event: Event): Promise<void> {
    event.preventDefault();
    const address = this.factors().value().email.trim();
    if (this.factors().valid()) {
      const yes = await this.confirm.ask({
        heading: $localize`Remove the second factors of ${address}:address:?`,
        text: $localize`From then on the password alone signs in. This cannot be undone: they set up new ones themselves.`,
        action: $localize`Remove the factors`,
        type: address,
        bad: true,
      });
      if (!yes) return;
    }
    const taken = await send(this.factors, this.resetting, async (body) => {
      const { totp, passkeys, recoveryCodes, sessions } = await this.requests.ask(factorResetsCreate, { body });
      const any = totp || passkeys > 0 || recoveryCodes > 0;
      this.toasts.say({
        text: any
          ? $localize`Removed; ${sessions}:count: sessions ended`
          : $localize`There was no second factor: nothing happened`,
      });
    });
    if (taken) this.factors().reset({ email: '' });
  }

  protected async end(event: Event): Promise<void> {
    event.preventDefault();
    const taken = await send(this.sessions, this.ending, async (body) => {
      const { count } = await this.requests.ask(signOutsCreate, { body });
      this.toasts.say({ text: $localize`${count}:count: sessions ended` });
    });
    if (taken) this.sessions().reset({ email: '' });
  }
}

function addressForm() {
  return form(signal({ email: '' }), (path) => {
    required(path.email, { message: $localize`An address is needed.` });
    email(path.email, { message: $localize`This is not an address.` });
  });
}
