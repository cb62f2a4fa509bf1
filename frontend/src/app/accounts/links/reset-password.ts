import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { form, FormField as Field, minLength, required } from '@angular/forms/signals';
import { Router, RouterLink } from '@angular/router';
import { passwordResetsComplete, passwordResetsRequest, Requests } from '../../api';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { AskLink, type LinkRequest } from './ask-link';
import { LinkTokens } from './link-token';

/** Asks for a link that sets a new password, and sets it for who comes by one. */
@Component({
  selector: 'sb-reset-password',
  imports: [AskLink, Field, FormField, FormProblem, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (done()) {
      <div role="status">
        <h1 class="m-0 mb-2 text-xl font-semibold" i18n>Your password is set</h1>
        <p class="m-0 mb-6" i18n>Every device that was signed in is signed out. Sign in with the new password.</p>
      </div>
      <a class="btn btn-primary w-full" routerLink="/sign-in" i18n>Sign in</a>
    } @else if (token()) {
      <h1 class="m-0 mb-1 text-xl font-semibold" i18n>Set a new password</h1>
      <p class="m-0 mb-6 text-muted" i18n>A few words are better than a short riddle.</p>
      <form class="grid gap-4" novalidate (submit)="set($event)">
        <sb-form-field
          label="New password"
          i18n-label
          hint="Ten characters or more."
          i18n-hint
          [field]="wanted.password"
          ><input class="input" type="password" autocomplete="new-password" [formField]="wanted.password"
        /></sb-form-field>
        <sb-form-problem [of]="sending.problem()">
          @if (sending.problem()?.code === 'link_expired') {
            <button
              type="button"
              class="mt-1 cursor-pointer font-semibold underline underline-offset-3"
              (click)="startAgain()"
              i18n
            >
              Ask for another link
            </button>
          }
        </sb-form-problem>
        <button class="btn btn-primary" [attr.aria-disabled]="wanted().submitting()" i18n>Set the password</button>
      </form>
    } @else {
      <sb-ask-link [request]="request" />
    }
  `,
})
export class ResetPassword {
  private readonly requests = inject(Requests);
  private readonly tokens = inject(LinkTokens);
  private readonly path = inject(Router).url;
  protected readonly token = computed(() => this.tokens.of(this.path));
  protected readonly done = signal(false);
  protected readonly sending = sending();
  protected readonly wanted = form(signal({ password: '' }), (path) => {
    required(path.password, { message: $localize`A password is needed.` });
    minLength(path.password, 10, { message: $localize`Ten characters or more.` });
  });
  protected readonly request: LinkRequest = {
    heading: $localize`Forgot the password?`,
    lead: $localize`We mail you a link that sets a new one. It works for an hour.`,
    button: $localize`Send me a link`,
    ask: passwordResetsRequest,
  };

  protected async set(event: Event): Promise<void> {
    event.preventDefault();
    const token = this.token();
    if (token === undefined) return;
    await send(this.wanted, this.sending, async ({ password }) => {
      await this.requests.openly(passwordResetsComplete, { body: { token, password } });
      this.tokens.forget(this.path);
      this.done.set(true);
    });
  }

  protected startAgain(): void {
    this.tokens.forget(this.path);
  }
}
