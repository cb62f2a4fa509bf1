import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
  output,
  signal,
} from '@angular/core';
import { form, FormField as Field, required } from '@angular/forms/signals';
import { type Body, Problem, Requests, signInStepsComplete } from '../../api';
import { askForPasskey, passkeysKnown, type Question, type SignedIn } from '../../session';
import { FormField, FormProblem, send, sending } from '../../ui/form';

type Method = Question['methods'][number];
type Proof = NonNullable<Body<typeof signInStepsComplete>>['proof'];

/** The second step of a sign-in: what the person has beside the password. */
@Component({
  selector: 'sb-second-factor',
  imports: [Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './second-factor.html',
})
export class SecondFactor {
  private readonly requests = inject(Requests);
  readonly question = input.required<Question>();
  readonly proved = output<SignedIn>();
  /** The step cannot be completed any more: the sign-in begins anew. */
  readonly over = output<Problem | undefined>();

  protected readonly sending = sending();
  protected readonly answer = form(signal({ code: '' }), (path) => {
    required(path.code, { message: $localize`A code is needed.` });
  });
  /** Those that work in this browser, easiest first. */
  protected readonly methods = computed(() =>
    ORDER.filter(
      (method) =>
        this.question().methods.includes(method) &&
        (method !== 'passkey' || (this.question().passkey !== null && passkeysKnown())),
    ),
  );
  protected readonly method = linkedSignal<Method | undefined>(() => this.methods()[0]);
  protected readonly asking = signal(false);

  protected choose(method: Method): void {
    this.method.set(method);
    this.sending.problem.set(undefined);
    this.answer().reset({ code: '' });
  }

  protected async proveByCode(event: Event): Promise<void> {
    event.preventDefault();
    const method = this.method();
    if (method === undefined || method === 'passkey') return;
    await send(this.answer, this.sending, ({ code }) => this.prove({ method, code: code.trim() }));
  }

  /** Six digits are a whole code: nobody has to press a button after the last. */
  protected typed(event: Event): void {
    if (this.method() === 'totp' && /^\d{3}\s?\d{3}$/.test((event.target as HTMLInputElement).value)) {
      void this.proveByCode(event);
    }
  }

  protected async proveByPasskey(): Promise<void> {
    const { passkey } = this.question();
    if (!passkey || this.asking()) return;
    this.asking.set(true);
    this.sending.problem.set(undefined);
    try {
      await this.prove({ method: 'passkey', credential: await askForPasskey(passkey) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // A challenge bears no second passkey: the server ended it.
      if (error.code === 'factor_refused') this.over.emit(error);
      else this.sending.problem.set(error);
    } finally {
      this.asking.set(false);
    }
  }

  private async prove(proof: Proof): Promise<void> {
    try {
      const body = { challenge: this.question().challenge, proof, transport: 'cookie' as const };
      this.proved.emit(await this.requests.openly(signInStepsComplete, { body }));
    } catch (error) {
      if (error instanceof Problem && error.code === 'challenge_over') this.over.emit(error);
      else throw error;
    }
  }
}

const ORDER: readonly Method[] = ['passkey', 'totp', 'recovery_code'];
