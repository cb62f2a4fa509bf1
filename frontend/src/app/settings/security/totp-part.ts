import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { form, FormField as Field, required } from '@angular/forms/signals';
import { type Answer, problemOf, Requests, totpConfirm, totpDisable, totpEnrol } from '../../api';
import { Ago, Confirm, Dialog, Secret, Toasts } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { Factors, type OwnFactors } from './factors';
import { QrCode } from './qr-code';

/** The authenticator app: set up by its first code, turned off again. */
@Component({
  selector: 'sb-totp-part',
  imports: [Ago, Dialog, Field, FormField, FormProblem, QrCode, Secret],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './totp-part.html',
})
export class TotpPart {
  private readonly requests = inject(Requests);
  private readonly factors = inject(Factors);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  readonly totp = input.required<OwnFactors['totp']>();

  protected readonly busy = signal(false);
  /** The secret that waits for its first code. */
  protected readonly enrolment = signal<Answer<typeof totpEnrol> | undefined>(undefined);
  protected readonly sending = sending();
  protected readonly first = form(signal({ code: '' }), (path) => {
    required(path.code, { message: $localize`The code is needed.` });
  });

  protected begin(): Promise<void> {
    return this.work(async () => this.enrolment.set(await this.requests.ask(totpEnrol, {})));
  }

  protected async finish(event: Event): Promise<void> {
    event.preventDefault();
    const taken = await send(this.first, this.sending, async ({ code }) => {
      const { recoveryCodes } = await this.requests.ask(totpConfirm, { body: { code: code.trim() } });
      this.close();
      await this.factors.changed(recoveryCodes);
    });
    if (taken) this.toasts.say({ text: $localize`Signing in asks for a code from now on.` });
  }

  protected async turnOff(): Promise<void> {
    const sure = await this.confirm.ask({
      heading: $localize`Turn the authenticator app off`,
      text: $localize`Its codes stop working. When it is your last second factor, the recovery codes go too, and workspaces that ask for one close.`,
      action: $localize`Turn it off`,
      bad: true,
    });
    if (!sure) return;
    await this.work(async () => {
      await this.requests.ask(totpDisable, {});
      await this.factors.changed();
    });
  }

  protected close(): void {
    this.enrolment.set(undefined);
    this.first().reset({ code: '' });
    this.sending.problem.set(undefined);
  }

  private async work(work: () => Promise<void>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    try {
      await work();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
