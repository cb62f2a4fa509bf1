import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  inject,
  input,
  linkedSignal,
  output,
  signal,
} from '@angular/core';
import { disabled, email, form, FormField as Field, required } from '@angular/forms/signals';
import { RouterLink } from '@angular/router';
import {
  accountUnlocksRequest,
  emailVerificationsRequest,
  type Problem,
  problemOf,
  Requests,
  sessionsSignIn,
} from '../../api';
import { type Question, Session, type SignedIn } from '../../session';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { OtherWays } from './other-ways';
import { PasskeyEntrance } from './passkey-entrance';
import { SecondFactor } from './second-factor';

/** Signing in, whichever way, to the last step. */
@Component({
  selector: 'sb-sign-in-form',
  imports: [Field, FormField, FormProblem, OtherWays, RouterLink, SecondFactor],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './sign-in-form.html',
})
export class SignInForm {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  /** Where to go afterwards; only journeys to other issuers need to know. */
  readonly next = input('/');
  /** The address of the account, where no other will do. */
  readonly account = input<string>();
  /** Somebody is signed in. */
  readonly entered = output();

  protected readonly sending = sending();
  protected readonly question = signal<Question | undefined>(undefined);
  protected readonly credentials = form(
    linkedSignal(() => ({ email: this.account() ?? '', password: '' })),
    (path) => {
      disabled(path.email, () => this.account() !== undefined);
      required(path.email, { message: $localize`Your address is needed.` });
      email(path.email, { message: $localize`This is not an address.` });
      required(path.password, { message: $localize`Your password is needed.` });
    },
  );
  /** What can be mailed to whoever was refused. */
  protected readonly remedy = computed(() => REMEDIES[this.sending.problem()?.code ?? '']);
  protected readonly mailed = signal(false);

  constructor() {
    const refused = (problem: Problem) => this.sending.problem.set(problem);
    const end = inject(PasskeyEntrance).offer((answer) => this.begin(answer), refused);
    inject(DestroyRef).onDestroy(end);
  }

  protected async signIn(event: Event): Promise<void> {
    event.preventDefault();
    this.mailed.set(false);
    await send(this.credentials, this.sending, async ({ password }) => {
      // A field that is switched off has no say in the form's value.
      const body = { email: this.address(), password, transport: 'cookie' as const };
      const answer = await this.requests.openly(sessionsSignIn, { body });
      if (answer.state === 'signed_in') await this.begin(answer);
      else this.question.set(answer);
    });
  }

  protected async begin(answer: SignedIn): Promise<void> {
    await this.session.begin(answer);
    this.entered.emit();
  }

  protected again(problem: Problem | undefined): void {
    this.question.set(undefined);
    this.credentials.password().reset('');
    this.sending.problem.set(problem);
  }

  protected async mailRemedy(): Promise<void> {
    const remedy = this.remedy();
    if (!remedy || this.mailed()) return;
    this.mailed.set(true);
    try {
      await this.requests.openly(remedy.ask, { body: { email: this.address() } });
    } catch (error) {
      this.mailed.set(false);
      this.sending.problem.set(problemOf(error));
    }
  }

  private address(): string {
    return this.account() ?? this.credentials.email().value();
  }
}

const REMEDIES: Record<
  string,
  { ask: typeof accountUnlocksRequest | typeof emailVerificationsRequest; label: () => string } | undefined
> = {
  attempts_locked: { ask: accountUnlocksRequest, label: () => $localize`Mail me a link that lets me in now` },
  email_unverified: { ask: emailVerificationsRequest, label: () => $localize`Send the link again` },
};
