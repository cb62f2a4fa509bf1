import { ChangeDetectionStrategy, Component, inject, input, linkedSignal, output } from '@angular/core';
import { disabled, email, form, FormField as Field, minLength, required } from '@angular/forms/signals';
import { registrationsRegister, Requests } from '../../api';
import { Session } from '../../session';
import { FormField, FormProblem, send, sending } from '../../ui/form';

/** Name, address and password of somebody who is new. */
@Component({
  selector: 'sb-sign-up-form',
  imports: [Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form class="grid gap-4" novalidate (submit)="register($event)">
      <sb-form-field label="Your name" i18n-label [field]="person.name"
        ><input class="input" autocomplete="name" [formField]="person.name"
      /></sb-form-field>
      <sb-form-field label="Email" i18n-label [field]="person.email"
        ><input class="input" type="email" autocomplete="username" [formField]="person.email"
      /></sb-form-field>
      <sb-form-field
        label="Password"
        i18n-label
        hint="Ten characters or more. A few words are better than a short riddle."
        i18n-hint
        [field]="person.password"
        ><input class="input" type="password" autocomplete="new-password" [formField]="person.password"
      /></sb-form-field>
      <sb-form-problem [of]="sending.problem()" />
      <button class="btn btn-primary" [attr.aria-disabled]="person().submitting()" i18n>Sign up</button>
    </form>
  `,
})
export class SignUpForm {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  /** The address that was invited: no other will do. */
  readonly account = input<string>();
  /** The token of the invitation. */
  readonly invitation = input<string>();
  /** Signed up and in; or, with the address, mailed a link that confirms it. */
  readonly entered = output();
  readonly mailed = output<string>();

  protected readonly sending = sending();
  protected readonly person = form(
    linkedSignal(() => ({ name: '', email: this.account() ?? '', password: '' })),
    (path) => {
      disabled(path.email, () => this.account() !== undefined);
      required(path.name, { message: $localize`Your name is needed.` });
      required(path.email, { message: $localize`Your address is needed.` });
      email(path.email, { message: $localize`This is not an address.` });
      required(path.password, { message: $localize`A password is needed.` });
      minLength(path.password, 10, { message: $localize`Ten characters or more.` });
    },
  );

  protected async register(event: Event): Promise<void> {
    event.preventDefault();
    await send(this.person, this.sending, async ({ name, email: typed, password }) => {
      const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const address = this.account() ?? typed;
      const invitation = this.invitation();
      const body = { name, email: address, password, locale, timeZone, transport: 'cookie' as const };
      const { session } = await this.requests.openly(registrationsRegister, {
        body: { ...body, ...(invitation !== undefined && { invitation }) },
      });
      if (!session) return this.mailed.emit(address);
      await this.session.begin(session);
      this.entered.emit();
    });
  }
}
