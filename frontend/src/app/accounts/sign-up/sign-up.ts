import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { emailVerificationsRequest, problemOf, Requests } from '../../api';
import { Session, type SignedIn } from '../../session';
import { Toasts } from '../../ui';
import { OtherWays } from '../sign-in/other-ways';
import { SignInOptions } from '../sign-in/sign-in-options';
import { SignUpForm } from './sign-up-form';

/** Signing up, where anybody may; elsewhere, whom to ask. */
@Component({
  selector: 'sb-sign-up',
  imports: [OtherWays, RouterLink, SignUpForm],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (mailedTo(); as address) {
      <div role="status">
        <h1 class="m-0 mb-2 text-xl font-semibold" i18n>Look into your mail</h1>
        <p class="m-0 mb-6" i18n>
          We sent a link to <strong>{{ address }}</strong>. It confirms that the address is yours; then you can sign in.
        </p>
      </div>
      <button type="button" class="btn w-full" [attr.aria-disabled]="again()" (click)="sendAgain(address)" i18n>
        Send the link again
      </button>
    } @else {
      @switch (options.registration()) {
        @case ('invite') {
          <h1 class="m-0 mb-2 text-xl font-semibold" i18n>By invitation</h1>
          <p class="m-0" i18n>
            People join this console by invitation. Ask an admin of your workspace for one: the mail has a link that
            brings you in.
          </p>
        }
        @case ('setup') {
          <h1 class="m-0 mb-2 text-xl font-semibold" i18n>Not set up yet</h1>
          <p class="m-0" i18n>
            Nobody owns this console yet. Its first owner opens the set-up link that the server printed when it started.
          </p>
        }
        @default {
          <h1 class="m-0 mb-6 text-xl font-semibold" i18n>Sign up</h1>
          <sb-sign-up-form (entered)="goOn()" (mailed)="mailedTo.set($event)" />
          <sb-other-ways (entered)="enter($event)" />
        }
      }
      <p class="m-0 mt-6 text-center text-muted" i18n>
        Have an account? <a class="link" routerLink="/sign-in">Sign in</a>
      </p>
    }
  `,
})
export class SignUp {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly session = inject(Session);
  private readonly toasts = inject(Toasts);
  protected readonly options = inject(SignInOptions);
  protected readonly mailedTo = signal('');
  protected readonly again = signal(false);

  protected async sendAgain(email: string): Promise<void> {
    if (this.again()) return;
    this.again.set(true);
    try {
      await this.requests.openly(emailVerificationsRequest, { body: { email } });
      this.toasts.say({ text: $localize`Another link is on its way.` });
    } catch (error) {
      this.again.set(false);
      this.toasts.problem(problemOf(error));
    }
  }

  protected async enter(answer: SignedIn): Promise<void> {
    await this.session.begin(answer);
    await this.goOn();
  }

  protected async goOn(): Promise<void> {
    await this.router.navigateByUrl('/');
  }
}
