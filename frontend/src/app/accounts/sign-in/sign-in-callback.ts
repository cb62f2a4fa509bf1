import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { Location } from '@angular/common';
import { Router, RouterLink } from '@angular/router';
import { identitiesLink, identitySignInsSignIn, Problem, problemOf, Requests } from '../../api';
import { type Question, Session, type SignedIn } from '../../session';
import { Toasts } from '../../ui';
import { Journeys } from './journeys';
import { SecondFactor } from './second-factor';

/** Where other issuers send people back to, with an answer in the address. */
@Component({
  selector: 'sb-sign-in-callback',
  imports: [RouterLink, SecondFactor],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (question(); as asked) {
      <sb-second-factor [question]="asked" (proved)="enter($event)" (over)="fail($event)" />
    } @else if (problem(); as problem) {
      <h1 class="m-0 mb-2 text-xl font-semibold">{{ linking() ? notLinked : notSignedIn }}</h1>
      <p class="m-0 mb-6" role="alert">{{ problem.message }}</p>
      <a class="btn btn-primary w-full" [routerLink]="linking() ? purpose.next : '/sign-in'" i18n>Go back</a>
    } @else {
      <h1 class="m-0 mb-2 text-xl font-semibold" i18n>One moment</h1>
      <p class="m-0 text-muted" role="status" i18n>Checking what came back.</p>
    }
  `,
})
export class SignInCallback {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  protected readonly purpose = inject(Journeys).arrive();
  readonly providerId = input.required<string>();

  protected readonly question = signal<Question | undefined>(undefined);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly linking = computed(() => this.purpose.to === 'link' && this.session.signedIn());
  protected readonly notLinked = $localize`Not linked`;
  protected readonly notSignedIn = $localize`Not signed in`;

  constructor() {
    // A code of an issuer works once; it is no use in the address, in the history, or in a copied link.
    const response = location.search.slice(1);
    const path = inject(Location);
    path.replaceState(location.pathname);
    queueMicrotask(() => void this.arrive(response));
  }

  private async arrive(response: string): Promise<void> {
    try {
      if (this.linking()) await this.link(response);
      else await this.signIn(response);
    } catch (error) {
      this.problem.set(problemOf(error));
    }
  }

  private async signIn(response: string): Promise<void> {
    const body = { provider: this.providerId(), response, transport: 'cookie' as const };
    const answer = await this.requests.openly(identitySignInsSignIn, { body });
    if (answer.state === 'signed_in') await this.enter(answer);
    else this.question.set(answer);
  }

  private async link(response: string): Promise<void> {
    const body = { provider: this.providerId(), response };
    const { providerName } = await this.requests.ask(identitiesLink, { body });
    await this.router.navigateByUrl(this.purpose.next);
    this.toasts.say({ text: $localize`You can sign in with ${providerName}:provider: from now on.` });
  }

  protected async enter(answer: SignedIn): Promise<void> {
    await this.session.begin(answer);
    await this.router.navigateByUrl(this.purpose.next);
  }

  protected fail(problem: Problem | undefined): void {
    this.question.set(undefined);
    if (problem) this.problem.set(problem);
    else void this.router.navigateByUrl('/sign-in');
  }
}
