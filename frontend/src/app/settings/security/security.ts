import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Session } from '../../session';
import { Page, ProblemNote, Skeleton } from '../../ui';
import { Factors } from './factors';
import { IdentitiesPart } from './identities-part';
import { PasskeysPart } from './passkeys-part';
import { PasswordPart } from './password-part';
import { RecoveryCodes } from './recovery-codes';
import { RecoveryPart } from './recovery-part';
import { TotpPart } from './totp-part';

/** What guards the account: password, second factors, and other ways in. */
@Component({
  selector: 'sb-security',
  imports: [
    IdentitiesPart,
    Page,
    PasskeysPart,
    PasswordPart,
    ProblemNote,
    RecoveryCodes,
    RecoveryPart,
    RouterLink,
    Skeleton,
    TotpPart,
  ],
  providers: [Factors],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './security.html',
})
export class Security {
  private readonly session = inject(Session);
  protected readonly factors = inject(Factors);
  /** Workspaces that stay closed until there is a second factor. */
  protected readonly closed = computed(() =>
    this.session
      .workspaces()
      .filter(({ secondFactorNeeded }) => secondFactorNeeded)
      .map(({ name }) => name)
      .join(', '),
  );
}
