import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { form, FormField as Field, required } from '@angular/forms/signals';
import { lucideKeyRound, lucidePencil, lucideTrash2 } from '@ng-icons/lucide';
import { passkeysAdd, passkeysBegin, passkeysRemove, passkeysRename, problemOf, Requests } from '../../api';
import { makePasskey, passkeysKnown } from '../../session';
import { type Act, Ago, Confirm, Dialog, Icon, More, Toasts } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { deviceName } from './device-name';
import { Factors, type OwnFactors } from './factors';

type Passkey = OwnFactors['passkeys'][number];

/** The person's passkeys: added, named, removed. */
@Component({
  selector: 'sb-passkeys-part',
  imports: [Ago, Dialog, Field, FormField, FormProblem, Icon, More],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './passkeys-part.html',
})
export class PasskeysPart {
  private readonly requests = inject(Requests);
  private readonly factors = inject(Factors);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  readonly passkeys = input.required<readonly Passkey[]>();
  /** Whether browsers allow passkeys where this console is reached. */
  readonly usable = input.required<boolean>();

  protected readonly known = passkeysKnown();
  protected readonly key = lucideKeyRound;
  protected readonly busy = signal(false);
  protected readonly renaming = signal<Passkey | undefined>(undefined);
  protected readonly sending = sending();
  protected readonly named = form(signal({ name: '' }), (path) => {
    required(path.name, { message: $localize`A name is needed.` });
  });

  protected async add(): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    try {
      const credential = await makePasskey(await this.requests.ask(passkeysBegin, {}));
      const { recoveryCodes, passkey } = await this.requests.ask(passkeysAdd, {
        body: { credential, name: deviceName(navigator.userAgent) },
      });
      await this.factors.changed(recoveryCodes);
      this.toasts.say({ text: $localize`${passkey.name}:passkey: can sign you in from now on.` });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }

  protected acts(passkey: Passkey): Act[] {
    return [
      { title: $localize`Rename`, icon: lucidePencil, run: () => this.begin(passkey) },
      { title: $localize`Remove`, icon: lucideTrash2, bad: true, run: () => this.remove(passkey) },
    ];
  }

  protected label({ name }: Passkey): string {
    return $localize`More about the passkey ${name}:passkey:`;
  }

  protected async rename(event: Event): Promise<void> {
    event.preventDefault();
    const passkey = this.renaming();
    if (!passkey) return;
    const taken = await send(this.named, this.sending, (body) =>
      this.requests.ask(passkeysRename, { passkeyId: passkey.id, body }),
    );
    if (!taken) return;
    this.renaming.set(undefined);
    this.factors.reload();
  }

  private begin(passkey: Passkey): void {
    this.sending.problem.set(undefined);
    this.named().reset({ name: passkey.name });
    this.renaming.set(passkey);
  }

  private async remove({ id, name }: Passkey): Promise<void> {
    const sure = await this.confirm.ask({
      heading: $localize`Remove ${name}:passkey:`,
      text: $localize`It does not sign you in any more; remove it from the device, too. When it is your last second factor, the recovery codes go with it.`,
      action: $localize`Remove the passkey`,
      bad: true,
    });
    if (!sure) return;
    try {
      await this.requests.ask(passkeysRemove, { passkeyId: id });
      await this.factors.changed();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }
}
