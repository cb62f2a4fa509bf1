import { HttpContext } from '@angular/common/http';
import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { email, form, FormField as Field, minLength, required } from '@angular/forms/signals';
import { Router } from '@angular/router';
import { registrationsRegister, Requests, WITHOUT_TOKEN } from '../../api';
import { Session } from '../../session';
import { FormField, FormProblem, send, sending } from '../../ui/form';

/** The first owner's sign-up, with the code that the server printed. */
@Component({
  selector: 'sb-setup',
  imports: [Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h1 class="m-0 mb-1 text-xl font-semibold" i18n>Welcome to Signalbox</h1>
    <p class="m-0 mb-6 text-muted" i18n>You are the first here: this makes you its owner.</p>
    <form class="grid gap-4" novalidate (submit)="register($event)">
      <sb-form-field label="Your name" i18n-label [field]="person.name"
        ><input class="input" autocomplete="name" [formField]="person.name"
      /></sb-form-field>
      <sb-form-field label="Email" i18n-label [field]="person.email"
        ><input class="input" type="email" autocomplete="username" [formField]="person.email"
      /></sb-form-field>
      <sb-form-field label="Password" i18n-label hint="Ten characters or more." i18n-hint [field]="person.password"
        ><input class="input" type="password" autocomplete="new-password" [formField]="person.password"
      /></sb-form-field>
      <sb-form-field
        label="Workspace"
        i18n-label
        hint="Your team, or what you work on."
        i18n-hint
        [field]="person.workspaceName"
        ><input class="input" autocomplete="organization" [formField]="person.workspaceName"
      /></sb-form-field>
      <sb-form-problem [of]="sending.problem()" />
      <button class="btn btn-primary" [attr.aria-disabled]="person().submitting()" i18n>Begin</button>
    </form>
  `,
})
export class Setup {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  /** The server's one-time code, from the address. */
  readonly code = input('', { transform: (code: string | undefined) => code ?? '' });
  protected readonly sending = sending();
  protected readonly person = form(signal({ name: '', email: '', password: '', workspaceName: '' }), (path) => {
    required(path.name, { message: $localize`Your name is needed.` });
    required(path.email, { message: $localize`Your address is needed.` });
    email(path.email, { message: $localize`This is not an address.` });
    minLength(path.password, 10, { message: $localize`Ten characters or more.` });
    required(path.password, { message: $localize`A password is needed.` });
    required(path.workspaceName, { message: $localize`A name is needed.` });
  });

  protected async register(event: Event): Promise<void> {
    event.preventDefault();
    const taken = await send(this.person, this.sending, async (body) => {
      const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const answer = await this.requests.ask(
        registrationsRegister,
        { body: { ...body, setupCode: this.code(), locale, timeZone, transport: 'cookie' } },
        new HttpContext().set(WITHOUT_TOKEN, true),
      );
      if (answer.session) await this.session.begin(answer.session);
    });
    if (taken && this.session.signedIn()) await this.router.navigateByUrl('/welcome');
  }
}
