import { ChangeDetectionStrategy, Component, computed, inject, input, linkedSignal, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { type Problem, problemOf, Requests } from '../../api';
import { Session } from '../../session';
import { FormProblem } from '../../ui/form';
import { AskLink, type LinkRequest } from './ask-link';
import { LinkTokens } from './link-token';

interface Done {
  readonly heading: string;
  readonly text: string;
}

/** What a mailed link does, in words, and how it is done. */
export interface LinkWords {
  readonly heading: string;
  readonly lead: string;
  readonly button: string;
  /** Where the person can ask for another link; absent where it only comes by itself. */
  readonly another?: LinkRequest;
  /** @returns what happened, in words @throws Problem */
  use(requests: Requests, token: string): Promise<Done>;
}

/**
 * The page of a mailed link that does one thing. It is done by a button, since programs that look into mails open links before
 * their readers do.
 */
@Component({
  selector: 'sb-mailed-link',
  imports: [AskLink, FormProblem, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (done(); as result) {
      <div role="status">
        <h1 class="m-0 mb-2 text-xl font-semibold">{{ result.heading }}</h1>
        <p class="m-0 mb-6">{{ result.text }}</p>
      </div>
      <a class="btn btn-primary w-full" routerLink="/">{{ session.signedIn() ? toConsole : toSignIn }}</a>
    } @else if (token()) {
      <h1 class="m-0 mb-1 text-xl font-semibold">{{ words().heading }}</h1>
      <p class="m-0 mb-6 text-muted">{{ words().lead }}</p>
      <div class="grid gap-4">
        <sb-form-problem [of]="problem()" />
        <button type="button" class="btn btn-primary" [attr.aria-disabled]="busy()" (click)="use()">
          {{ words().button }}
        </button>
      </div>
    } @else {
      @if (problem(); as problem) {
        <p class="m-0 mb-5 rounded-[10px] bg-bad-soft px-3 py-2 text-bad" role="alert">{{ problem.message }}</p>
      }
      @if (words().another; as request) {
        <sb-ask-link [request]="request" />
      } @else {
        <h1 class="m-0 mb-2 text-xl font-semibold">{{ words().heading }}</h1>
        <p class="m-0 mb-6" i18n>Open the link in the mail again: this page needs what comes with it.</p>
        <a class="btn w-full" routerLink="/" i18n>To the console</a>
      }
    }
  `,
})
export class MailedLink {
  private readonly requests = inject(Requests);
  private readonly tokens = inject(LinkTokens);
  private readonly path = inject(Router).url;
  protected readonly session = inject(Session);
  /** Of the route: which link this is. */
  readonly link = input.required<() => LinkWords>();

  protected readonly words = computed(() => this.link()());
  protected readonly token = computed(() => this.tokens.of(this.path));
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  /** What the last token did; another one has done nothing yet. */
  protected readonly done = linkedSignal<string | undefined, Done | undefined>({
    source: this.token,
    computation: (token, before) => (token === undefined ? before?.value : undefined),
  });
  protected readonly toConsole = $localize`To the console`;
  protected readonly toSignIn = $localize`Sign in`;

  protected async use(): Promise<void> {
    const token = this.token();
    if (token === undefined || this.busy()) return;
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      const result = await this.words().use(this.requests, token);
      this.done.set(result);
      this.tokens.forget(this.path);
      // What was done may have ended the session: then this finds out.
      if (this.session.signedIn()) await this.session.refresh();
    } catch (error) {
      const problem = problemOf(error);
      this.problem.set(problem);
      if (problem.code === 'link_expired') this.tokens.forget(this.path);
    } finally {
      this.busy.set(false);
    }
  }
}
