import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { Session } from '../../session';
import { SignInForm } from './sign-in-form';
import { SignInOptions } from './sign-in-options';

/** The page that everybody who is signed out comes to. */
@Component({
  selector: 'sb-sign-in',
  imports: [RouterLink, SignInForm],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-sign-in-form [next]="next()" (entered)="goOn()">
      <h1 class="m-0 mb-6 text-xl font-semibold" i18n>Sign in</h1>
      @if (session.ended()) {
        <p class="-mt-4 mb-5 text-muted" i18n>Your session ended. Sign in to go on where you were.</p>
      }
      <div after>
        @switch (options.registration()) {
          @case ('open') {
            <p class="m-0 mt-6 text-center text-muted" i18n>
              New here? <a class="link" routerLink="/sign-up">Sign up</a>
            </p>
          }
          @case ('setup') {
            <p class="m-0 mt-6 text-center text-muted" i18n>
              Nobody owns this console yet. Open the set-up link that the server printed when it started.
            </p>
          }
          @case ('invite') {
            <p class="m-0 mt-6 text-center text-muted" i18n>
              New here? People join by invitation: ask an admin of your workspace for one.
            </p>
          }
        }
      </div>
    </sb-sign-in-form>
  `,
})
export class SignIn {
  private readonly router = inject(Router);
  protected readonly session = inject(Session);
  protected readonly options = inject(SignInOptions);
  /** Where the person was going. */
  readonly next = input('/', { transform: (path: string | undefined) => path ?? '/' });

  protected async goOn(): Promise<void> {
    await this.router.navigateByUrl(this.next());
  }
}
