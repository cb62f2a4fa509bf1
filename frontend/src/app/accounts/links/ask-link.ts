import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { email, form, FormField as Field, required } from '@angular/forms/signals';
import { RouterLink } from '@angular/router';
import { type passwordResetsRequest, Requests } from '../../api';
import { FormField, FormProblem, send, sending } from '../../ui/form';

/** What a mail with a link is asked for. */
export interface LinkRequest {
  readonly heading: string;
  readonly lead: string;
  readonly button: string;
  readonly ask: typeof passwordResetsRequest;
}

/** Asks for a mail with a link. Whether there is an account with the address is not said. */
@Component({
  selector: 'sb-ask-link',
  imports: [Field, FormField, FormProblem, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (sentTo(); as address) {
      <div role="status">
        <h1 class="m-0 mb-2 text-xl font-semibold" i18n>Look into your mail</h1>
        <p class="m-0 mb-6" i18n>
          If there is an account with <strong>{{ address }}</strong>, a link is on its way. It may take a minute; look
          into the spam folder, too.
        </p>
      </div>
    } @else {
      <h1 class="m-0 mb-1 text-xl font-semibold">{{ request().heading }}</h1>
      <p class="m-0 mb-6 text-muted">{{ request().lead }}</p>
      <form class="mb-6 grid gap-4" novalidate (submit)="ask($event)">
        <sb-form-field label="Email" i18n-label [field]="wanted.email"
          ><input class="input" type="email" autocomplete="username" [formField]="wanted.email"
        /></sb-form-field>
        <sb-form-problem [of]="sending.problem()" />
        <button class="btn btn-primary" [attr.aria-disabled]="wanted().submitting()">{{ request().button }}</button>
      </form>
    }
    <p class="m-0 text-center"><a class="link" routerLink="/sign-in" i18n>Back to sign-in</a></p>
  `,
})
export class AskLink {
  private readonly requests = inject(Requests);
  readonly request = input.required<LinkRequest>();
  protected readonly sending = sending();
  protected readonly sentTo = signal('');
  protected readonly wanted = form(signal({ email: '' }), (path) => {
    required(path.email, { message: $localize`Your address is needed.` });
    email(path.email, { message: $localize`This is not an address.` });
  });

  protected async ask(event: Event): Promise<void> {
    event.preventDefault();
    await send(this.wanted, this.sending, async (body) => {
      await this.requests.openly(this.request().ask, { body });
      this.sentTo.set(body.email);
    });
  }
}
