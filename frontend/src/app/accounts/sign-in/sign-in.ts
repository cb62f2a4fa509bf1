import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { email, form, FormField as Field, required } from '@angular/forms/signals';
import { Router, RouterLink } from '@angular/router';
import { Requests, sessionsSignIn, WITHOUT_TOKEN } from '../../api';
import { HttpContext } from '@angular/common/http';
import { Session } from '../../session';
import { FormField, FormProblem, send, sending } from '../../ui/form';

/** Sign-in by address and password. */
@Component({
  selector: 'sb-sign-in',
  imports: [Field, FormField, FormProblem, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h1 class="m-0 mb-6 text-xl font-semibold" i18n>Sign in</h1>
    <form class="grid gap-4" novalidate (submit)="signIn($event)">
      <sb-form-field label="Email" i18n-label [field]="credentials.email"
        ><input class="input" type="email" autocomplete="username webauthn" [formField]="credentials.email"
      /></sb-form-field>
      <sb-form-field label="Password" i18n-label [field]="credentials.password"
        ><input class="input" type="password" autocomplete="current-password" [formField]="credentials.password"
      /></sb-form-field>
      <sb-form-problem [of]="sending.problem()" />
      <button class="btn btn-primary" [attr.aria-disabled]="credentials().submitting()" i18n>Sign in</button>
      <a class="link justify-self-center" routerLink="/reset-password" i18n>Forgot the password?</a>
    </form>
  `,
})
export class SignIn {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  /** Where the person was going. */
  readonly next = input('/', { transform: (path: string | undefined) => path ?? '/' });
  protected readonly sending = sending();
  protected readonly credentials = form(signal({ email: '', password: '' }), (path) => {
    required(path.email, { message: $localize`Your address is needed.` });
    email(path.email, { message: $localize`This is not an address.` });
    required(path.password, { message: $localize`Your password is needed.` });
  });

  protected async signIn(event: Event): Promise<void> {
    event.preventDefault();
    const taken = await send(this.credentials, this.sending, async (body) => {
      const answer = await this.requests.ask(
        sessionsSignIn,
        { body: { ...body, transport: 'cookie' } },
        new HttpContext().set(WITHOUT_TOKEN, true),
      );
      if (answer.state === 'signed_in') await this.session.begin(answer);
    });
    if (taken && this.session.signedIn()) await this.router.navigateByUrl(this.next());
  }
}
