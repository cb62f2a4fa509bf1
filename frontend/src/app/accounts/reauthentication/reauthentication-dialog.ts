import { ChangeDetectionStrategy, Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { form, FormField as Field, required } from '@angular/forms/signals';
import { Router } from '@angular/router';
import { factorReauthenticationsBegin } from '../../api/generated/fn/factor-reauthentications/factor-reauthentications-begin';
import { factorReauthenticationsProve } from '../../api/generated/fn/factor-reauthentications/factor-reauthentications-prove';
import { problemOf } from '../../api/problem';
import { reauthenticationsProve } from '../../api/generated/fn/reauthentications/reauthentications-prove';
import { Requests } from '../../api/requests';
import { askForPasskey, passkeysKnown, Reauthentication, Session } from '../../session';
import { Dialog } from '../../ui/dialog';
import { FormField, FormProblem, send, sending } from '../../ui/form';

type Method = 'password' | 'totp' | 'passkey';

/** Asks the person to prove again who they are; once, in the root. */
@Component({
  selector: 'sb-reauthentication-dialog',
  imports: [Dialog, Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './reauthentication-dialog.html',
})
export class ReauthenticationDialog {
  private readonly requests = inject(Requests);
  private readonly reauthentication = inject(Reauthentication);
  private readonly router = inject(Router);
  protected readonly session = inject(Session);
  protected readonly asked = this.reauthentication.asked;

  protected readonly methods = computed(() =>
    ORDER.filter((method) => this.asked()?.methods.includes(method) && (method !== 'passkey' || passkeysKnown())),
  );
  protected readonly method = linkedSignal<Method | undefined>(() => this.methods()[0]);
  protected readonly sending = sending();
  protected readonly busy = signal(false);
  protected readonly answer = form(signal({ password: '', code: '' }), (path) => {
    required(path.password, { when: () => this.method() === 'password', message: $localize`Your password is needed.` });
    required(path.code, { when: () => this.method() === 'totp', message: $localize`A code is needed.` });
  });

  protected choose(method: Method): void {
    this.method.set(method);
    this.clear();
  }

  protected async prove(event: Event): Promise<void> {
    event.preventDefault();
    const taken = await send(this.answer, this.sending, async ({ password, code }) => {
      if (this.method() === 'password') await this.requests.ask(reauthenticationsProve, { body: { password } });
      else {
        const proof = { method: 'totp' as const, code: code.trim() };
        await this.requests.ask(factorReauthenticationsProve, { body: { proof } });
      }
    });
    if (taken) this.end(true);
  }

  protected async usePasskey(): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.sending.problem.set(undefined);
    try {
      const credential = await askForPasskey(await this.requests.ask(factorReauthenticationsBegin, {}));
      await this.requests.ask(factorReauthenticationsProve, { body: { proof: { method: 'passkey', credential } } });
      this.end(true);
    } catch (error) {
      this.sending.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }

  /** For who has nothing else: a sign-in is a proof, too. */
  protected async signInAgain(): Promise<void> {
    const next = this.router.url;
    this.end(false);
    await this.session.signOut();
    await this.router.navigate(['/sign-in'], { queryParams: { next } });
  }

  protected end(proved: boolean): void {
    this.asked()?.answer(proved);
    this.clear();
  }

  private clear(): void {
    this.sending.problem.set(undefined);
    this.answer().reset({ password: '', code: '' });
  }
}

const ORDER: readonly Method[] = ['password', 'totp', 'passkey'];
