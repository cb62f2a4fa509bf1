import { booleanAttribute, ChangeDetectionStrategy, Component, inject, input, output, signal } from '@angular/core';
import { lucideKeyRound } from '@ng-icons/lucide';
import { Problem } from '../../api';
import { passkeysKnown, type SignedIn } from '../../session';
import { Icon } from '../../ui';
import { FormProblem } from '../../ui/form';
import { Journeys } from './journeys';
import { PasskeyEntrance } from './passkey-entrance';
import { SignInOptions } from './sign-in-options';

/** A passkey, and the other issuers that this console trusts. */
@Component({
  selector: 'sb-other-ways',
  imports: [FormProblem, Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (passkeysKnown || options.providers().length > 0) {
      <p
        class="my-5 flex items-center gap-3 text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line"
        i18n
      >
        or
      </p>
      <div class="grid gap-2">
        @if (passkeysKnown) {
          <button type="button" class="btn" [attr.aria-disabled]="busy()" (click)="usePasskey()">
            <sb-icon [svg]="key" [size]="16" /><span i18n>Use a passkey</span>
          </button>
        }
        @for (provider of options.providers(); track provider.id) {
          <button type="button" class="btn" [attr.aria-disabled]="busy()" (click)="leaveFor(provider.id)" i18n>
            Continue with {{ provider.name }}
          </button>
        }
        <sb-form-problem [of]="problem()" />
      </div>
    }
  `,
})
export class OtherWays {
  private readonly journeys = inject(Journeys);
  private readonly entrance = inject(PasskeyEntrance);
  protected readonly options = inject(SignInOptions);
  readonly next = input('/');
  /** The token of an invitation that a new account accepts. */
  readonly invitation = input<string>();
  /** Whether a passkey would do: who signs up has none. */
  readonly passkeys = input(false, { transform: booleanAttribute });
  readonly entered = output<SignedIn>();

  protected readonly key = lucideKeyRound;
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);

  protected get passkeysKnown(): boolean {
    return this.passkeys() && passkeysKnown();
  }

  protected usePasskey(): Promise<void> {
    return this.attempt(async () => this.entered.emit(await this.entrance.enter()));
  }

  protected leaveFor(providerId: string): Promise<void> {
    return this.attempt(() => this.journeys.signIn(providerId, this.next(), this.invitation()));
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem.set(error);
    } finally {
      this.busy.set(false);
    }
  }
}
